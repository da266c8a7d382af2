import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bundleFuzzer } from "../../scripts/fuzz.mjs";
import { createExaminer, type Examiner } from "../support/fuzz/examiner.js";
import { figuresOf, runCases, type Fault } from "../support/fuzz/run.js";
import { projectRoot } from "../support/project.js";

// A plain run takes the same cases each time; `STRETTO_FUZZ=20000 npm run test:long` takes so many new ones. More, and without
// end: `npm run fuzz`.
const asked = Number(process.env["STRETTO_FUZZ"] ?? "");
const isLong = Number.isSafeInteger(asked) && asked > 0;
const cases = isLong ? asked : 500;
const seed = Number(process.env["STRETTO_SEED"] ?? (isLong ? Date.now() % 1_000_000 : 20261121));

let bundle: Awaited<ReturnType<typeof bundleFuzzer>>;
let examiner: Examiner;
beforeAll(async () => {
  bundle = await bundleFuzzer();
  examiner = createExaminer(bundle.program("worker"), projectRoot);
});
afterAll(async () => {
  await examiner.close();
  bundle.remove();
});

describe("a text that is wrong in any way is told of, and nothing breaks", () => {
  test(
    `${cases} cases of seed ${seed}`,
    async () => {
      const faults: string[] = [];
      const onFault = async ({ number, made, failure }: Fault): Promise<void> => {
        faults.push(`case ${number}, ${made.kind} of ${made.from}: ${failure}`);
      };
      const figures = await runCases(examiner, { seed, first: 0, onFault, more: (number) => number < cases });
      const again = `npm run fuzz -- --seed ${seed} --case N shows one, makes it smaller and keeps it`;
      expect(faults, `${faults.join("\n\n")}\n\n${again}`).toEqual([]);
      // What is asked reaches every stage.
      const reached = new Set([...figures.byKind.values()].flatMap((counts) => [...counts.keys()]));
      expect([...reached].toSorted(), figuresOf(figures)).toEqual([
        ...["checked", "not UTF-8", "planned", "read", "unread"],
      ]);
    },
    Math.max(300_000, cases * 500),
  );

  test("one that hangs is ended and told of", async () => {
    const stuck = new URL("../support/fuzz/stuck-worker.mjs", import.meta.url);
    const watched = createExaminer(stuck, projectRoot);
    const { failure } = await watched.examine({ content: "param a = 1" });
    await watched.close();
    expect(failure).toMatch(/^hang: no end after [5-9] s/);
  });
});
