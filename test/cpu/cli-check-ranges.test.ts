import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { stretto, temporaryFolder } from "../support/command-line.js";
import { answerOf, templateWithoutCheck, type CheckedClaim } from "../support/check-answers.js";

const folder = temporaryFolder();
afterAll(() => folder.remove());

interface Simulated {
  readonly results: readonly { readonly makespan_ns: number; readonly bound_ns: number }[];
}

/** At small sizes, for they are checked many times. */
async function check(claims: string, args: readonly string[] = [], text = templateWithoutCheck) {
  writeFileSync(join(folder.path, "a.stretto"), `${text}check overlapped {\n${claims}\n}\n`);
  return answerOf(["check", "a.stretto", "--profile", "small", "--format", "json", ...args], folder.path);
}

/** The words of a command as a shell takes them. */
function wordsOf(command: string): string[] {
  return [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare!);
}

const ranged = (claims: readonly CheckedClaim[]) => claims.filter(({ runs }) => runs !== undefined);

describe("claims that hold for all", () => {
  const claims = "same result as mlp within 1e-2\nno deadlock\nbytes moved == (ranks - 1) * tokens * hidden * 2 B";

  test("of few cases each is tried", async () => {
    const outcome = await check(`${claims}\nfor ranks in 1, 2, 3, 8, tokens in 16, 24`);
    expect(outcome.diagnostics).toEqual([]);
    expect(outcome.claims).toHaveLength(4);
    const [last] = ranged(outcome.claims);
    expect(last).toMatchObject({ subject: "overlapped", claim: "for ranks in 1, 2, 3, 8, tokens in 16, 24" });
    expect(last).toMatchObject({ state: "holds", measured: 8, runs: 20, seed: 1 });
    expect(outcome.code).toBe(0);
  });

  test("of many, as many as are asked for are drawn, by the seed", async () => {
    const { claims: shown, code } = await check(`${claims}\nfor ranks in 1 .. 8, tokens in 1 .. 100`, [
      ...["--runs", "6", "--seed", "7"],
    ]);
    expect(ranged(shown)).toMatchObject([{ state: "holds", runs: 6, seed: 7 }]);
    expect(code).toBe(0);
  });

  test("inputs of any seed, and links of any speed", async () => {
    const { claims: shown, code } = await check(`${claims}\nfor inputs seed in any, links speed in 0.1 .. 10`, [
      ...["--runs", "5"],
    ]);
    expect(ranged(shown)).toMatchObject([{ state: "holds" }]);
    expect(code).toBe(0);
  });
});

