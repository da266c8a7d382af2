/** What is wrong with a document: pushed to clients that do not pull. Steps of a witness are related places. */
import {
  DiagnosticSeverity,
  DocumentDiagnosticReportKind,
  type Connection,
  type Diagnostic as ProtocolDiagnostic,
} from "vscode-languageserver";
import type { Diagnostic, Severity } from "../../compiler/diagnostics/types.js";
import type { Analysis } from "../documents/analysis.js";
import type { Platform } from "../platform.js";
import type { Provider } from "../provider.js";
import type { Server } from "../server.js";

const severities: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  note: DiagnosticSeverity.Information,
};

export const diagnosticsProvider: Provider = {
  capabilities: (client) =>
    client.textDocument?.diagnostic
      ? { diagnosticProvider: { identifier: "stretto", interFileDependencies: true, workspaceDiagnostics: false } }
      : {},
  register(connection, server) {
    if (server.client.textDocument?.diagnostic) answerPulls(connection, server);
    else pushOnChange(connection, server);
  },
};

function answerPulls(connection: Connection, server: Server): void {
  const told = new ToldRefusals(server);
  connection.languages.diagnostics.on(({ textDocument: { uri } }) => {
    const analysis = server.analysisOf(uri);
    if (analysis) told.note(analysis);
    return { kind: DocumentDiagnosticReportKind.Full, items: analysis ? diagnosticsOf(analysis, server) : [] };
  });
  // A client asks again for what it edits itself; what other files, and settings, change of it, it cannot know.
  if (!server.client.workspace?.diagnostics?.refreshSupport) return;
  const askToPull = (): void => server.unawaited(() => connection.languages.diagnostics.refresh());
  server.onChange((paths) => {
    const depend = server.workspace.uris().some((uri) => {
      const own = server.platform.pathOf(uri);
      return [...paths].some((path) => path !== own && server.workspace.dependsOn(uri, path));
    });
    if (depend) askToPull();
  });
  server.onSettings(askToPull);
  server.onPredicted(() => told.outdated().length > 0 && askToPull());
}

function pushOnChange(connection: Connection, server: Server): void {
  const told = new ToldRefusals(server);
  server.onChange((paths) => {
    const open = new Set(server.workspace.uris());
    for (const path of paths) {
      const uri = server.platform.uriOf(path);
      if (!open.has(uri)) void connection.sendDiagnostics({ uri, diagnostics: [] });
    }
    for (const uri of open) {
      const own = server.platform.pathOf(uri);
      if ([...paths].some((path) => path === own || server.workspace.dependsOn(uri, path))) push(uri);
    }
  });
  server.onPredicted(() => told.outdated().forEach(push));

  function push(uri: string): void {
    const analysis = server.analysisOf(uri);
    if (analysis === undefined) return;
    told.note(analysis);
    void connection.sendDiagnostics({ uri, version: analysis.version, diagnostics: diagnosticsOf(analysis, server) });
  }
}

/** Those with a place in the document itself. */
export function diagnosticsOf(analysis: Analysis, { platform, predictions }: Server): ProtocolDiagnostic[] {
  const own = analysis.diagnostics.filter(({ location }) => location.file === analysis.path);
  const refusals = predictions.refusalsOf(analysis);
  return [...own, ...refusals].map((diagnostic) => protocolDiagnostic(diagnostic, analysis, platform));
}

/** What was last told of schedules that cannot be planned, by document. */
class ToldRefusals {
  private readonly told = new Map<string, string>();

  constructor(private readonly server: Server) {}

  note(analysis: Analysis): void {
    this.told.set(analysis.uri, this.now(analysis));
  }

  /** Open documents of which there is something else to tell. */
  outdated(): string[] {
    return this.server.workspace.uris().filter((uri) => {
      const analysis = this.server.analysisOf(uri);
      return analysis !== undefined && this.now(analysis) !== (this.told.get(uri) ?? "");
    });
  }

  private now(analysis: Analysis): string {
    const refusals = this.server.predictions.refusalsOf(analysis);
    return refusals.map(({ code, message, location: { span } }) => `${code} ${span.start} ${message}`).join("\n");
  }
}

export function protocolDiagnostic(diagnostic: Diagnostic, analysis: Analysis, platform: Platform): ProtocolDiagnostic {
  const { code, name, severity, message, location, related } = diagnostic;
  const relatedInformation = related.flatMap((place) => {
    const at = analysis.locationOf(place.location);
    return at === undefined ? [] : [{ location: at, message: place.message }];
  });
  const page = platform.pageOf(code, name);
  return {
    range: analysis.rangeOf(location.span),
    severity: severities[severity],
    code,
    source: "stretto",
    message,
    ...(page !== undefined && { codeDescription: { href: page } }),
    ...(relatedInformation.length > 0 && { relatedInformation }),
  };
}
