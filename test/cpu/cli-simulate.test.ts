import { readFileSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { stretto, temporaryFolder } from "../support/command-line.js";
import { readProjectFile } from "../support/project.js";

const folder = temporaryFolder({ "mlp.stretto": readProjectFile("cli/templates/overlap/mlp.stretto") });
afterAll(() => folder.remove());
const small = ["--profile", "small"];
const inFolder = (...args: string[]): ReturnType<typeof stretto> => stretto(args, { workingDirectory: folder.path });

interface Result {
  readonly schedule: string;
  readonly layer: string;
  readonly machine: string;
  readonly ranks: number;
  readonly tasks: number;
  readonly edges: number;
  readonly makespan_ns: number;
  readonly bound_ns: number;
  readonly compute_ns: number;
  readonly communication_ns: number;
  readonly exposed_communication_ns: number;
  readonly hidden: number;
  readonly params: Readonly<Record<string, number>>;
  readonly bytes_moved: number;
  readonly bytes_per_rank: number;
  readonly messages: number;
  readonly rounds: number;
  readonly busy: readonly object[];
  readonly critical_path: readonly { readonly file: string; readonly line?: number }[];
  readonly peak_memory_bytes: number;
  readonly speedup: Readonly<Record<string, number>>;
}

async function results(...args: string[]): Promise<readonly Result[]> {
  const { code, output, errors } = await inFolder("simulate", "mlp.stretto", "--json", ...args);
  expect(errors).toBe("");
  expect(code).toBe(0);
  const answer = JSON.parse(output) as { file: string; results: Result[] };
  expect(answer.file).toBe("mlp.stretto");
  return answer.results;
}

describe("simulate --json", () => {
  test("has an entry a schedule with every figure, and these agree with each other", async () => {
    const all = await results();
    expect(all.map(({ schedule }) => schedule)).toEqual(["barrier", "overlapped"]);
    for (const result of all) {
      expect(result).toMatchObject({ layer: "mlp", machine: "h100_node", ranks: 8 });
      expect(result.params).toMatchObject({ tokens: 8192, hidden: 4096, ranks: 8 });
      expect(result.bound_ns).toBeLessThanOrEqual(result.makespan_ns);
      expect(result.exposed_communication_ns).toBeLessThanOrEqual(result.communication_ns);
      expect(result.hidden).toBeCloseTo(1 - result.exposed_communication_ns / result.communication_ns, 12);
      // A ring's reduce-scatter of bf16[8192, 4096]: 7 rounds of 8 messages, an eighth of it each.
      expect(result.bytes_moved).toBe(7 * 8192 * 4096 * 2);
      expect(result.bytes_per_rank).toBe((7 * 8192 * 4096 * 2) / 8);
      expect(result.rounds).toBe(7);
      expect(result.peak_memory_bytes).toBeGreaterThan(0);
      expect(result.busy.length).toBeGreaterThan(0);
      // Every step leads back to a line of the source.
      expect(result.critical_path.length).toBeGreaterThan(0);
      for (const step of result.critical_path) {
        expect(step.file).toBe("mlp.stretto");
        expect(step.line).toBeGreaterThan(0);
      }
    }
    const [barrier, overlapped] = all;
    expect(barrier!.hidden).toBe(0);
    expect(overlapped!.speedup["barrier"]).toBeCloseTo(barrier!.makespan_ns / overlapped!.makespan_ns, 12);
    expect(overlapped!.speedup["barrier"]).toBeGreaterThan(1);
  });

  test("one schedule alone is still compared with the first of its layer", async () => {
    const [only, ...others] = await results("--schedule", "overlapped");
    expect(others).toEqual([]);
    const [, same] = await results();
    expect(only).toEqual(same);
  });

  test("is the same each time", async () => expect(await results(...small)).toEqual(await results(...small)));

  test("--machine and --set change what is predicted", async () => {
    const [faster] = await results();
    const [slower] = await results("--machine", "l20_node");
    expect(slower!.machine).toBe("l20_node");
    expect(slower!.makespan_ns).toBeGreaterThan(faster!.makespan_ns);
    const [half] = await results("--set", "tokens=4096");
    expect(half!.params["tokens"]).toBe(4096);
    expect(half!.bytes_moved).toBe(7 * 4096 * 4096 * 2);
  });
});

describe("simulate", () => {
  test("prints a table and timelines, without colours where it is no terminal", async () => {
    const { code, output } = await inFolder("simulate", "mlp.stretto", ...small);
    expect(code).toBe(0);
    expect(output).toMatch(/^mlp\.stretto: 4 ranks of h100_node\n/);
    expect(output).toMatch(/^overlapped +mlp .* x barrier$/m);
    expect(output).toMatch(/^ {2}compute +[░▓█]/m);
    expect(output).not.toContain("\u001b");
  });

  test("colours go to a terminal, unless NO_COLOR is set", async () => {
    const options = { workingDirectory: folder.path, isTerminal: true };
    const args = ["simulate", "mlp.stretto", ...small];
    expect((await stretto(args, options)).output).toContain("\u001b[");
    expect((await stretto(args, { ...options, environment: { NO_COLOR: "1" } })).output).not.toContain("\u001b[");
  });

  test("progress goes to a terminal's error stream, and is wiped", async () => {
    const { errors } = await stretto(["simulate", "mlp.stretto", ...small], {
      workingDirectory: folder.path,
      isTerminal: true,
    });
    expect(errors).toContain("simulating overlapped");
    expect(errors.endsWith("\r\u001b[K")).toBe(true);
  });

  test("writes timelines as a page, a picture, and a trace a schedule", async () => {
    for (const name of ["out.html", "out.svg", "out.json"]) {
      const { code, errors } = await inFolder("simulate", "mlp.stretto", ...small, "--timeline", name);
      expect(code).toBe(0);
      expect(errors).toContain("wrote ");
    }
    const written = readdirSync(folder.path).filter((name) => name.startsWith("out"));
    expect(written.sort()).toEqual(["out.barrier.json", "out.html", "out.overlapped.json", "out.svg"]);
    const text = (name: string): string => readFileSync(join(folder.path, name), "utf8");
    expect(text("out.html")).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/);
    expect(text("out.svg")).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
    for (const name of ["barrier", "overlapped"]) {
      const trace = JSON.parse(text(`out.${name}.json`)) as { traceEvents: { ph: string; dur?: number }[] };
      expect(trace.traceEvents.some(({ ph, dur }) => ph === "X" && dur! > 0)).toBe(true);
    }
    for (const name of written) rmSync(join(folder.path, name));
  });
});