describe("a claim that does not hold for all", () => {
  // At 2 bytes an element and 32 of them a row: more than 63 rows of one rank to another.
  const claims =
    "no deadlock\nbytes moved <= (ranks - 1) * 63 * hidden * 2 B\nfor tokens in 8 .. 4000, ranks in 2 .. 8";

  test("is told at the smallest sizes at which it fails, with the command that repeats it", async () => {
    const { code, claims: shown, diagnostics } = await check(claims);
    const [own] = ranged(shown);
    expect(ranged(shown)).toHaveLength(1);
    expect(own!.claim).toContain("bytes moved <= 4.032 KB for tokens in 8 .. 4000, ranks in 2 .. 8");
    expect(own).toMatchObject({ state: "fails", measured: 64 * 32 * 2, runs: 20, seed: 1 });
    expect(own!.counterexample!.settings).toEqual({ tokens: "64", ranks: "2" });
    const [first, second] = diagnostics.slice(-2);
    expect(first).toMatchObject({ name: "counterexample", code: "ST6006" });
    expect(first!.message).toContain(own!.counterexample!.command);
    expect(second).toMatchObject({ name: "quantity-out-of-limit" });
    expect(second!.message).toContain("4.096 KB; <= 4.032 KB");
    expect(code).toBe(1);
  });

  test("whichever cases are drawn", async () => {
    for (const seed of ["2", "3", "1000000"]) {
      const { claims: shown } = await check(claims, ["--seed", seed, "--runs", "4"]);
      expect(ranged(shown)[0]!.counterexample!.settings).toEqual({ tokens: "64", ranks: "2" });
    }
  });

  test("fails when repeated, alone and at its own sizes", async () => {
    const { claims: shown } = await check(claims);
    const { command } = ranged(shown)[0]!.counterexample!;
    expect(command).toBe("stretto check a.stretto --profile small --set tokens=64 --set ranks=2");
    const repeated = await answerOf([...wordsOf(command).slice(1), "--format", "json"], folder.path);
    expect(repeated.claims.map(({ claim, state }) => [claim, state])).toEqual([
      ["no deadlock", "holds"],
      ["bytes moved <= 4.032 KB", "fails"],
    ]);
    expect(repeated.code).toBe(1);
  });

  test("beside another, each is told by itself", async () => {
    const text = `bytes moved <= (ranks - 1) * 63 * hidden * 2 B\nmessages < 12\nfor tokens in 8 .. 400, ranks in 2 .. 8`;
    const { claims: shown } = await check(text);
    // A ring sends n (n - 1) messages.
    expect(ranged(shown).map(({ counterexample }) => counterexample!.settings)).toEqual([
      { tokens: "64", ranks: "2" },
      { tokens: "8", ranks: "4" },
    ]);
  });
});

test("names of two words are set as the command says", async () => {
  // With links so slow that sending takes longer than computing does, there is less to hide behind.
  const { claims: shown } = await check("hides 99 % of communication\nfor links speed in 0.5, 2, inputs seed in 3, 4");
  const { command, settings } = ranged(shown)[0]!.counterexample!;
  expect(settings).toEqual({ "links speed": "0.5", "inputs seed": "3" });
  expect(command).toContain("--set 'links speed=0.5' --set 'inputs seed=3'");
  const repeated = await answerOf([...wordsOf(command).slice(1), "--format", "json"], folder.path);
  expect(repeated.claims).toMatchObject([{ state: "fails" }]);
});

test("inputs of another seed are other inputs", async () => {
  const differences = await Promise.all(
    ["1", "2"].map(async (seed) => {
      const { claims } = await check("same result as mlp", ["--set", `inputs seed=${seed}`]);
      return claims[0]!.measured;
    }),
  );
  const { claims } = await check("same result as mlp");
  expect(differences[0]).toBe(claims[0]!.measured);
  expect(differences[1]).not.toBe(differences[0]);
});

test("a size at which there is no program is a counterexample, and says why", async () => {
  const { code, claims, diagnostics } = await check("no deadlock\nmemory <= 1 B\nfor ranks in 2 .. 300");
  const [refused, memory] = ranged(claims);
  expect(refused).toMatchObject({ subject: "overlapped", claim: "for ranks in 2 .. 300", state: "fails" });
  // The node has 8 of them.
  expect(refused!.counterexample!.settings).toEqual({ ranks: "9" });
  // A claim is shown where there is one.
  expect(memory!.counterexample!.settings).toEqual({ ranks: "2" });
  const names = diagnostics.map(({ name }) => name);
  expect(names.slice(names.indexOf("refused-in-range")).slice(0, 2)).toEqual(["refused-in-range", "mesh-too-large"]);
  expect(code).toBe(1);
});

