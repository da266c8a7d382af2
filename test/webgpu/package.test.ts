import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stretto, temporaryFolder } from "../support/command-line.js";
import { examplePath } from "../support/examples.js";
import { projectRoot } from "../support/project.js";

const folder = temporaryFolder();
afterAll(() => folder.remove());
const shipped = join(folder.path, "shipped/t3.webgpu");

/** The package, away from Stretto, with what its own `npm install` brings. */
beforeAll(async () => {
  const small = ["--schedule", "t3", "--profile", "small", "--set", "ranks=4"];
  const command = ["compile", examplePath("t3"), "--target", "webgpu", "--out", join(folder.path, "shipped"), ...small];
  const { code, errors } = await stretto(command);
  if (code !== 0) throw new Error(errors);
  symlinkSync(join(projectRoot, "node_modules"), join(shipped, "node_modules"));
});

function node(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: shipped, encoding: "utf8" });
  return { code: status, output: stdout, errors: stderr };
}

/** Runs a program beside the package's; what it prints is JSON. */
function program(text: string): unknown {
  writeFileSync(join(shipped, "own.mjs"), text);
  const { output, errors } = node("own.mjs");
  expect(errors).toBe("");
  return JSON.parse(output);
}

describe("a package in Node", () => {
  test("runs by one command, within its tolerance", () => {
    const { code, output, errors } = node("run.js", "--json");
    expect(errors).toBe("");
    expect(code).toBe(0);
    const result = JSON.parse(output) as { max_error: number; tolerance: number; ranks: number; measured_ns: number };
    expect(result).toMatchObject({ schedule: "t3", layer: "mlp", device: "webgpu", ranks: 4, tasks: 156 });
    expect(result.max_error).toBeLessThanOrEqual(result.tolerance);
    expect(result.measured_ns).toBeGreaterThan(0);
    expect(node("run.js").output).toMatch(/^t3: 4 ranks, 156 tasks, .* error .*, within .*\n$/);
  });

  test("computes a program's own inputs, whose results it hands back", () => {
    // w1 is 1 / 64 everywhere and x is c: h is gelu(c), y the sum of 128 of w2 = 1 / 128 times that.
    const result = program(`
      import { load } from "./node.js";
      const schedule = await load();
      const full = ({ shape }, value) => new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(value);
      const [x, w1, w2] = schedule.info.inputs;
      const inputs = { x: full(x, 0.5), w1: full(w1, 1 / 64), w2: full(w2, 1 / 128) };
      const { outputs, maxError } = await schedule.run({ inputs });
      const { out } = outputs;
      const compared = await schedule.run({ inputs, verify: true });
      const refused = await schedule.run({ inputs: { x: [1] } }).catch(({ message }) => message);
      const unknown = await schedule.run({ inputs: { z: [1] } }).catch(({ message }) => message);
      const answer = { info: schedule.info, elements: out.length, least: Math.min(...out), most: Math.max(...out) };
      console.log(JSON.stringify({ ...answer, maxError: maxError ?? null, compared: compared.maxError, refused, unknown }));
      await schedule.close();
    `) as Record<string, number>;
    const c = 0.5;
    const gelu = 0.5 * c * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (c + 0.044715 * c ** 3)));
    expect(result["elements"]).toBe(128 * 64);
    expect(Math.abs(result["least"]! - gelu)).toBeLessThan(2e-3);
    expect(Math.abs(result["most"]! - gelu)).toBeLessThan(2e-3);
    expect(result).toMatchObject({ maxError: null, refused: "x has 8192 elements, not 1" });
    expect(result["compared"]).toBeLessThan(1e-2);
    expect(result["unknown"]).toContain("mlp has no input z; it has x, w1, w2");
    expect(result).toMatchObject({
      info: { schedule: "t3", inputs: [{ name: "x", dtype: "f16", shape: [128, 64] }, {}, {}] },
    });
  });

  test("has types that a program is checked against", () => {
    const own = `import { load } from "./node.js";
      const schedule = await load();
      const { outputs, measuredNs } = await schedule.run({ inputs: { x: [1, 2, 3] } });
      export const out: Float64Array | undefined = outputs["out"];
      export const ns: number = measuredNs;\n`;
    writeFileSync(join(shipped, "right.ts"), own);
    writeFileSync(join(shipped, "wrong.ts"), own.replace("inputs:", "input:"));
    const tsc = join(projectRoot, "node_modules/typescript/bin/tsc");
    const flags = [
      "--noEmit",
      "--strict",
      "--target",
      "es2022",
      "--module",
      "nodenext",
      "--skipLibCheck",
      "--types",
      "",
    ];
    expect(node(tsc, ...flags, "right.ts").output).toBe("");
    expect(node(tsc, ...flags, "wrong.ts").output).toContain("'input' does not exist");
  });

  test("holds readable kernels, a page, a README and nothing of this machine", () => {
    const files = readdirSync(shipped, { recursive: true, encoding: "utf8" }).filter(
      (path) => !path.startsWith("node_modules"),
    );
    expect(files.filter((path) => path.endsWith(".wgsl")).length).toBeGreaterThan(0);
    for (const path of ["index.html", "README.md", "index.d.ts", "package.json"])
      expect(existsSync(join(shipped, path)), path).toBe(true);
    for (const path of files.filter((each) => /\.(js|json|md|html|ts|wgsl)$/.test(each) && !each.startsWith("own")))
      expect(readFileSync(join(shipped, path), "utf8").includes(projectRoot), path).toBe(false);
  });
});

test("a package that is not whole is refused in one line", () => {
  writeFileSync(join(shipped, "plan.json"), readFileSync(join(shipped, "plan.json"), "utf8").slice(0, 1000));
  const { code, output, errors } = node("run.js", "--json");
  expect(output).toBe("");
  expect(errors.trim().split("\n")).toHaveLength(1);
  expect(code).toBe(1);
});
