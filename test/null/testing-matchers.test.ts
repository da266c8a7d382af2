import { describe, expect, test } from "vitest";
import { StrettoError, load, loadText, matchers } from "../../testing/index.js";
import type { ScheduleUnderTest } from "../../testing/index.js";
import "../../testing/vitest.js";
import { examplePath } from "../support/examples.js";
import { idealMachine } from "../support/ideal-machine.js";
import { stretto, temporaryFolder } from "../support/command-line.js";

// On the ideal machine a time is that of arithmetic or of links, so what is measured has a closed form.
const ranks = 4;
const tokens = 4096;
const hidden = 1024;
/** So many that the products take as long as the gather. */
const columns = 16;
const gathered = `
import { matmul } from "std/ops"
${idealMachine}
param ranks = ${ranks}, tokens = ${tokens}, hidden = ${hidden}, columns = ${columns}
mesh on ideal { p: ranks }
layer net(x: f32[tokens/p, hidden], w: f32[hidden, columns]) -> out: f32[tokens, columns] {
  let full = all_gather(x, tokens)
  return matmul(full, w)
}
schedule barrier of net
schedule overlapped of net {
  overlap full -> out by shard
  order out as full
}
`;
const file = loadText(gathered);
const barrier = file.schedule("barrier");
const overlapped = file.schedule("overlapped");
/** Each part goes to each other rank. */
const moved = (ranks * (ranks - 1) * tokens * hidden * 4) / ranks;
/** A rank holds what it has of x, all of x, the weights and all of the result. */
const memory = 4 * (hidden * (tokens / ranks + tokens + columns) + tokens * columns);

