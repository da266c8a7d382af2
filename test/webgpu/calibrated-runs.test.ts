import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { measureAlone } from "../../cli/support/calibration/alone.js";
import { loadCalibration } from "../../cli/support/calibration/load.js";
import { machineText } from "../../cli/support/calibration/machine-text.js";
import { calibrate } from "../../cli/support/calibration/measure.js";
import type { Calibration } from "../../cli/support/calibration/measure.js";
import { gridShapes } from "../../cli/support/calibration/shapes.js";
import { tilesPath, tilesText, withKnownTiles } from "../../cli/support/calibration/tiles.js";
import { openDevice } from "../../evidence/device.js";
import type { WebgpuDevice } from "../../evidence/device.js";
import type { BlockShape } from "../../compiler/machine/block-shape.js";
import { recordedSession } from "../../cli/support/session.js";
import { stretto, temporaryFolder } from "../support/command-line.js";
import { devicePool } from "../support/device-pool.js";
import { examplePath } from "../support/examples.js";

const folder = temporaryFolder();
const pool = devicePool();
afterAll(async () => {
  await pool.close();
  folder.remove();
});

const ranks = 4;
/** Folded in parts, which store their state between them. */
const inParts: Omit<BlockShape, "does"> = { dtype: "bf16", rows: 8, columns: 16, depth: 32, parts: 3 };
const attend: BlockShape = { does: "attention", dtype: "bf16", rows: 32, columns: 16, depth: 64, parts: 1 };
/** One of each sort of the grid, both ways to fold, blocks in parts, and sizes that nothing divides. */
const shapes: BlockShape[] = [
  ...gridShapes().filter(({ does, rows, columns }) => does !== "attention" && rows === 16 && columns === 64),
  { does: "contraction", dtype: "f32", rows: 13, columns: 7, depth: 31, parts: 1 },
  { does: "contraction", dtype: "f16", rows: 8, columns: 16, depth: 64, parts: 1 },
  attend,
  { ...attend, rows: 7 },
  ...(["contraction", "attention", "reduction"] as const).map((does) => ({ does, ...inParts })),
];

const costs = {
  copyBytesPerSecond: 8e9,
  uploadBytesPerSecond: 3e9,
  readbackBytesPerSecond: 2e9,
  synchronisationNs: 5e4,
};

let device: WebgpuDevice;
let calibration: Calibration;
const path = join(folder.path, "here.stretto");
beforeAll(async () => {
  const opened = await openDevice("webgpu");
  if ("problem" in opened) throw new Error(opened.problem.message);
  device = opened.device;
  const measured = await calibrate(device, ranks, shapes, pool, () => {});
  if (!("value" in measured)) throw new Error(measured.diagnostics.map(({ message }) => message).join("\n"));
  calibration = measured.value;
  writeFileSync(path, machineText("here", calibration, costs, "2026-01-01"));
});

interface Compared {
  readonly schedule: string;
  readonly runs: number;
  readonly links_slower: number | null;
  readonly measured_ns: number;
  readonly predicted_ns: number;
  readonly memory_bytes: readonly { readonly proven: number; readonly values: number; readonly allocated: number }[];
  readonly comparison: {
    readonly error: number;
    readonly measured: { readonly makespan_ns: number };
    readonly predicted: { readonly makespan_ns: number };
    readonly classes: readonly { readonly name: string; readonly tasks: number }[];
  };
}

async function compare(example: string, ...options: string[]): Promise<Compared[]> {
  const { code, output, errors } = await stretto([
    ...["run", examplePath(example), "--device", "webgpu", "--compare", path, "--json"],
    ...options,
  ]);
  expect(errors).toBe("");
  expect(code).toBe(0);
  const answer = JSON.parse(output) as Compared | { readonly results: Compared[] };
  return "results" in answer ? answer.results : [answer];
}

describe("stretto calibrate", () => {
  test("measures every shape that it is asked for, as that shape", () => {
    expect(calibration.adapter).not.toBe("");
    expect(calibration.kernels).toEqual(expect.arrayContaining(shapes.map((shape) => expect.objectContaining(shape))));
    expect(calibration.kernels.length).toBe(shapes.length);
    for (const { perSecond } of calibration.kernels) expect(perSecond).toBeGreaterThan(0);
    for (const each of [calibration.dispatchNs, calibration.latencyNs, calibration.linkBytesPerSecond])
      expect(each).toBeGreaterThan(0);
  });

  test("writes a machine that reads as what was measured, to three digits", () => {
    const loaded = loadCalibration(recordedSession(), path);
    if (!("value" in loaded)) throw new Error(loaded.diagnostics.map(({ message }) => message).join("\n"));
    const { machine } = loaded.value;
    expect(machine.rankCount).toBe(ranks);
    const { device: rates } = machine.kinds[0]!;
    const near = (read: number, measured: number): void =>
      expect(Math.abs(read / measured - 1), `${read} ${measured}`).toBeLessThan(0.006);
    near(rates!.dispatchSeconds * 1e9, calibration.dispatchNs);
    rates!.kernels.forEach(({ perSecond, ...shape }, index) => {
      const { perSecond: measured, ...own } = calibration.kernels[index]!;
      expect(shape).toEqual(own);
      near(perSecond, measured);
    });
    const route = machine.route(0, 3)!;
    near(route.latencySeconds * 1e9, calibration.latencyNs);
    for (const resource of route.resources)
      near(machine.linkResources[resource]!.bytesPerSecond, calibration.linkBytesPerSecond);
  });

  test("tells what copies and waiting cost alone", () => {
    const text = readFileSync(path, "utf8");
    expect(text).toContain("copies 8 GB/s, takes 3 GB/s from the host and gives it 2 GB/s");
    expect(text).toContain("to wait for it takes 50 us");
  });
});

