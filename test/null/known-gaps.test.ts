import { describe, expect, test } from "vitest";
import { formatText } from "../../grammar/prettier-plugin.js";
import { expectedOf, gapPrograms, gapText, gapsFolder, refusedPrograms, verdictOf } from "../support/known-gaps.js";
import { readProjectFile } from "../support/project.js";

/** What is said of a program, which is what it expects, where it expects it, and nothing else. */
async function refusal(name: string): Promise<string> {
  const { found, rendered } = await verdictOf(name);
  expect(found).toEqual(expectedOf(name));
  expect(found.length).toBeGreaterThan(0);
  return rendered;
}

describe("what other systems accept is refused by name", () => {
  test("mscclpp-moves-nothing", async () => {
    expect(await refusal("mscclpp-moves-nothing")).toMatchInlineSnapshot(`
      "mscclpp-moves-nothing.stretto:10:12: error ST4063 collective-wrong: \`silent\` does not do \`all_gather\` on 2 ranks: at the end, without any round, rank 0 does not hold x[1], and more is wrong.
       10 | collective silent(x: [c/n] -> [c]) over n {}
          |            ~~~~~~
        mscclpp-moves-nothing.stretto:17:3: \`out\` is done by it
       17 |   use silent for out
          |   ~~~~~~~~~~~~~~~~~~
        Where it goes, step by step:

             rank 0   rank 1
                |        |
         1      |        *
         2      *        |

         1. rank 1, x[1]: no send takes along what this rank has  mscclpp-moves-nothing.stretto:10:12
         2. rank 0, x[1], at the end: nothing has brought it  mscclpp-moves-nothing.stretto:10:12
      "
    `);
  });

  test("mscclpp-both-wait", async () => {
    expect(await refusal("mscclpp-both-wait")).toMatchInlineSnapshot(`
      "mscclpp-both-wait.stretto:11:12: error ST4065 collective-not-held: \`after_you\` sends what is not there, on 3 ranks: in round 0 rank 1 sends x, which it does not hold: no send brings it there, and more is wrong.
       11 | collective after_you(x: [c] at n(root) -> [c]) over n {
          |            ~~~~~~~~~
        mscclpp-both-wait.stretto:12:3: by this send
       12 |   send x[..] from root + 1 to root + 2 & send x[..] from root + 2 to root + 1
          |   ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
        mscclpp-both-wait.stretto:20:3: \`out\` is done by it
       20 |   use after_you for out
          |   ~~~~~~~~~~~~~~~~~~~~~
        Step by step:

             rank 0   rank 1   rank 2
                |        |        |
         1      *        |        |
         2      |        o------->|

         1. rank 0, x: has it before the first round  mscclpp-both-wait.stretto:11:12
         2. rank 1 to rank 2, x, round 0: sends it, but rank 1 does not have it  mscclpp-both-wait.stretto:12:3
      "
    `);
  });

  test("mscclpp-no-semaphore", async () => {
    expect(await refusal("mscclpp-no-semaphore")).toMatchInlineSnapshot(`
      "mscclpp-no-semaphore.stretto:13:12: error ST4065 collective-not-held: \`hand_on\` sends what is not there, on 4 ranks: in round 0 rank 0 sends x[3], which comes there in that same round, and more is wrong.
       13 | collective hand_on(x: [c/n] -> [c]) over n {
          |            ~~~~~~~
        mscclpp-no-semaphore.stretto:14:30: by this send
       14 |   send x[rank] to rank + 1 & send x[rank - 1] to rank + 1
          |                              ~~~~~~~~~~~~~~~~~~~~~~~~~~~~
        mscclpp-no-semaphore.stretto:23:3: \`out\` is done by it
       23 |   use hand_on for out
          |   ~~~~~~~~~~~~~~~~~~~
        Step by step:

             rank 0   rank 1   rank 3
                |        |        |
         1      o------->|        |
         2      |<----------------o

         1. rank 0 to rank 1, x[3], round 0: sends it, but rank 0 does not have it yet  mscclpp-no-semaphore.stretto:14:30
         2. rank 3 to rank 0, x[3], round 0: brings it  mscclpp-no-semaphore.stretto:14:3
            1 of 4 ranks takes no part
      "
    `);
  });

  test("msccl-replicated-blocks", async () => {
    expect(await refusal("msccl-replicated-blocks")).toMatchInlineSnapshot(`
      "msccl-replicated-blocks.stretto:13:12: error ST4065 collective-not-held: \`relay\` sends what is not there, on 4 ranks: in round 1 rank 1 sends x[2], which comes there in that same round, and more is wrong.
       13 | collective relay(x: [c] at n(root) -> [c] at n(target)) over n {
          |            ~~~~~
        msccl-replicated-blocks.stretto:15:65: by this send
       15 |   send x[2 ..< 4] from root to 1 & send x[0] from 1 to target & send x[2] from 1 to target
          |                                                                 ~~~~~~~~~~~~~~~~~~~~~~~~~~
        msccl-replicated-blocks.stretto:24:3: \`out\` is done by it
       24 |   use relay for out
          |   ~~~~~~~~~~~~~~~~~
        Step by step:

             rank 0   rank 1   rank 2
                |        |        |
         1      |        o------->|
         2      o------->|        |

         1. rank 1 to rank 2, x[2], round 1: sends it, but rank 1 does not have it yet  msccl-replicated-blocks.stretto:15:65
         2. rank 0 to rank 1, x[2], round 1: brings it  msccl-replicated-blocks.stretto:15:3
            1 of 4 ranks takes no part
      "
    `);
  });

  test("msccl-incomplete-all-reduce", async () => {
    expect(await refusal("msccl-incomplete-all-reduce")).toMatchInlineSnapshot(`
      "msccl-incomplete-all-reduce.stretto:10:12: error ST4063 collective-wrong: \`half_way\` does not do \`all_reduce\` on 4 ranks: at the end, after round 4, x[2] on rank 0 lacks the contribution of rank 1, and more is wrong.
       10 | collective half_way(x: [c] pending u over n -> [c]) over n {
          |            ~~~~~~~~
        msccl-incomplete-all-reduce.stretto:24:3: \`out\` is done by it
       24 |   use half_way for out
          |   ~~~~~~~~~~~~~~~~~~~~
        Where it goes, step by step:

             rank 0   rank 1   rank 2   rank 3
                |        |        |        |
         1      |        |        o------->|
         2      |<-------------------------o    after 1
         3      |        o------->|        |
         4      |        |        o------->|    after 3
         5      *        |        |        |    after 2

         1. rank 2 to rank 3, x[2], round 0: adds rank 2's contribution  msccl-incomplete-all-reduce.stretto:12:5
         2. rank 3 to rank 0, x[2], round 1: adds the contributions of ranks 2, 3  msccl-incomplete-all-reduce.stretto:12:5
         3. rank 1 to rank 2, x[2], round 3: puts the contributions of ranks 0, 1, 2, 3 in place of what is there  msccl-incomplete-all-reduce.stretto:15:5
         4. rank 2 to rank 3, x[2], round 4: puts the contributions of ranks 0, 1, 2, 3 in place of what is there  msccl-incomplete-all-reduce.stretto:15:5
         5. rank 0, x[2], at the end: has the contributions of ranks 0, 2, 3, and not rank 1's  msccl-incomplete-all-reduce.stretto:10:12
      "
    `);
  });

  test("msccl-double-counting", async () => {
    expect(await refusal("msccl-double-counting")).toMatchInlineSnapshot(`
      "msccl-double-counting.stretto:11:12: error ST4066 collective-doubled: \`once_more\` counts a contribution twice, on 4 ranks: in round 3 rank 1 combines x[0] with rank 1's contribution a second time, and more is wrong.
       11 | collective once_more(x: [c] pending u over n -> [c/n]) over n {
          |            ~~~~~~~~~
        msccl-double-counting.stretto:13:5: by this send
       13 |     send x[rank - s - 1] to rank + 1, combining
          |     ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
        msccl-double-counting.stretto:22:3: \`out\` is done by it
       22 |   use once_more for out
          |   ~~~~~~~~~~~~~~~~~~~~~
        The ways it comes in, step by step:

             rank 0   rank 1   rank 2   rank 3
                |        |        |        |
         1      |        o------->|        |
         2      |        |        o------->|    after 1
         3      |<-------------------------o    after 2
         4      o------->|        |        |    after 3

         1. rank 1 to rank 2, x[0], round 0: adds rank 1's contribution  msccl-double-counting.stretto:13:5
         2. rank 2 to rank 3, x[0], round 1: adds the contributions of ranks 1, 2  msccl-double-counting.stretto:13:5
         3. rank 3 to rank 0, x[0], round 2: adds the contributions of ranks 1, 2, 3  msccl-double-counting.stretto:13:5
         4. rank 0 to rank 1, x[0], round 3: brings rank 1's contribution, which is in it already  msccl-double-counting.stretto:13:5
      "
    `);
  });

  test("coconet-fusion-cycle", async () => {
    expect(await refusal("coconet-fusion-cycle")).toMatchInlineSnapshot(`
      "coconet-fusion-cycle.stretto:21:3: error ST4051 fuse-not-possible: \`h\` .. \`out\` cannot be one kernel: \`near\` is moved, not computed.
       21 |   fuse h .. out
          |   ~~~~~~~~~~~~~

      coconet-fusion-cycle.stretto:32:3: error ST4051 fuse-not-possible: \`p\` .. \`q\` cannot be one kernel: \`p\` is read by \`out\` too, which is not among them.
       32 |   fuse p .. q
          |   ~~~~~~~~~~~
      "
    `);
  });

  test("triton-overwrite", async () => {
    expect(await refusal("triton-overwrite")).toMatchInlineSnapshot(`
      "triton-overwrite.stretto:18:10: error ST5001 deadlock: This schedule deadlocks: \`full\` on rank 1, then \`out\` on rank 2, then \`out\` on rank 2, which waits for the first.
       18 | schedule one_slot of whole {
          |          ~~~~~~~~
        triton-overwrite.stretto:21:3: this order is kept, whatever arrives first
       21 |   order out by rows
          |   ~~~~~~~~~~~~~~~~~
        triton-overwrite.stretto:22:3: a slot is to be used again here: more of them wait less for each other
       22 |   keep 1 of full
          |   ~~~~~~~~~~~~~~
        Each of these steps waits for another one of them, so that none ever begins:

             rank 1   rank 2
                |        |
         1      o------->|    waits for 3
         2      |        *    waits for 1
         3      |        *    waits for 2

         1. rank 1 to rank 2, full, block 5, round 1: would overwrite what step 3 has yet to read  triton-overwrite.stretto:13:14
         2. rank 2, out, block 1: needs what step 1 brings  triton-overwrite.stretto:14:10
         3. rank 2, out, block 2: stands behind step 2 in queue sms, which issues in order  triton-overwrite.stretto:14:10
            2 of 4 ranks take no part
      "
    `);
  });

  test("triton-sub-views", async () => {
    expect(await refusal("triton-sub-views")).toMatchInlineSnapshot(`
      "triton-sub-views.stretto:12:12: error ST4067 collective-delivered-twice: \`ranges\` delivers a chunk twice, on 4 ranks: in round 1 x[2] is delivered to rank 1, which holds it already, and more is wrong.
       12 | collective ranges(x: [c] at n(root) -> [c]) over n {
          |            ~~~~~~
        triton-sub-views.stretto:15:5: by this send
       15 |     send x[2 ..< 4] from root to root + s
          |     ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
        triton-sub-views.stretto:24:3: \`out\` is done by it
       24 |   use ranges for out
          |   ~~~~~~~~~~~~~~~~~~
        The ways it comes in, step by step:

             rank 0   rank 1
                |        |
         1      o------->|
         2      o------->|    after 1

         1. rank 0 to rank 1, x[2], round 0: brings it  triton-sub-views.stretto:14:5
         2. rank 0 to rank 1, x[2], round 1: brings it though it is there  triton-sub-views.stretto:15:5
            2 of 4 ranks take no part
      "
    `);
  });

  test("triton-in-order-queues", async () => {
    expect(await refusal("triton-in-order-queues")).toMatchInlineSnapshot(`
      "triton-in-order-queues.stretto:23:10: error ST5001 deadlock: This schedule deadlocks: \`x\` on rank 0, then \`y\` on rank 0, then \`p\` on rank 1, which waits for the first.
       23 | schedule head_to_head of two {
          |          ~~~~~~~~~~~~
        triton-in-order-queues.stretto:29:3: a slot is to be used again here: more of them wait less for each other
       29 |   keep 2 of x, y
          |   ~~~~~~~~~~~~~~
        Each of these steps waits for another one of them, so that none ever begins:

             rank 0   rank 1
                |        |
         1      o------->|    waits for 3
         2      o------->|    waits for 1
         3      |        *    waits for 2

         1. rank 0 to rank 1, x, block 8, round 2: would overwrite what step 3 has yet to read  triton-in-order-queues.stretto:13:11
         2. rank 0 to rank 1, y, block 0, round 0: stands behind step 1 in queue copy, which issues in order  triton-in-order-queues.stretto:14:11
         3. rank 1, p, block 0: comes after step 2 in program order  triton-in-order-queues.stretto:15:11
            2 of 4 ranks take no part

      triton-in-order-queues.stretto:41:3: error ST4034 priority-waits: \`now\` cannot be issued before \`next\`: \`now\` comes after \`next\` in program order: say \`overlap next, now\` or \`async next\`.
       41 |   priority now above next
          |   ~~~~~~~~~~~~~~~~~~~~~~~
      "
    `);
  });

  test("triton-mixed-tiles", async () => {
    expect(await refusal("triton-mixed-tiles")).toMatchInlineSnapshot(`
      "triton-mixed-tiles.stretto:21:3: error ST4023 overlap-grain-not-tiles: A grain of 24 along \`rows\` is not a union of \`y\`'s tiles of 16: take 16.
       21 |   overlap y -> out by rows(24)
          |   ~~~~~~~~~~~~~~~~~~~~~~~~~~~~

      triton-mixed-tiles.stretto:26:8: error ST4012 tile-rank: \`y\` has 2 axes, but the tile has 3 sizes.
       26 |   tile y by (4, 16, 32)
          |        ~
      "
    `);
  });

  test("a deadlock tells who waits for whom, and why", async () => {
    const overwritten = (await verdictOf("triton-overwrite")).rendered;
    expect(overwritten).toContain("would overwrite what step");
    const queues = (await verdictOf("triton-in-order-queues")).rendered;
    expect(queues).toContain("stands behind step");
  });
});

