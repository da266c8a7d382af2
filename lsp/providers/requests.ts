/** Requests of our own, for pages and test explorers: see ../protocol.ts. */
import { LSPErrorCodes, ResponseError, type CancellationToken } from "vscode-languageserver";
import { pathText } from "../../compiler/check/schedules.js";
import { isStandardPath, standardPrefix } from "../../compiler/bind/standard-library.js";
import { defaultSearch } from "../../evidence/search.js";
import type { CheckDecl, Span } from "../../grammar/ast.js";
import type { ClaimAnswer } from "../background/jobs.js";
import { canBePlanned, schedulesOf } from "../background/predictions.js";
import type { Analysis } from "../documents/analysis.js";
import { placeAt } from "../documents/names.js";
import { plannedValueAt } from "../facts/waiting-at.js";
import {
  requests,
  type CheckBlock,
  type CheckedClaim,
  type FileParameters,
  type RunChecksParameters,
  type ScheduleParameters,
  type TaskGraph,
  type Timeline,
  type Why,
  type WhyParameters,
} from "../protocol.js";
import type { Provider } from "../provider.js";
import type { Server } from "../server.js";

export const requestsProvider: Provider = {
  capabilities: () => ({}),
  register(connection, server) {
    connection.onRequest(requests.timeline, (asked: ScheduleParameters, token) => timeline(asked, server, token));
    connection.onRequest(requests.taskGraph, (asked: ScheduleParameters, token) => taskGraph(asked, server, token));
    connection.onRequest(requests.checks, ({ uri }: FileParameters) => checkBlocks(analysisFor(uri, server)));
    connection.onRequest(requests.runChecks, (asked: RunChecksParameters, token) => runChecks(asked, server, token));
    connection.onRequest(requests.why, (asked: WhyParameters, token) => why(asked, server, token));
    connection.onRequest(requests.source, ({ uri }: FileParameters) => sourceOf(uri, server));
  },
};

const refuse = (message: string): ResponseError<void> => new ResponseError(LSPErrorCodes.RequestFailed, message);

function analysisFor(uri: string, server: Server): Analysis {
  const analysis = server.analysisOf(uri);
  if (analysis === undefined) throw refuse(`There is no file ${uri}.`);
  return analysis;
}

/** Index of the schedule that is asked about, without a name the last one; undefined where there is none that can be planned. */
function scheduleFor(analysis: Analysis, { schedule }: ScheduleParameters): number | undefined {
  if (!canBePlanned(analysis)) return undefined;
  const names = schedulesOf(analysis).map(({ name }) => name.text);
  const index = schedule === undefined ? names.length - 1 : names.indexOf(schedule);
  return index < 0 ? undefined : index;
}

const optionsOf = ({ machine, profile }: ScheduleParameters) => ({
  ...(machine !== undefined && { machine }),
  ...(profile !== undefined && { profileIfThere: profile }),
});

async function timeline(asked: ScheduleParameters, server: Server, token: CancellationToken): Promise<Timeline | null> {
  const { uri } = asked;
  const analysis = analysisFor(uri, server);
  const schedule = scheduleFor(analysis, asked);
  if (schedule === undefined) return null;
  const ask = { kind: "timeline", schedule } as const;
  const { bars, ...drawn } = await server.asker.ask({ uri, ask, options: optionsOf(asked), token });
  const schedules = schedulesOf(analysis);
  const { name, layer } = schedules[schedule]!;
  return {
    ...{ schedule: name.text, layer: pathText(layer), ...drawn },
    schedules: schedules.map((one) => one.name.text),
    bars: bars.map(({ span, ...bar }) => ({ ...bar, range: analysis.rangeOf(span) })),
  };
}

async function taskGraph(
  asked: ScheduleParameters,
  server: Server,
  token: CancellationToken,
): Promise<TaskGraph | null> {
  const { uri } = asked;
  const analysis = analysisFor(uri, server);
  const schedule = scheduleFor(analysis, asked);
  if (schedule === undefined) return null;
  const ask = { kind: "graph", schedule } as const;
  const { nodes, edges } = await server.asker.ask({ uri, ask, options: optionsOf(asked), token });
  const idOf = (node: number) => nodes[node]!.value;
  return {
    schedule: schedulesOf(analysis)[schedule]!.name.text,
    nodes: nodes.map(({ value, communicates, tasks, span }) => {
      return { id: value, name: value, communicates, tasks, range: analysis.rangeOf(span) };
    }),
    edges: edges.map((edge) => ({ from: idOf(edge.from), to: idOf(edge.to), why: edge.why })),
  };
}

const checksOf = ({ tree }: Analysis): readonly CheckDecl[] =>
  tree.declarations.filter((node) => node.kind === "CheckDecl");

function checkBlocks(analysis: Analysis): CheckBlock[] {
  const written = ({ start, end }: Span) => analysis.text.slice(start, end).replaceAll(/\s+/g, " ");
  return checksOf(analysis).map(({ subject, claims, span }) => ({
    subject: pathText(subject),
    range: analysis.rangeOf(span),
    claims: claims.map((claim) => ({ text: written(claim.span), range: analysis.rangeOf(claim.span) })),
  }));
}

export async function runChecks(
  { uri, subject, seed, runs, set }: RunChecksParameters,
  server: Server,
  token: CancellationToken,
): Promise<CheckedClaim[]> {
  const analysis = analysisFor(uri, server);
  if (!canBePlanned(analysis)) throw refuse("The file has errors: nothing of it can be checked.");
  const nodes = checksOf(analysis);
  const checks = nodes.flatMap((node, index) =>
    subject === undefined || pathText(node.subject) === subject ? [index] : [],
  );
  const search = { seed: seed ?? defaultSearch.seed, runs: runs ?? defaultSearch.runs, ...(set && { set }) };
  const snapshot = server.workspace.snapshotOf(uri)!;
  const answers = await server.asker.ask({ uri, ask: { kind: "checks", checks, ...search }, token });
  // At sizes that the file does not have, what comes of it is not what the file claims.
  if (set === undefined) server.checkResults.note(snapshot, checks, answers);
  return answers.map((answer) => {
    const { span, isProperty: _, ...told } = answer;
    const { claims } = nodes[answer.check]!;
    const place = placeOfClaim(answer, claims);
    return { ...told, place, range: analysis.rangeOf(claims[place]?.span ?? span) };
  });
}

/** What holds of all cases is said at the `for`. */
function placeOfClaim({ span, isProperty }: ClaimAnswer, claims: CheckDecl["claims"]): number {
  return claims.findIndex((claim) =>
    isProperty ? claim.kind === "ForClause" : claim.span.start <= span.start && span.end <= claim.span.end,
  );
}

export async function why(
  { uri, position }: WhyParameters,
  server: Server,
  token: CancellationToken,
): Promise<Why | null> {
  const found = placeAt(server, uri, position);
  const value = found && plannedValueAt(found.analysis, found.place);
  if (!value) return null;
  const ask = { kind: "why", schedule: value.scheduleIndex, task: value.made.at(-1)! } as const;
  const { text, steps } = await server.asker.ask({ uri, ask, token });
  return { text, steps: steps.map((span) => ({ uri, range: found.analysis.rangeOf(span) })) };
}

/** `stretto:/std/ops.stretto`, as an editor calls a file of the standard library. */
function sourceOf(uri: string, { platform }: Server): string {
  const path = uri.replace(/^stretto:\/*std\//, standardPrefix);
  const result = isStandardPath(path) ? platform.hostFor(path).read(path) : undefined;
  if (result === undefined || !("text" in result)) throw refuse(`The standard library has no file ${uri}.`);
  return result.text;
}
