import { afterAll, describe, expect, test } from "vitest";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { spawnStretto, stretto, temporaryFolder } from "../support/command-line.js";
import { projectRoot, readProjectFile } from "../support/project.js";

const folder = temporaryFolder({ "mlp.stretto": readProjectFile("cli/templates/overlap/mlp.stretto") });
afterAll(() => folder.remove());
const inFolder = (...args: string[]): ReturnType<typeof stretto> => stretto(args, { workingDirectory: folder.path });

interface RunAnswer {
  readonly file: string;
  readonly schedule: string;
  readonly device: string;
  readonly adapter: string | null;
  readonly ranks: number;
  readonly tasks: number;
  readonly max_error: number | null;
  readonly tolerance: number;
  readonly measured_ns: number;
  readonly predicted_ns: number;
  readonly bytes_moved: number;
}

describe("run", () => {
  test("runs the last schedule at the sizes of profile small, and prints one object under --json", async () => {
    const { code, output, errors } = await inFolder("run", "mlp.stretto", "--json");
    expect(errors).toBe("");
    expect(code).toBe(0);
    expect(output.endsWith("}\n")).toBe(true);
    const answer = JSON.parse(output) as RunAnswer;
    expect(answer).toMatchObject({
      file: "mlp.stretto",
      schedule: "overlapped",
      device: "cpu",
      adapter: null,
      memory_bytes: null,
      ranks: 4,
    });
    expect(answer.max_error).toBeLessThanOrEqual(answer.tolerance);
    // The check's `within`.
    expect(answer.tolerance).toBe(0.01);
    expect(answer.measured_ns).toBeGreaterThan(0);
    expect(answer.predicted_ns).toBeGreaterThan(0);
    // 3 rounds, each of 4 chunks of a quarter of bf16[64, 32].
    expect(answer.bytes_moved).toBe((3 * 64 * 32 * 2 * 4) / 4);
  });

  test("a schedule that nothing is claimed of is held to what rounding can come to", async () => {
    const answer = JSON.parse(
      (await inFolder("run", "mlp.stretto", "--schedule", "barrier", "--json")).output,
    ) as RunAnswer;
    expect(answer.schedule).toBe("barrier");
    expect(answer.max_error).toBeLessThanOrEqual(answer.tolerance);
    expect(answer.tolerance).toBeLessThan(0.1);
  });

  test("a derived tolerance that shows little is said to be loose, and a stated one is not", async () => {
    // An all_reduce of bf16 on 8 ranks rounds 15 times: 0.06.
    const text = (claims: string) => `import { laptop } from "std/machines"
import { matmul } from "std/ops"
param rows = 16, cols = 16
mesh on laptop { tp: 8 }
layer deep(x: bf16[rows, cols], up: bf16[cols, cols/tp], down: bf16[cols/tp, cols]) -> out: bf16[rows, cols] {
  let y = all_reduce(matmul(matmul(x, up), down), tp)
  return all_reduce(matmul(matmul(y, up), down), tp)
}
schedule s of deep
check s { ${claims} }`;
    const outputOf = async (claims: string): Promise<string> => {
      writeFileSync(join(folder.path, "deep.stretto"), text(claims));
      return (await inFolder("run", "deep.stretto")).output;
    };
    expect(await outputOf("same result as deep")).toMatch(/tolerance of s \(.*\) is loose.*same result as deep within/);
    const stated = await outputOf("same result as deep within 0.2");
    expect(stated).toContain("within its tolerance");
    expect(stated).not.toContain("loose");
  });

  test("a claim stricter than bf16 can be met fails, with exit code 1", async () => {
    const strict = readProjectFile("cli/templates/overlap/mlp.stretto").replace("within 1e-2", "within 1e-9");
    writeFileSync(join(folder.path, "strict.stretto"), strict);
    const told = await inFolder("run", "strict.stretto");
    expect(told.code).toBe(1);
    expect(told.errors).toMatch(/strict\.stretto:\d+:\d+: error ST6001 result-differs: .*1\.0e-9/);
    const asJson = await inFolder("run", "strict.stretto", "--json");
    expect(asJson.code).toBe(1);
    expect(JSON.parse(asJson.output)).toMatchObject({ file: "strict.stretto", diagnostics: [{ code: "ST6001" }] });
  });

  test("--all runs every schedule, and says so in a table", async () => {
    const { code, output, errors } = await inFolder("run", "mlp.stretto", "--all");
    expect(errors).toBe("");
    expect(code).toBe(0);
    expect(output).toMatch(/^barrier +mlp +/m);
    expect(output).toMatch(/^overlapped +mlp +/m);
    expect(output).toContain("Every result is the whole layer's, within its tolerance.");
    const answer = JSON.parse((await inFolder("run", "mlp.stretto", "--all", "--json")).output) as {
      results: RunAnswer[];
    };
    expect(answer.results.map(({ schedule }) => schedule)).toEqual(["barrier", "overlapped"]);
  });

  test("--set and --profile change what is run", async () => {
    const { output } = await inFolder("run", "mlp.stretto", "--json", "--set", "ranks=2", "--set", "tokens=32");
    expect(JSON.parse(output)).toMatchObject({ ranks: 2, bytes_moved: (1 * 32 * 32 * 2 * 2) / 2 });
  });

  test("device null executes every task and computes nothing", async () => {
    const { code, output } = await inFolder("run", "mlp.stretto", "--device", "null", "--json");
    expect(code).toBe(0);
    expect(JSON.parse(output)).toMatchObject({ device: "null", max_error: null });
  });

  test("twice the same run gives the same bits", async () => {
    const errorOf = async (): Promise<number | null> =>
      (JSON.parse((await inFolder("run", "mlp.stretto", "--json")).output) as RunAnswer).max_error;
    expect(await errorOf()).toBe(await errorOf());
  });
});

describe("the main job", () => {
  test("the Comet example runs on four ranks from the built command, whatever the folder", () => {
    const { code, output, errors } = spawnStretto(
      ["run", join(projectRoot, "examples/comet.stretto"), "--all", "--json"],
      {
        folder: folder.path,
      },
    );
    expect(errors).toBe("");
    expect(code).toBe(0);
    const { results } = JSON.parse(output) as { results: RunAnswer[] };
    expect(results.map(({ schedule }) => schedule)).toEqual([
      "barrier",
      "pipelined",
      "comet",
      "tp_barrier",
      "tp_comet",
    ]);
    for (const { ranks, max_error, tolerance } of results) {
      expect(ranks).toBe(4);
      expect(max_error).toBeLessThanOrEqual(tolerance);
    }
  });
});