test("routings and their seeds are ranged over", async () => {
  const text = `import { laptop } from "std/machines"
import { take } from "std/ops"
param tokens = 24, parts = 6
mesh on laptop { ep: 6 }
table gate: tokens -> parts, top(2) = uniform seed 1
layer sent(x: f32[tokens/ep, 4]) -> out: f32[rows(gate)/ep by to, 4] {
  return all_to_all(take(x, gate), rows(gate)/ep by from -> by to)
}
schedule overlapped of sent
`;
  // 48 rows of 16 bytes, of which each rank's own stay: with all tokens to the same two experts, four rows of two ranks.
  const shown = async (routings: string) => {
    const claims = `same result as sent\nbytes moved == 640 B\nfor gate in ${routings}, gate seed in 1, 9`;
    writeFileSync(join(folder.path, "b.stretto"), `${text}check overlapped {\n${claims}\n}\n`);
    const answer = await answerOf(["check", "b.stretto", "--set", "gate=one(1)", "--format", "json"], folder.path);
    // The file's own routing is set, and so ranged over no longer.
    expect(ranged(answer.claims)).toMatchObject([{ state: "holds", measured: 2 }]);
    return ranged((await answerOf(["check", "b.stretto", "--format", "json"], folder.path)).claims);
  };
  expect(await shown("one(3), one(0)")).toMatchObject([{ state: "holds", measured: 4 }]);
  expect((await shown("one(3), uniform, zipf(2)")).map(({ counterexample }) => counterexample?.settings)).toEqual([
    { gate: "uniform", "gate seed": "1" },
  ]);
});

test("what is too large to compute is not counted as shown", async () => {
  const sizes = "for tokens in 64, 65536";
  const { code, claims } = await check(`same result as mlp within 1e-2\n${sizes}`, ["--set", "hidden=64"]);
  expect(ranged(claims)).toMatchObject([{ state: "holds", measured: 2 }]);
  expect(code).toBe(0);
  const { output } = await stretto(["check", "a.stretto", "--profile", "small", "--set", "hidden=64"], {
    workingDirectory: folder.path,
  });
  expect(output).toMatch(
    /holds {2}for tokens in 64, 65536 +all 2 cases; `same result as mlp .*` at 1 of them, too large/,
  );
  const nowhere = await check("same result as mlp within 1e-2\nfor tokens in 65536, 131072", ["--set", "hidden=64"]);
  expect(ranged(nowhere.claims)).toMatchObject([{ state: "fails" }]);
  expect(nowhere.diagnostics.map(({ name }) => name)).toEqual(["too-large-to-run"]);
});

test("the bound is claimed of, and is what simulate says it is", async () => {
  const sizes = ["--set", "tokens=576", "--set", "ranks=2"];
  const shown = async (factor: number) => {
    writeFileSync(
      join(folder.path, "c.stretto"),
      `${templateWithoutCheck}check overlapped { within ${factor} x of bound }\n`,
    );
    return answerOf(["check", "c.stretto", ...sizes, "--format", "json"], folder.path);
  };
  const { claims, code } = await shown(3);
  expect(claims).toMatchObject([{ claim: "within 3 x of bound", state: "holds" }]);
  expect(code).toBe(0);
  const { output } = await stretto(["simulate", "c.stretto", "--schedule", "overlapped", ...sizes, "--json"], {
    workingDirectory: folder.path,
  });
  const [simulated] = (JSON.parse(output) as Simulated).results;
  const { makespan_ns, bound_ns } = simulated!;
  expect(claims[0]!.measured).toBeCloseTo(makespan_ns / bound_ns, 9);
  // Here the links are shared, and what is shared takes longer than the bound says.
  expect(makespan_ns).toBeGreaterThan(1.02 * bound_ns);
  const fails = await shown(1.01);
  expect(fails.claims).toMatchObject([{ claim: "within 1.01 x of bound", state: "fails" }]);
  expect(fails.diagnostics).toMatchObject([{ name: "far-from-bound", code: "ST6005" }]);
  expect(fails.code).toBe(1);
});

test.each([
  ["--runs", "0"],
  ["--runs", "many"],
  ["--seed", "-1"],
])("%s %s is refused", async (...option) => {
  writeFileSync(join(folder.path, "a.stretto"), templateWithoutCheck);
  const { code, errors } = await stretto(["check", "a.stretto", ...option], { workingDirectory: folder.path });
  expect(errors).toContain("It must be a whole number");
  expect(code).toBe(2);
});