/** What a failing expectation says. */
function messageOf(expectation: () => unknown): string {
  try {
    expectation();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("the expectation holds");
}

describe("a file", () => {
  test("says what it has, and gives its schedules", () => {
    expect(file).toMatchObject({ path: "main.stretto", schedules: ["barrier", "overlapped"], layers: ["net"] });
    expect(file.params).toEqual({ ranks, tokens, hidden, columns });
    expect(barrier.plan()).toMatchObject({ ranks, rounds: ranks - 1, peak_memory_bytes: memory });
    expect(barrier.predict()).toMatchObject({ bytes_moved: moved, peak_memory_bytes: memory, hidden: 0 });
  });

  test("is bound again with other params, and keeps those given before", () => {
    const smaller = file.with({ tokens: 64 }).with({ ranks: 2 });
    expect(smaller.params).toEqual({ ranks: 2, tokens: 64, hidden, columns });
    expect(barrier.with({ ranks: 2 }).plan().ranks).toBe(2);
    expect(barrier.plan().ranks).toBe(ranks);
  });

  test("takes a profile, a machine and texts in place of files", () => {
    const comet = load(examplePath("comet"), {
      profile: "small",
      machine: "h100_node",
      set: { gate: 'from "routes/own.csv"', tokens: 2, topk: 1 },
      files: { "routes/own.csv": "from,to\n0,3\n1,5\n" },
    });
    expect(comet.params).toMatchObject({ tokens: 2, ranks: 4 });
    expect(comet.tables).toEqual(["gate"]);
    expect(comet.schedule("barrier").plan().ranks).toBe(4);
  });

  test("that is wrong throws what the command prints", async () => {
    const folder = temporaryFolder({
      "wrong.stretto": gathered.replace("all_gather(x, tokens)", "all_gather(y, tokens)"),
    });
    try {
      const printed = await stretto(["check", `${folder.path}/wrong.stretto`]);
      const said = messageOf(() => load(`${folder.path}/wrong.stretto`));
      expect(said).toContain("unknown-name");
      expect(printed.errors.trim()).toBe(said);
    } finally {
      folder.remove();
    }
  });

  test.each([
    ["a file that is not there", () => load("nowhere.stretto"), /nowhere\.stretto/],
    ["a schedule it has not", () => file.schedule("overlaped"), /ST7102 unknown-schedule.*`overlapped`/],
    ["a param it has not", () => file.with({ rank: 2 }), /rank/],
    ["no mesh", () => loadText("param a = 1"), /ST7103 no-schedule/],
    ["what is not given to a text", () => loadText('import { a } from "./package.json"'), /package\.json/],
  ])("says of %s what is wrong", (_, wrong, said) => {
    expect(wrong).toThrow(StrettoError);
    expect(wrong).toThrow(said);
  });
});

describe("toBeDeadlockFree and toBeRaceFree", () => {
  test("hold of what is proved", () => {
    expect(overlapped).toBeDeadlockFree();
    expect(overlapped).toBeRaceFree();
    expect(messageOf(() => expect(overlapped).not.toBeDeadlockFree())).toMatch(
      /^expected `overlapped` of main\.stretto not to be free of deadlocks\n {2}measured: proved, over \d+ tasks$/,
    );
  });

  test("fail with the circle, and its lines", () => {
    const stuck = deadlocked();
    expect(stuck).not.toBeDeadlockFree();
    const said = messageOf(() => expect(stuck).toBeDeadlockFree());
    expect(said).toMatch(/^expected `stuck` of main\.stretto to be free of deadlocks\n/);
    expect(said).toContain("error ST5001 deadlock: This schedule deadlocks: ");
    expect(said).toContain("schedule stuck of net {");
    expect(said).toMatch(/which waits for the first/);
  });

  test("throw where something else is wrong, for then nothing is proved", () => {
    const refused = loadText(gathered.replace("order out as full", "tile full by (8, 8)")).schedule("overlapped");
    for (const expectation of [expect(refused), expect(refused).not]) {
      expect(() => expectation.toBeDeadlockFree()).toThrow(StrettoError);
      expect(() => expectation.toBeRaceFree()).toThrow(/main\.stretto:\d+:\d+: error ST/);
    }
  });
});

describe("quantities that are predicted", () => {
  test("toHide", () => {
    const { hidden: share } = overlapped.predict();
    expect(share).toBeGreaterThan(0.3);
    expect(overlapped).toHide(share);
    expect(barrier).not.toHide(0.01);
    const said = messageOf(() => expect(barrier).toHide(0.85));
    expect(said).toContain("expected `barrier` of main.stretto to hide at least 85.0 % of its communication");
    expect(said).toContain("  measured: 0.0 %\n  limit:    85.0 %\n");
    expect(said).toMatch(
      /main\.stretto:\d+:\d+: error ST6003 hides-too-little: .*\n +\d+ \| schedule barrier of net\n/,
    );
    expect(messageOf(() => expect(barrier).not.toHide(0))).toContain("not to hide at least 0.0 %");
  });

  test("toFitIn, in bytes and in the units of the language", () => {
    expect(barrier).toFitIn(memory);
    expect(barrier).not.toFitIn(memory - 1);
    expect(barrier).toFitIn("1 GB");
    expect(barrier).not.toFitIn("1 KiB");
    const said = messageOf(() => expect(barrier).toFitIn("0.5 MB"));
    expect(said).toContain("  measured: 21.30 MB\n  limit:    500.0 KB\n");
    expect(said).toContain("ST6002 quantity-out-of-limit");
  });

  test("toMove, exactly and at most, all of it and of a rank", () => {
    expect(barrier).toMove({ bytes: moved });
    expect(barrier).toMove({ atMost: moved });
    expect(barrier).toMove({ bytes: moved / ranks, perRank: true });
    expect(barrier).not.toMove({ atMost: moved - 1 });
    const said = messageOf(() => expect(barrier).toMove({ bytes: moved + 4 }));
    expect(said).toContain(`to move 50,331,652 bytes\n  measured: 50,331,648 bytes\n  limit:    50,331,652 bytes`);
  });

  test("toBeFasterThan, by name and of another file", () => {
    const ratio = barrier.predict().makespan_ns / overlapped.predict().makespan_ns;
    expect(ratio).toBeGreaterThan(1);
    expect(overlapped).toBeFasterThan("barrier");
    expect(overlapped).toBeFasterThan(barrier, ratio * 0.999);
    expect(overlapped).not.toBeFasterThan("barrier", ratio * 1.001);
    expect(barrier).not.toBeFasterThan("barrier");
    expect(barrier.with({ tokens: 64 })).toBeFasterThan(barrier, 10);
    const said = messageOf(() => expect(barrier).toBeFasterThan("overlapped", 1.5));
    expect(said).toContain("to be 1.5 times as fast as `overlapped`\n  measured: ");
    expect(said).toContain("  limit:    1.50 x\n");
    expect(said).toContain("ST6004 not-faster");
  });

  test("toBeWithinOfBound", () => {
    const { makespan_ns, bound_ns } = overlapped.predict();
    const ratio = makespan_ns / bound_ns;
    expect(overlapped).toBeWithinOfBound(ratio);
    expect(overlapped).not.toBeWithinOfBound(ratio * 0.999);
    // What waits by its schedule waits in every execution of its graph.
    expect(barrier).toBeWithinOfBound(1);
    expect(messageOf(() => expect(overlapped).toBeWithinOfBound(0.5))).toMatch(
      /to take at most 0\.5 times its lower bound\n {2}measured: \d\.\d+ x; the bound is set by .*\n {2}limit: {4}0\.5 x$/,
    );
  });

  test.each([
    ["a share in percent", () => expect(barrier).toHide(85), /from 0 to 1, not 85/],
    ["a time for memory", () => expect(barrier).toFitIn("80 ms"), /`80 ms` is no number of bytes/],
    ["a negative size", () => expect(barrier).toFitIn(-1), /`-1` is no number of bytes/],
    ["a factor of 0", () => expect(barrier).toBeFasterThan("overlapped", 0), /A factor is a number above 0, not 0/],
    ["no factor", () => expect(barrier).toBeWithinOfBound(Number.NaN), /A factor is a number above 0, not NaN/],
    ["no limit and two", () => expect(barrier).toMove({} as { bytes: number }), /one of `bytes` and `atMost`/],
    ["a schedule it has not", () => expect(barrier).toBeFasterThan("barier"), /unknown-schedule.*`barrier`/],
    ["no schedule", () => expect(file).toHide(0.5), /toHide is of schedules/],
    ["nothing", () => expect(undefined).toBeDeadlockFree(), /toBeDeadlockFree is of schedules/],
  ])("refuse %s", (_, expectation, said) => {
    expect(expectation).toThrow(said);
  });
});

test("the matchers are plain functions that want nothing of who calls them, as jest calls its own", () => {
  const { toHide } = matchers;
  const { pass, message } = toHide(barrier, 0.5);
  expect(pass).toBe(false);
  expect(message()).toContain("to hide at least 50.0 %");
});

/** One slot of the gathered value, which the results want in another order than parts arrive. */
function deadlocked(): ScheduleUnderTest {
  const text = `
import { gelu } from "std/ops"
${idealMachine}
param rows = 64
mesh on ideal { p: 4 }
layer net(x: f32[rows/p, 32]) -> out: f32[rows, 32] {
  let full = all_gather(x, rows)
  return gelu(full)
}
schedule stuck of net {
  overlap full -> out by shard
  tile out by (8, 32)
  order out by rows
  keep 1 of full
}
`;
  return loadText(text).schedule("stuck");
}
