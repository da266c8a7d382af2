import { expect, test } from "vitest";
import { localBackground } from "../../support/background.js";
import { modernClient, openEditor, type EditorOptions } from "../../support/editor.js";
import { smallProgram } from "../../support/small-program.js";
import type { RankPool } from "../../../runtime/ranks/pool.js";
import {
  commands,
  requests,
  type CheckBlock,
  type CheckedClaim,
  type TaskGraph,
  type Timeline,
  type Why,
} from "../../../lsp/protocol.js";

async function openSmall(source = smallProgram, options: EditorOptions = {}) {
  const editor = await openEditor({ background: localBackground(), ...options });
  const document = editor.open("a.stretto", source);
  const { uri } = document;
  const ask = <T>(method: string, more: object = {}) => editor.connection.sendRequest<T>(method, { uri, ...more });
  const textAt = ({ start, end }: { start: { line: number; character: number }; end: { character: number } }) =>
    document.text.split("\n")[start.line]!.slice(start.character, end.character);
  return { editor, document, ask, textAt };
}

test("a timeline is bars of statements on engines, which lead back to the text", async () => {
  const { ask, textAt } = await openSmall();
  const timeline = await ask<Timeline>(requests.timeline);
  expect(timeline).toMatchObject({
    schedule: "eager",
    layer: "mlp",
    machine: "h800_node",
    omitted_ranks: 0,
    gap_ns: 0,
  });
  expect(timeline.schedules).toEqual(["plain", "eager"]);
  expect(timeline.bound_ns).toBeLessThanOrEqual(timeline.makespan_ns);
  expect(Math.max(...timeline.bars.map((bar) => bar.end_ns))).toBe(timeline.makespan_ns);
  expect(new Set(timeline.bars.map(({ rank }) => rank))).toEqual(new Set([0, 1, 2, 3]));
  expect(timeline.tasks).toBeGreaterThanOrEqual(timeline.bars.length);
  const texts = new Map(timeline.bars.map(({ name, communicates, range }) => [name, [communicates, textAt(range)]]));
  expect(Object.fromEntries(texts)).toEqual({ y: [false, "matmul(x, w)"], out: [true, "reduce_scatter(y, tokens)"] });
});

test("a timeline is of the schedule, the machine and the profile that are asked for", async () => {
  const { ask } = await openSmall(`${smallProgram}profile tiny { tokens = 128 }\n`);
  const own = await ask<Timeline>(requests.timeline, { schedule: "plain" });
  expect(own.schedule).toBe("plain");
  const other = await ask<Timeline>(requests.timeline, { schedule: "plain", machine: "l20_node" });
  expect(other.machine).toBe("l20_node");
  expect(other.makespan_ns).toBeGreaterThan(own.makespan_ns);
  const tiny = await ask<Timeline>(requests.timeline, { schedule: "plain", profile: "tiny" });
  expect(tiny.makespan_ns).toBeLessThan(own.makespan_ns);
  expect(await ask(requests.timeline, { schedule: "none" })).toBeNull();
});

test("a task graph is statements and why they wait", async () => {
  const { ask, textAt } = await openSmall();
  const { nodes, edges, schedule } = await ask<TaskGraph>(requests.taskGraph, { schedule: "plain" });
  expect(schedule).toBe("plain");
  expect(nodes.map(({ id, name, communicates, range }) => [id, name, communicates, textAt(range)])).toEqual([
    ["y", "y", false, "matmul(x, w)"],
    ["out", "out", true, "reduce_scatter(y, tokens)"],
  ]);
  expect(edges).toEqual([
    { from: "y", to: "out", why: "data" },
    { from: "y", to: "out", why: "order" },
  ]);
});

test("checks are listed as they are written, also in a file with errors", async () => {
  const { ask } = await openSmall(smallProgram.replace("matmul(x, w)", "matmul(x, v)"));
  const [block, ...others] = await ask<CheckBlock[]>(requests.checks);
  expect(others).toEqual([]);
  expect(block!.subject).toBe("eager");
  expect(block!.claims.map(({ text }) => text)).toEqual(["no deadlock", "rounds == 3", "hides 100 % of communication"]);
});

test("a case that fails is checked alone where it is said what is set there", async () => {
  const ranging = `${smallProgram}check plain {\n  messages <= 12\n  bytes moved <= 20 KB\n  for tokens in 4 .. 256 step 4\n}\n`;
  // What is claimed is proved: no rank computes anything.
  const { ask } = await openSmall(ranging, { background: localBackground(() => ({}) as RankPool) });
  const all = await ask<CheckedClaim[]>(requests.runChecks, { subject: "plain", seed: 3, runs: 5 });
  expect(all.map(({ check, place, holds }) => [check, place, holds])).toEqual([
    [1, 0, true],
    [1, 1, false],
    [1, 2, false],
  ]);
  const { counterexample, repeat } = all.at(-1)!;
  const [[name, size]] = Object.entries(counterexample!) as [[string, string]];
  expect(repeat).toContain(`--set ${name}=${size}`);
  const alone = await ask<CheckedClaim[]>(requests.runChecks, { subject: "plain", set: counterexample });
  expect(alone.map(({ place, holds }) => [place, holds])).toEqual([
    [0, true],
    [1, false],
  ]);
});

test("why something waits is told in words, with the places it leads over", async () => {
  const { ask, document, textAt } = await openSmall(smallProgram.replace("order y as out", "order y as ┆out"));
  const why = await ask<Why>(requests.why, { position: document.cursor() });
  expect(why.text).toMatch(/It waits for[^]*y, block/);
  expect(why.steps.map(({ range }) => textAt(range))).toContain("matmul(x, w)");
  expect(await ask(requests.why, { position: { line: 0, character: 1 } })).toBeNull();
});

test("files of the standard library can be read", async () => {
  const { editor } = await openSmall();
  const read = (uri: string) => editor.connection.sendRequest<string>(requests.source, { uri });
  expect(await read("stretto:/std/ops.stretto")).toContain("op matmul");
  await expect(read("stretto:/std/../package.json")).rejects.toThrow("no file");
});

test("commands are carried out for clients that do not carry them out themselves", async () => {
  const { editor, document } = await openSmall();
  const { uri } = document;
  expect(editor.answer.capabilities.executeCommandProvider?.commands).toEqual([
    commands.simulate,
    commands.check,
    commands.why,
  ]);
  const execute = (command: string, ...given: unknown[]) =>
    editor.connection.sendRequest("workspace/executeCommand", { command, arguments: given });
  expect(await execute(commands.simulate, uri, "eager")).toMatch(/^eager: [\d.]+ us, .* of bound$/);
  const at = document.positionAt(document.text.indexOf("y -> out") + 5);
  expect(await execute(commands.why, uri, at)).toContain("It waits for");

  const client = { ...modernClient, experimental: { stretto: { commands: true } } };
  const own = await openEditor({ client });
  expect(own.answer.capabilities.executeCommandProvider).toBeUndefined();
});

test("where there is no background, what needs it says so", async () => {
  const editor = await openEditor();
  const { uri } = editor.open("a.stretto", smallProgram);
  await expect(editor.connection.sendRequest(requests.timeline, { uri })).rejects.toThrow("Nothing can be predicted");
});
