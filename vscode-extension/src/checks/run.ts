import {
  Location,
  TestMessage,
  type CancellationToken,
  type TestController,
  type TestItem,
  type TestRun,
  type TestRunRequest,
} from "vscode";
import { requests, type CheckedClaim } from "../../../lsp/protocol.js";
import type { Server } from "../server.js";
import { isFile, placeOf } from "./discover.js";

/** Which cases are drawn of a `for`; absent: as `stretto check` does without options. */
export interface Drawn {
  readonly seed?: number;
  readonly runs?: number;
}

/** Runs what was asked for, file by file; what the server says of a claim becomes its item's result. */
export async function runChecks(
  controller: TestController,
  server: Server,
  discover: (file: TestItem) => Promise<void>,
  request: TestRunRequest,
  signal: CancellationToken | undefined,
  drawn: Drawn,
): Promise<void> {
  const run = controller.createTestRun(request);
  try {
    const asked = request.include ?? [...controller.items].map(([, item]) => item);
    for (const item of asked) {
      if (signal?.isCancellationRequested) break;
      if (isFile(item) && item.children.size === 0) await discover(item);
      const claims = claimsBelow(item).filter((claim) => !request.exclude?.includes(claim));
      for (const claim of claims) run.started(claim);
      await checkItem(server, run, item, claims, signal, drawn);
    }
  } finally {
    run.end();
  }
}

function claimsBelow(item: TestItem): TestItem[] {
  if (item.children.size > 0) return [...item.children].flatMap(([, child]) => claimsBelow(child));
  return isFile(item) ? [] : [item];
}

async function checkItem(
  server: Server,
  run: TestRun,
  item: TestItem,
  claims: readonly TestItem[],
  signal: CancellationToken | undefined,
  drawn: Drawn,
): Promise<void> {
  const file = fileOf(item);
  const subject = subjectLabel(item);
  try {
    const parameters = { uri: file.id, ...(subject !== undefined && { subject }), ...drawn };
    const results = await server.request<readonly CheckedClaim[]>(requests.runChecks, parameters, signal);
    const byPlace = new Map(results.map((result) => [`${file.id}#${placeOf(result.range)}`, result]));
    for (const claim of claims) tell(run, claim, byPlace.get(claim.id));
  } catch (error) {
    if (signal?.isCancellationRequested) for (const claim of claims) run.skipped(claim);
    else for (const claim of claims) run.errored(claim, new TestMessage(String(error)));
  }
}

function tell(run: TestRun, item: TestItem, result: CheckedClaim | undefined): void {
  if (result === undefined) return run.skipped(item);
  const { claim, holds, measured, message, repeat, milliseconds } = result;
  run.appendOutput(`${holds ? "holds" : "FAILS"}  ${claim}  ${measured}\r\n`, undefined, item);
  if (holds) return run.passed(item, milliseconds);
  const text = [message ?? `${claim}: ${measured}`, ...(repeat === undefined ? [] : [`$ ${repeat}`])].join("\n\n");
  const failure = new TestMessage(text);
  if (item.uri !== undefined && item.range !== undefined) failure.location = new Location(item.uri, item.range);
  run.failed(item, failure, milliseconds);
}

function fileOf(item: TestItem): TestItem {
  return item.parent === undefined ? item : fileOf(item.parent);
}

/** What the block that an item is, or stands in, is about; undefined of a file. */
function subjectLabel(item: TestItem): string | undefined {
  if (isFile(item)) return undefined;
  return item.parent !== undefined && isFile(item.parent) ? item.label : subjectLabel(item.parent!);
}
