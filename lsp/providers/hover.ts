/** What stands at a place: a value with its type, layout and cost, a declaration with its value, a word with what it says. */
import { pathText } from "../../compiler/check/schedules.js";
import type { Hover } from "vscode-languageserver";
import type { Analysis } from "../documents/analysis.js";
import { namesOf } from "../documents/names.js";
import { callsIn, statementsOfCall } from "../facts/calls.js";
import { layerContext } from "../facts/layer-context.js";
import { valueAt } from "../facts/value-at.js";
import { predictionText } from "../facts/prediction-text.js";
import { symbolText } from "../hover/declarations.js";
import { contentsOf, type HoverText } from "../hover/text.js";
import { statementLines, valueText } from "../hover/values.js";
import { builtInText, keywordAt } from "../hover/words.js";
import type { Place, ProgramNames } from "../names/program-names.js";
import { withoutAliases } from "../names/symbols.js";
import type { Provider } from "../provider.js";
import type { Server } from "../server.js";

export const hoverProvider: Provider = {
  capabilities: () => ({ hoverProvider: true }),
  register(connection, server) {
    connection.onHover(({ textDocument: { uri }, position }): Hover | null => {
      const analysis = server.analysisOf(uri);
      if (!analysis) return null;
      const offset = analysis.offsetAt(position);
      const names = namesOf(analysis);
      const place = names.at(analysis.path, offset);
      const text = place && textAt(place, analysis, names, server);
      const found = text ? { text, span: place.occurrence.node.span } : keywordAt(analysis.text, offset);
      if (!found) return null;
      return { contents: contentsOf(found.text, server.client), range: analysis.rangeOf(found.span) };
    });
  },
};

/** Undefined of a name that means nothing. */
function textAt(place: Place, analysis: Analysis, names: ProgramNames, server: Server): HoverText | undefined {
  const { node, symbols, builtIn } = place.occurrence;
  const value = valueAt(analysis, place);
  if (value) {
    const [symbol] = place.occurrence.via ? [] : symbols;
    const doc = symbol?.node && "doc" in symbol.node ? symbol.node.doc : undefined;
    const predicted = server.predictions.ofLayer(analysis, value.context.node)?.predicted;
    const times = predicted && "value" in predicted ? predicted.value.statements : [];
    const { code, facts } = valueText(value, (name) => times.find((time) => time.value === name));
    return { code, facts, ...(doc && { doc }) };
  }
  if (builtIn) {
    const text = builtInText(node.text, builtIn);
    return { ...text, facts: [...text.facts, ...callFacts(place, analysis)] };
  }
  const [symbol] = withoutAliases(symbols);
  if (symbol === undefined) return undefined;
  const text = symbolText(symbol, analysis, names);
  const facts = [...text.facts, ...callFacts(place, analysis), ...scheduleFacts(symbol.node, analysis, server)];
  return { ...text, facts };
}

/** Of a call in a layer: what it costs there. */
function callFacts({ declaration, occurrence }: Place, analysis: Analysis): string[] {
  if (declaration.kind !== "LayerDecl") return [];
  const context = layerContext(declaration.name.text, analysis);
  const call = callsIn(declaration).find(({ callee }) => callee.kind === "NameExpr" && callee.name === occurrence.node);
  if (!context || !call) return [];
  const statements = statementsOfCall(context, call);
  return statements.flatMap((statement) => statementLines(statement, context, statements.length > 1));
}

function scheduleFacts(node: object | undefined, analysis: Analysis, { predictions }: Server): string[] {
  const schedule = analysis.tree.declarations.find((one) => one === node);
  if (schedule?.kind !== "ScheduleDecl") return [];
  const predicted = predictions.of(analysis, schedule);
  return [`of \`${pathText(schedule.layer)}\``, ...(predicted ? [predictionText(predicted)] : [])];
}
