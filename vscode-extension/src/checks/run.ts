import {
  Location,
  TestMessage,
  type CancellationToken,
  type TestController,
  type TestItem,
  type TestRun,
  type TestRunRequest,
} from "vscode";
import { requests, type CheckedClaim, type RunChecksParameters } from "../../../lsp/protocol.js";
import type { Server } from "../server.js";
import { asListedNow, claimId, isFile } from "./discover.js";
import { linesOf, messageOf, type Drawn } from "./results.js";

/** What checks are run with, whatever is asked for. */
export interface Runner {
  readonly controller: TestController;
  readonly server: Server;
  discover(file: TestItem): Promise<void>;
}

/** How they are run this time. */
export interface Manner extends Drawn {
  /** A case that fails is checked once more, alone. */
  readonly repeatsFailures?: boolean;
}

/** Runs what was asked for, file by file; what the server says of a claim becomes its item's result. */
export async function runChecks(
  runner: Runner,
  request: TestRunRequest,
  signal: CancellationToken | undefined,
  manner: Manner,
): Promise<void> {
  const run = runner.controller.createTestRun(request);
  const listed = new Set<TestItem>();
  const excluded = new Set(request.exclude?.map(({ id }) => id));
  try {
    const asked = request.include ?? [...runner.controller.items].map(([, item]) => item);
    for (const item of asked) {
      if (signal?.isCancellationRequested) break;
      const file = fileOf(item);
      // What was listed may have been edited since.
      if (!listed.has(file)) await runner.discover(file);
      listed.add(file);
      const now = asListedNow(item, file);
      if (now === undefined) continue;
      const claims = claimsBelow(now).filter((claim) => !isExcluded(claim, excluded));
      for (const claim of claims) run.started(claim);
      await checkItem(runner.server, run, now, claims, signal, manner);
    }
  } finally {
    run.end();
  }
}

function isExcluded(item: TestItem, excluded: ReadonlySet<string>): boolean {
  return excluded.has(item.id) || (item.parent !== undefined && isExcluded(item.parent, excluded));
}

function claimsBelow(item: TestItem): TestItem[] {
  if (item.children.size > 0) return [...item.children].flatMap(([, child]) => claimsBelow(child));
  return isClaim(item) ? [item] : [];
}

const isClaim = ({ parent }: TestItem): boolean => parent !== undefined && !isFile(parent);

async function checkItem(
  server: Server,
  run: TestRun,
  item: TestItem,
  claims: readonly TestItem[],
  signal: CancellationToken | undefined,
  { repeatsFailures = false, ...drawn }: Manner,
): Promise<void> {
  const file = fileOf(item);
  const subject = subjectLabel(item);
  const ask = (more: Omit<RunChecksParameters, "uri">): Promise<readonly CheckedClaim[]> =>
    server.request(requests.runChecks, { uri: file.id, ...more }, signal);
  try {
    const results = await ask({ ...(subject !== undefined && { subject }), ...drawn });
    for (const claim of claims) {
      const own = results.filter(({ check, place }) => claimId(file, check, place) === claim.id);
      tell(run, claim, own);
      if (repeatsFailures) for (const result of own) await repeat(run, claim, result, ask);
    }
  } catch (error) {
    if (signal?.isCancellationRequested) for (const claim of claims) run.skipped(claim);
    else for (const claim of claims) run.errored(claim, new TestMessage(String(error)));
  }
}

/** All that was found of one claim: of a `for`, each of the block's claims that fails somewhere. */
function tell(run: TestRun, item: TestItem, results: readonly CheckedClaim[]): void {
  if (results.length === 0) return run.errored(item, new TestMessage("The server said nothing of this claim."));
  for (const result of results) run.appendOutput(linesOf(result), undefined, item);
  const milliseconds = results.reduce((sum, one) => sum + (one.milliseconds ?? 0), 0);
  const failing = results.filter(({ holds }) => !holds);
  if (failing.length === 0) return run.passed(item, milliseconds);
  const failures = failing.map((result) => {
    const failure = new TestMessage(messageOf(result));
    if (item.uri !== undefined && item.range !== undefined) failure.location = new Location(item.uri, item.range);
    return failure;
  });
  run.failed(item, failures, milliseconds);
}

/** Checks the case that fails once more, alone, and shows what comes of each claim there. */
async function repeat(
  run: TestRun,
  item: TestItem,
  { check, subject, counterexample, repeat: command }: CheckedClaim,
  ask: (more: Omit<RunChecksParameters, "uri">) => Promise<readonly CheckedClaim[]>,
): Promise<void> {
  if (counterexample === undefined) return;
  const results = await ask({ subject, set: counterexample });
  const where = Object.entries(counterexample).map(([name, value]) => `${name} = ${value}`);
  run.appendOutput(`\r\nwhere ${where.join(", ")}\r\n$ ${command}\r\n`, undefined, item);
  for (const result of results)
    if (result.check === check) run.appendOutput(linesOf(result, "all that is said"), undefined, item);
}

function fileOf(item: TestItem): TestItem {
  return item.parent === undefined ? item : fileOf(item.parent);
}

/** What the block that an item is, or stands in, is about; undefined of a file. */
function subjectLabel(item: TestItem): string | undefined {
  if (isFile(item)) return undefined;
  return item.parent !== undefined && isFile(item.parent) ? item.label : subjectLabel(item.parent!);
}
