/**
 * Lenses above schedules and checks: what can be done, what was predicted or measured, and why something waits. None waits
 * for the background: what is not known yet says so, and the client is asked to look again.
 */
import { CodeLensRefreshRequest, type CodeLens, type Command } from "vscode-languageserver";
import type { CheckDecl, Path, ScheduleDecl, Span } from "../../grammar/ast.js";
import { pathText } from "../../compiler/check/schedules.js";
import type { ClaimAnswer } from "../background/jobs.js";
import { canBePlanned } from "../background/predictions.js";
import type { Analysis } from "../documents/analysis.js";
import { claimResult } from "../facts/claim-result.js";
import { predictionText } from "../facts/prediction-text.js";
import { commands } from "../protocol.js";
import type { Provider } from "../provider.js";
import type { Server } from "../server.js";

/** What a lens is filled in by: the schedule, or the check, of that number. */
interface LensData {
  readonly uri: string;
  readonly version: number;
  readonly of: "ScheduleDecl" | "CheckDecl";
  readonly number: number;
}

export const codeLensProvider: Provider = {
  capabilities: () => ({ codeLensProvider: { resolveProvider: true } }),
  register(connection, server) {
    connection.onCodeLens(({ textDocument: { uri } }) => {
      const analysis = server.settings.codeLens ? server.analysisOf(uri) : undefined;
      return analysis ? lensesOf(analysis, server) : [];
    });
    connection.onCodeLensResolve((lens) => {
      const data = lens.data as LensData | undefined;
      if (data === undefined) return lens;
      const analysis = server.analysisOf(data.uri);
      const command = analysis?.version === data.version ? filledIn(data, analysis, server) : undefined;
      return { ...lens, command: command ?? { title: "", command: "" } };
    });
    if (!server.client.workspace?.codeLens?.refreshSupport) return;
    const askToLookAgain = (): void => server.unawaited(() => connection.sendRequest(CodeLensRefreshRequest.type));
    server.onPredicted(() => {
      if (server.settings.codeLens) askToLookAgain();
    });
    server.onSettings(askToLookAgain);
  },
};

function lensesOf(analysis: Analysis, { platform }: Server): CodeLens[] {
  const { uri, version, tree } = analysis;
  const predicts = platform.startWorker !== undefined;
  const checked = new Set(
    tree.declarations.flatMap((node) => (node.kind === "CheckDecl" ? [pathText(node.subject)] : [])),
  );
  const numbers = { ScheduleDecl: 0, CheckDecl: 0 };
  return tree.declarations.flatMap((node): CodeLens[] => {
    if (node.kind !== "ScheduleDecl" && node.kind !== "CheckDecl") return [];
    const range = analysis.rangeOf(node.kind === "ScheduleDecl" ? node.name.span : node.subject.span);
    const data: LensData = { uri, version, of: node.kind, number: numbers[node.kind]++ };
    const later: CodeLens = { range, data };
    if (node.kind === "CheckDecl") return [lens(range, checkCommand(uri, node)), later];
    const name = node.name.text;
    return [
      lens(range, { title: "Simulate", command: commands.simulate, arguments: [uri, name] }),
      ...(checked.has(name) ? [lens(range, { title: "Check", command: commands.check, arguments: [uri, name] })] : []),
      lens(range, { title: "Run", command: commands.run, arguments: [uri, name] }),
      ...(predicts ? [later, ...waitingLenses(node, analysis)] : []),
    ];
  });
}

const lens = (range: CodeLens["range"], command: Command): CodeLens => ({ range, command });

function checkCommand(uri: string, { subject }: CheckDecl): Command {
  return { title: "Check", command: commands.check, arguments: [uri, pathText(subject)] };
}

/** Above each verb that lets something wait for less than it would: for what it still waits. */
function waitingLenses({ verbs }: ScheduleDecl, analysis: Analysis): CodeLens[] {
  return verbs.flatMap((verb): CodeLens[] => {
    if (verb.kind !== "OverlapVerb" && verb.kind !== "AsyncVerb") return [];
    const waiting = verb.kind === "AsyncVerb" ? verb.values[0] : verb.groups.at(-1)?.[0];
    return waiting ? [waitingLens(verb.span, waiting, analysis)] : [];
  });
}

function waitingLens(span: Span, waiting: Path, analysis: Analysis): CodeLens {
  const position = analysis.positionAt(waiting.segments.at(-1)?.name.span.start ?? waiting.span.start);
  const title = `why does ${pathText(waiting)} wait?`;
  return lens(analysis.rangeOf(span), { title, command: commands.why, arguments: [analysis.uri, position] });
}

/** What is known by now. */
function filledIn({ uri, of, number }: LensData, analysis: Analysis, server: Server): Command | undefined {
  const node = analysis.tree.declarations.filter(({ kind }) => kind === of)[number];
  if (node?.kind === "ScheduleDecl") {
    const title = summaryOf(node, analysis, server);
    return { title, command: commands.simulate, arguments: [uri, node.name.text] };
  }
  if (node?.kind !== "CheckDecl") return undefined;
  const results = server.checkResults.of(uri, number);
  return { ...checkCommand(uri, node), title: results ? resultsText(results) : "not checked yet" };
}

function summaryOf(schedule: ScheduleDecl, analysis: Analysis, { predictions }: Server): string {
  if (!canBePlanned(analysis)) return "not predicted: the file has errors";
  const predicted = predictions.of(analysis, schedule);
  return predicted ? predictionText(predicted) : "predicting ..";
}

/** `6 claims hold`; `1 of 6 fails: hides 85.0 % of communication (80.1 %)`. */
function resultsText(results: readonly ClaimAnswer[]): string {
  const failing = results.filter(({ holds }) => !holds);
  const [first] = failing;
  if (first === undefined) return results.length === 1 ? "1 claim holds" : `${results.length} claims hold`;
  const verb = failing.length === 1 ? "fails" : "fail";
  return `${failing.length} of ${results.length} ${verb}: ${first.claim} (${claimResult(first)})`;
}
