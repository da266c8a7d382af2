/** Hints between the words of layers: inferred types, bytes that are moved, predicted times. Each kind by its setting. */
import { InlayHintKind, MarkupKind, type InlayHint } from "vscode-languageserver";
import type { Span } from "../../grammar/ast.js";
import type { Analysis } from "../documents/analysis.js";
import { layerContext } from "../facts/layer-context.js";
import { byteHints, timeHints, typeHints, type Hint, type HintKind } from "../hints/hints.js";
import type { Provider } from "../provider.js";
import type { Server } from "../server.js";

/** What a hint is found again by. */
interface HintData {
  readonly uri: string;
  readonly version: number;
  readonly kind: HintKind;
  readonly offset: number;
}

export const inlayHintProvider: Provider = {
  capabilities: () => ({ inlayHintProvider: { resolveProvider: true } }),
  register(connection, server) {
    connection.languages.inlayHint.on(({ textDocument: { uri }, range }) => {
      const analysis = server.analysisOf(uri);
      if (!analysis) return [];
      const within = { start: analysis.offsetAt(range.start), end: analysis.offsetAt(range.end) };
      return hintsWithin(analysis, within, server).map((hint) => shown(hint, analysis));
    });
    connection.languages.inlayHint.resolve((hint) => {
      const { uri, version, kind, offset } = hint.data as HintData;
      const analysis = server.analysisOf(uri);
      if (analysis?.version !== version) return hint;
      const own = hintsWithin(analysis, { start: offset, end: offset }, server);
      const found = own.find((one) => one.kind === kind && one.offset === offset);
      if (!found) return hint;
      return { ...hint, tooltip: { kind: MarkupKind.Markdown, value: found.tooltip().join("\n\n") } };
    });
    if (!server.client.workspace?.inlayHint?.refreshSupport) return;
    const askToLookAgain = (): void => server.unawaited(() => connection.languages.inlayHint.refresh());
    server.onPredicted(() => {
      if (server.settings.inlayHints.times) askToLookAgain();
    });
    server.onSettings(askToLookAgain);
  },
};

function hintsWithin(analysis: Analysis, within: Span, { settings, predictions }: Server): Hint[] {
  const { types, bytes, times } = settings.inlayHints;
  return analysis.tree.declarations.flatMap((node) => {
    if (node.kind !== "LayerDecl" || node.span.end < within.start || within.end < node.span.start) return [];
    const context = layerContext(node.name.text, analysis);
    if (!context) return [];
    const last = times ? predictions.ofLayer(analysis, node) : undefined;
    const predicted = last?.predicted;
    const hints = [
      ...(types ? typeHints(context, within) : []),
      ...(bytes ? byteHints(context, within) : []),
      ...(predicted && "value" in predicted
        ? timeHints(context, within, last!.schedule.name.text, predicted.value)
        : []),
    ];
    return hints.filter(({ offset }) => within.start <= offset && offset <= within.end);
  });
}

function shown({ kind, offset, label }: Hint, analysis: Analysis): InlayHint {
  const data: HintData = { uri: analysis.uri, version: analysis.version, kind, offset };
  return {
    position: analysis.positionAt(offset),
    label,
    ...(kind === "types" && { kind: InlayHintKind.Type }),
    ...(kind === "times" && { paddingLeft: true }),
    data,
  };
}