describe("compile", () => {
  test("prints the graph of the last schedule, whole and readable", async () => {
    const { code, output } = await inFolder("compile", "mlp.stretto", ...small, "--target", "graph");
    expect(code).toBe(0);
    const graph = JSON.parse(output) as {
      format: string;
      task_count: number;
      edge_count: number;
      tasks: unknown[];
      edges: unknown[];
    };
    expect(graph.format).toBe("stretto-graph");
    expect(graph.tasks).toHaveLength(graph.task_count);
    expect(graph.edges).toHaveLength(graph.edge_count);
    const [, overlapped] = await results(...small);
    expect(graph.task_count).toBe(overlapped!.tasks);
  });

  test("--out writes a file a schedule", async () => {
    const { code, output } = await inFolder(
      "compile",
      "mlp.stretto",
      ...small,
      "--target",
      "trace",
      "--out",
      "out/deep",
    );
    expect(code).toBe(0);
    expect(output).toBe("");
    expect(readdirSync(join(folder.path, "out/deep")).sort()).toEqual(["barrier.trace.json", "overlapped.trace.json"]);
    for (const name of readdirSync(join(folder.path, "out/deep"))) {
      expect(JSON.parse(readFileSync(join(folder.path, "out/deep", name), "utf8"))).toHaveProperty("traceEvents");
    }
  });
});
