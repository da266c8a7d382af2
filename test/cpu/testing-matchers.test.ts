import { describe, expect, test } from "vitest";
import { StrettoError, load, loadText } from "../../testing/index.js";
import "../../testing/vitest.js";
import { examplePath } from "../support/examples.js";
import { idealMachine } from "../support/ideal-machine.js";

const two = loadText(`
import { gelu, matmul, scale } from "std/ops"
${idealMachine}
param tokens = 32, hidden = 16
mesh on ideal { p: 4 }
layer one(x: bf16[tokens, hidden/p], w: bf16[hidden/p, hidden]) -> out: bf16[tokens/p, hidden] {
  let y = matmul(x, w)
  return reduce_scatter(y, tokens)
}
layer doubled(x: bf16[tokens, hidden/p], w: bf16[hidden/p, hidden]) -> out: bf16[tokens/p, hidden] {
  let y = matmul(x, w)
  return scale(reduce_scatter(y, tokens), 2)
}
schedule barrier of one
schedule overlapped of one {
  overlap y -> out by shard
  order y as out
}
schedule twice of doubled
check overlapped { same result as one within 1e-2 }
`);

async function messageOf(expectation: Promise<void>): Promise<string> {
  return expectation.then(
    () => "the expectation holds",
    (error: Error) => error.message,
  );
}

describe("toMatchLayer", () => {
  test("holds of a schedule and its layer, which is named or not", async () => {
    await expect(two.schedule("barrier")).toMatchLayer();
    await expect(two.schedule("overlapped")).toMatchLayer("one", { within: 1e-2 });
    await expect(two.schedule("twice")).toMatchLayer("doubled");
  });

  test("fails with how far the result is off, at the schedule", async () => {
    const twice = two.schedule("twice");
    await expect(twice).not.toMatchLayer("one");
    const said = await messageOf(expect(twice).toMatchLayer("one", { within: 1e-2 }));
    // Twice the largest element is off by all of it.
    expect(said).toContain(
      "expected `twice` of main.stretto to compute what `one` does\n  measured: 1.0\n  limit:    1.0e-2\n",
    );
    expect(said).toMatch(/error ST6001 result-differs: .*\n +\d+ \| schedule twice of doubled\n/);
    const held = await messageOf(expect(two.schedule("barrier")).not.toMatchLayer());
    expect(held).toMatch(/^expected `barrier` of main\.stretto not to compute what `one` does\n {2}measured: /);
  });

  test("refuses what cannot be compared, also after `.not`", async () => {
    const { not } = expect(two.schedule("barrier"));
    await expect(not.toMatchLayer("three")).rejects.toThrow("has no layer `three`. It has `one`, `doubled`.");
    await expect(not.toMatchLayer("one", { within: -1 })).rejects.toThrow("`within` is a number above 0, not -1.");
    await expect(not.toMatchLayer("one", { device: "null" })).rejects.toThrow(StrettoError);
    const large = two.with({ tokens: 1e5, hidden: 1e4 }).schedule("barrier");
    await expect(expect(large).not.toMatchLayer()).rejects.toThrow(/too-large-to-run/);
  });
});

describe("run", () => {
  test("compares with the layer, in the words of `stretto run --json`", async () => {
    const ran = await two.schedule("overlapped").run();
    expect(ran).toMatchObject({ device: "cpu", ranks: 4, tolerance: 1e-2 });
    expect(ran.max_error).toBeLessThan(1e-2);
    expect(ran.measured_ns).toBeGreaterThan(0);
    expect(await two.schedule("overlapped").run({ device: "null" })).toMatchObject({ device: "null", max_error: null });
  });

  test("takes the sizes of profile small, where no profile is asked for, and what is set above them", async () => {
    const comet = load(examplePath("comet"));
    expect(comet.params["tokens"]).toBe(16384);
    expect(comet.schedule("barrier").plan().ranks).toBe(8);
    expect(await comet.schedule("comet").run()).toMatchObject({ ranks: 4 });
    expect(await comet.schedule("comet").with({ ranks: 2, tokens: 32 }).run()).toMatchObject({ ranks: 2 });
    await expect(comet.schedule("comet").with({ ranks: 3, tokens: 40 })).toMatchLayer("moe", { within: 1e-2 });
  });
});