describe("put right, each is accepted", () => {
  test.each(refusedPrograms)("%s", async (name) => {
    const { found, rendered, claims } = await verdictOf(`${name}.repaired`);
    expect(found, rendered).toEqual([]);
    // Every schedule is claimed not to deadlock.
    const schedules = gapText(`${name}.repaired`).match(/^schedule \w+/gm)!;
    expect(claims.filter((claim) => claim.endsWith("no deadlock"))).toHaveLength(schedules.length);
  });
});

describe("the folder", () => {
  const page = readProjectFile(`${gapsFolder}/README.md`);
  const tests = readProjectFile("test/null/known-gaps.test.ts");

  test.each(refusedPrograms)("%s has a twin, a row of the page, and a test", (name) => {
    expect(gapPrograms).toContain(`${name}.repaired`);
    const row = page.split("\n").find((line) => line.startsWith(`| [${name}](${name}.stretto)`));
    const named = [...row!.matchAll(/\[([a-z-]+)\]\(\.\.\/\.\.\/docs/g)].map(([, diagnostic]) => diagnostic);
    expect(named).toEqual([...new Set(expectedOf(name).map((expected) => expected.name))]);
    expect(tests).toContain(`refusal("${name}")`);
  });

  test.each(gapPrograms)("%s is formatted", async (name) => {
    expect(await formatText(gapText(name))).toBe(gapText(name));
  });
});