describe("tiles, measured", () => {
  const session = recordedSession();
  const beside = tilesPath(path);
  afterEach(() => rmSync(beside, { force: true }));

  test("are the device's own, and are read again as they were written", async () => {
    const { device: measured } = await measureAlone(device);
    const tilesOf = ({ traits }: WebgpuDevice) => traits.tiles.map(({ tile }) => tile);
    expect(tilesOf(device)).toEqual(expect.arrayContaining(tilesOf(measured)));
    expect(tilesOf(measured).length).toBeGreaterThan(0);
    writeFileSync(beside, tilesText(measured));
    const known = withKnownTiles(session, path, device);
    if (!("device" in known)) throw new Error(known.problem.message);
    expect(known.device.traits.tiles).toEqual(expect.arrayContaining([...measured.traits.tiles]));
  });

  test("of another adapter say nothing of this one, nor does a file that is not there", () => {
    expect(withKnownTiles(session, path, device)).toEqual({ device });
    writeFileSync(beside, tilesText({ ...device, adapter: "another", traits: { ...device.traits, tiles: [] } }));
    expect(withKnownTiles(session, path, device)).toEqual({ device });
  });

  test.each(["{", "[]", "null", '{"adapter":"a"}', '{"adapter":"a","tiles":[{"tile":{},"rate":-1}]}'])(
    "a file that is no such rates is refused: %s",
    async (text) => {
      writeFileSync(beside, text);
      const { code, errors } = await stretto(["run", examplePath("t3"), "--device", "webgpu", "--compare", path]);
      expect(errors).toContain("no rates of tiles");
      expect(code).toBe(1);
    },
  );
});

describe("stretto run --compare", () => {
  test("tells predicted and measured times of every schedule, and of all its tasks", async () => {
    for (const result of await compare("t3", "--all", "--repeat", "2")) {
      const { comparison, measured_ns, predicted_ns, runs, memory_bytes } = result;
      expect(memory_bytes.length).toBe(ranks);
      // Nothing of this example's is padded, kept in slots or of a size that does not fit.
      for (const { proven, values, allocated } of memory_bytes) {
        expect(values).toBe(proven);
        expect(allocated).toBeGreaterThan(values);
      }
      expect(runs).toBe(2);
      expect(comparison.measured.makespan_ns).toBe(measured_ns);
      expect(comparison.predicted.makespan_ns).toBe(predicted_ns);
      expect(comparison.error).toBeCloseTo((predicted_ns - measured_ns) / measured_ns, 9);
      expect(comparison.classes.map(({ name }) => name.split(":")[0])).toEqual(
        expect.arrayContaining(["h", "y", "out"]),
      );
      expect(result.links_slower).toBeNull();
    }
  });

  test("links that are slowed take what the described ones would, as many times over, and no less", async () => {
    // 3 rounds of a quarter of f16[128, 64] over a link of 75 GB/s each way, 10^5 times slower: 4096 B at 750 kB/s each.
    const slower = 1e5;
    const bytes = (128 * 64 * 2) / 4;
    for (const result of await compare("t3", "--all", "--links", String(slower))) {
      expect(result.links_slower).toBe(slower);
      expect(result.measured_ns).toBeGreaterThanOrEqual(3 * (bytes / (75e9 / slower)) * 1e9);
      // What links take is told in advance, and is nearly all there is.
      expect(Math.abs(result.comparison.error), result.schedule).toBeLessThan(0.5);
    }
  });

  test("links scaled are slower by what computing is slower here", async () => {
    const [scaled] = await compare("t3", "--links", "scaled");
    expect(scaled!.links_slower).toBeGreaterThan(100);
  });

  test("for people it is two tables a schedule", async () => {
    const { code, output } = await stretto(["run", examplePath("t3"), "--device", "webgpu", "--compare", path]);
    expect(code).toBe(0);
    expect(output).toMatch(/^t3 +predicted .* %$/m);
    expect(output).toMatch(/^ +measured /m);
    expect(output).toContain("tasks that differ most");
  });

  test("a schedule of other ranks than were measured is refused", async () => {
    const command = ["run", examplePath("t3"), "--device", "webgpu", "--set", "ranks=2", "--compare", path];
    const { code, errors } = await stretto(command);
    expect(errors).toContain("with 4 ranks at once");
    expect(errors).toContain("--ranks 2");
    expect(code).toBe(1);
  });
});
