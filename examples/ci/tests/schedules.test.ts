import fc from "fast-check";
import { arbitraries, load } from "stretto/testing";
import "stretto/testing/vitest";
import { describe, expect, test } from "vitest";

const path = new URL("../moe.stretto", import.meta.url);
const file = load(path);
const barrier = file.schedule("barrier");
const overlapped = file.schedule("overlapped");

describe("overlapped, at full size", () => {
  test("is proved", () => {
    expect(overlapped).toBeDeadlockFree();
    expect(overlapped).toBeRaceFree();
  });

  test("hides most of its communication, and is faster for it", () => {
    expect(overlapped).toHide(0.8);
    expect(overlapped).toBeFasterThan("barrier", 1.3);
    expect(barrier).not.toHide(0.1);
  });

  test("fits, and moves each row there and back, 2 bytes an element", () => {
    const { tokens, topk, hidden } = file.params as Record<"tokens" | "topk" | "hidden", number>;
    expect(overlapped).toFitIn("80 GB");
    expect(overlapped).toMove({ atMost: 2 * tokens * topk * hidden * 2 });
  });

  test("is predicted to stay below a quarter of a millisecond", () => {
    expect(overlapped.predict().makespan_ns).toBeLessThan(250_000);
  });
});

describe("what both compute", () => {
  test.each(["barrier", "overlapped"])("%s computes the layer, on four ranks of this computer", async (name) => {
    await expect(file.schedule(name)).toMatchLayer("moe", { within: 1e-2 });
  });

  test("on any number of ranks, for any number of tokens", async () => {
    const small = load(path, { profile: "small" });
    const sizes = arbitraries.parameters(small, { ranks: [1, 2, 4], tokens: fc.integer({ min: 1, max: 64 }) });
    await fc.assert(
      fc.asyncProperty(sizes, async (set) => {
        await expect(small.with(set).schedule("overlapped")).toMatchLayer("moe", { within: 1e-2 });
      }),
      { numRuns: 5 },
    );
  });

  test("whatever the gate chooses", () => {
    fc.assert(
      fc.property(arbitraries.routings({ experts: 8, topk: 2 }), ({ tokens, csv }) => {
        const set = { tokens, gate: 'from "drawn.csv"' };
        const routed = load(path, { profile: "small", set, files: { "drawn.csv": csv } });
        expect(routed.schedule("overlapped")).toBeDeadlockFree();
      }),
      { numRuns: 20 },
    );
  });
});
