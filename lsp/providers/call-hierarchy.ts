/** Statements as callers of one another: incoming is what one waits for, outgoing what waits for it, and why. */
import { SymbolKind, type CallHierarchyItem, type CancellationToken, type Range } from "vscode-languageserver";
import { typeText } from "../../compiler/check/type-text.js";
import type { StatementEdge, StatementGraph, StatementNode } from "../background/jobs.js";
import type { WaitingFor } from "../protocol.js";
import { schedulesOf } from "../background/predictions.js";
import { placeAt } from "../documents/names.js";
import { plannedValueAt } from "../facts/waiting-at.js";
import type { Provider } from "../provider.js";
import type { Server } from "../server.js";

interface ItemData {
  /** By name, for an edit may move it. */
  readonly schedule: string;
  /** What the statements make. */
  readonly made: readonly string[];
}

interface Neighbour {
  readonly item: CallHierarchyItem;
  readonly ranges: Range[];
}

export const callHierarchyProvider: Provider = {
  capabilities: ({ textDocument }) => (textDocument?.callHierarchy ? { callHierarchyProvider: true } : {}),
  register(connection, server) {
    const { callHierarchy } = connection.languages;
    callHierarchy.onPrepare(({ textDocument: { uri }, position }) => {
      const found = placeAt(server, uri, position);
      const value = found && plannedValueAt(found.analysis, found.place);
      if (!value) return null;
      const { analysis, place } = found;
      const { name, type, context, schedule, statements, made } = value;
      const data: ItemData = { schedule: schedule.name.text, made };
      const location = statements.at(-1)!.location;
      const selectionRange = analysis.rangeOf(place.occurrence.node.span);
      const whole = analysis.rangeOf(location.span);
      const range = isWithin(selectionRange, whole) ? whole : selectionRange;
      const detail = `${type ? typeText(type, context.mesh) : ""}, in schedule ${schedule.name.text}`;
      return [{ name, kind: SymbolKind.Variable, detail, uri, range, selectionRange, data }];
    });
    callHierarchy.onIncomingCalls(async ({ item }, token) => {
      const found = await neighboursOf(item, server, token, (edge) => [edge.to, edge.from]);
      return found?.map(({ item: from, ranges: fromRanges }) => ({ from, fromRanges })) ?? null;
    });
    callHierarchy.onOutgoingCalls(async ({ item }, token) => {
      const found = await neighboursOf(item, server, token, (edge) => [edge.from, edge.to]);
      return found?.map(({ item: to }) => ({ to, fromRanges: [item.range] })) ?? null;
    });
  },
};

/** @param ends of an edge: the one that is to be the item's, and the other one */
async function neighboursOf(
  { uri, data }: CallHierarchyItem,
  server: Server,
  token: CancellationToken,
  ends: (edge: StatementEdge) => readonly [number, number],
): Promise<Neighbour[] | undefined> {
  const analysis = server.analysisOf(uri);
  const { schedule, made } = data as ItemData;
  const index = analysis ? schedulesOf(analysis).findIndex(({ name }) => name.text === schedule) : -1;
  if (!analysis || index < 0) return undefined;
  const graph = await server.asker.ask({ uri, ask: { kind: "graph", schedule: index }, token });
  return [...reasonsByNode(graph, made, ends)].map(([number, reasons]) => {
    const node = graph.nodes[number]!;
    const range = analysis.rangeOf(node.span);
    const own: ItemData = { schedule, made: [node.value] };
    const item = { name: node.value, kind: kindOf(node), detail: [...reasons].map(reasonText).join(", "), uri };
    return { item: { ...item, range, selectionRange: range, data: own }, ranges: [range] };
  });
}

function reasonsByNode(
  { nodes, edges }: StatementGraph,
  made: readonly string[],
  ends: (edge: StatementEdge) => readonly [number, number],
): Map<number, Set<WaitingFor>> {
  const found = new Map<number, Set<WaitingFor>>();
  const isOwn = (number: number) => made.includes(nodes[number]!.value);
  for (const edge of edges) {
    const [own, other] = ends(edge);
    if (!isOwn(own) || isOwn(other)) continue;
    const reasons = found.get(other) ?? new Set<WaitingFor>();
    found.set(other, reasons.add(edge.why));
  }
  return found;
}

const kindOf = ({ communicates }: StatementNode): SymbolKind => (communicates ? SymbolKind.Event : SymbolKind.Function);

function reasonText(why: WaitingFor): string {
  return { data: "data", order: "program order", reuse: "reuse of a buffer" }[why];
}

function isWithin({ start, end }: Range, outer: Range): boolean {
  const notAfter = (a: Range["start"], b: Range["start"]) =>
    a.line < b.line || (a.line === b.line && a.character <= b.character);
  return notAfter(outer.start, start) && notAfter(end, outer.end);
}
