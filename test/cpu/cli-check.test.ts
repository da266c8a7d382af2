import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { stretto, temporaryFolder } from "../support/command-line.js";
import { answerOf, template, templateWithoutCheck } from "../support/check-answers.js";

const folder = temporaryFolder();
afterAll(() => folder.remove());

async function check(claims: string, args: readonly string[] = [], text = templateWithoutCheck) {
  writeFileSync(join(folder.path, "a.stretto"), text + claims);
  return answerOf(["check", "a.stretto", "--format", "json", ...args], folder.path);
}

test("claims that hold are shown with what was measured, and give exit code 0", async () => {
  const { code, claims, diagnostics } = await check(`check overlapped {
    same result as mlp within 1e-2
    no deadlock
    memory <= 80 GB
    bytes moved > 0 B
    messages >= 1
    hides 0 % of communication
    faster than barrier by 1
  }`);
  expect(diagnostics).toEqual([]);
  expect(claims.map(({ state }) => state)).toEqual(Array(7).fill("holds"));
  expect(claims[0]!.measured).toBeGreaterThanOrEqual(0);
  expect(claims[0]!.measured).toBeLessThanOrEqual(1e-2);
  expect(claims[2]!.measured).toBeLessThanOrEqual(80e9);
  expect(claims[6]!.measured).toBeGreaterThan(1);
  expect(code).toBe(0);
});

describe("a ring's traffic is what its closed form says, and a limit beside it fails", () => {
  // reduce_scatter of bf16[tokens, hidden] over n ranks: n (n - 1) messages of tokens * hidden / n elements.
  const [tokens, hidden, ranks] = [512, 256, 4] as const;
  const sizes = [
    "--set",
    `tokens=${tokens}`,
    "--set",
    `hidden=${hidden}`,
    "--set",
    "ffn=512",
    "--set",
    `ranks=${ranks}`,
  ];
  const moved = (ranks - 1) * tokens * hidden * 2;

  test("all of it, the largest share of a rank, the number of messages and of rounds", async () => {
    const { code, claims } = await check(
      `check barrier {
        bytes moved == ${moved} B
        bytes moved per rank == ${moved / ranks} B
        messages == ${ranks * (ranks - 1)}
        messages per rank == ${ranks - 1}
        rounds == ${ranks - 1}
      }`,
      [...sizes, "--profile", "small"],
    );
    expect(claims.map(({ measured, limit }) => [measured, limit])).toEqual([
      [moved, moved],
      [moved / ranks, moved / ranks],
      [ranks * (ranks - 1), ranks * (ranks - 1)],
      [ranks - 1, ranks - 1],
      [ranks - 1, ranks - 1],
    ]);
    expect(code).toBe(0);
  });

  test.each([
    `bytes moved < ${moved} B`,
    `bytes moved <= ${moved - 1} B`,
    `bytes moved == ${moved + 1} B`,
    `bytes moved per rank > ${moved / ranks} B`,
    `messages >= ${ranks * (ranks - 1) + 1}`,
    `rounds < ${ranks - 1}`,
    "memory <= 1 KB",
  ])("%s", async (claim) => {
    const { code, claims, diagnostics } = await check(`check barrier {\n${claim}\n}`, [...sizes, "--profile", "small"]);
    expect(claims).toMatchObject([{ subject: "barrier", state: "fails" }]);
    expect(diagnostics).toMatchObject([{ name: "quantity-out-of-limit", code: "ST6002" }]);
    // The place is the claim's own line.
    expect(diagnostics[0]!.line).toBe(templateWithoutCheck.split("\n").length + 1);
    expect(code).toBe(1);
  });

  test("of memory it tells which values make the peak, and when", async () => {
    const { diagnostics } = await check("check barrier {\nmemory <= 1 KB\n}", [...sizes, "--profile", "small"]);
    const { related } = diagnostics[0]!;
    expect(related.length).toBeGreaterThan(1);
    expect(related[0]!.message).toMatch(/^`\w+`: [\d.]+ K?B while `\w+` is made on rank 0$/);
  });
});

describe("what goes from one position of a mesh axis to another, and rows of a table", () => {
  const text = `import { laptop } from "std/machines"
import { take } from "std/ops"
param tokens = 24, hidden = 6, parts = 6, part = tokens / parts
mesh on laptop { node: 2, gpu: 3 }
table away: tokens -> parts = all where to != from / part
layer turned(x: f32[tokens/node/gpu, hidden]) -> out: f32[tokens, hidden/node/gpu] {
  return all_to_all(x, tokens/node/gpu -> hidden/node/gpu)
}
layer sent(x: f32[tokens/node/gpu, hidden]) -> out: f32[rows(away)/node by to/gpu by to, hidden] {
  return all_to_all(take(x, away), rows(away)/node/gpu by from -> by to)
}
`;
  // 576 bytes, of which each of six ranks has for each a part of 16: three of them in the other node, four beside the
  // other two in its own place.
  test("closed forms", async () => {
    const { code, claims } = await check(
      `check turned {
        bytes moved == 576 * 5 / 6 * 1 B
        bytes moved over node == 576 / 2 * 1 B
        bytes moved over gpu == 576 * 4 / 6 * 1 B
        bytes moved over node per rank == 3 * 16 B
        messages over gpu == 6 * 4
        messages over node per rank == 3
      }
      check sent { bytes moved == rows(away) * hidden * 4 B }`,
      [],
      text,
    );
    expect(claims.map(({ claim, state, measured }) => [claim, state, measured])).toEqual([
      ["bytes moved == 480 B", "holds", 480],
      ["bytes moved over node == 288 B", "holds", 288],
      ["bytes moved over gpu == 384 B", "holds", 384],
      ["bytes moved over node per rank == 48 B", "holds", 48],
      ["messages over gpu == 24", "holds", 24],
      ["messages over node per rank == 3", "holds", 3],
      ["bytes moved == 2.880 KB", "holds", 24 * 5 * 6 * 4],
    ]);
    expect(code).toBe(0);
  });

  test("one byte more is too many", async () => {
    const { code, diagnostics } = await check("check turned { bytes moved over node == 289 B }", [], text);
    expect(diagnostics).toMatchObject([{ name: "quantity-out-of-limit" }]);
    expect(diagnostics[0]!.message).toContain("bytes moved over node");
    expect(code).toBe(1);
  });
});

test("a layer is claimed the same as another: one that is holds, one that is not fails", async () => {
  const other = (name: string, activation: string) => `
layer ${name}(x: bf16[tokens, hidden], up: bf16[hidden, ffn/tp], down: bf16[ffn/tp, hidden]) -> out: bf16[tokens/tp, hidden] {
  let y = matmul(${activation}(matmul(x, up)), down)
  return reduce_scatter(y, tokens)
}`;
  const text = templateWithoutCheck.replace("gelu, matmul", "gelu, matmul, relu");
  const { code, claims, diagnostics } = await check(
    `${other("inline", "gelu")}\n${other("rough", "relu")}
check inline { same result as mlp within 1e-2 }
check rough { same result as mlp within 1e-2 }`,
    [],
    text,
  );
  expect(claims).toMatchObject([
    { subject: "inline", state: "holds" },
    { subject: "rough", state: "fails" },
  ]);
  expect(diagnostics).toMatchObject([{ name: "result-differs", code: "ST6001" }]);
  expect(claims[1]!.measured).toBeGreaterThan(1e-2);
  expect(code).toBe(1);
});

test("without `within`, the limit is what rounding can come to", async () => {
  const { code, claims } = await check("check overlapped { same result as mlp }");
  expect(claims).toMatchObject([{ state: "holds", limit: null }]);
  expect(code).toBe(0);
});

test("what one claim allows says nothing of another one", async () => {
  const layer = /layer mlp[^]*?\n}\n/.exec(templateWithoutCheck)![0];
  const wrong = layer.replace("layer mlp", "layer wrong").replace("gelu(", "relu(");
  const text = `${templateWithoutCheck.replace("gelu,", "gelu, relu,")}${wrong}`;
  const { claims } = await check(
    `check overlapped { same result as mlp within 5 }
    check overlapped { same result as wrong }
    check barrier { same result as mlp within 1e-9 }
    check barrier { same result as mlp }`,
    [],
    text,
  );
  expect(claims.map(({ state }) => state)).toEqual(["holds", "fails", "fails", "holds"]);
});

test("claims of time that do not hold say what they come to", async () => {
  const { code, claims, diagnostics } = await check(`check barrier {
    hides 50 % of communication
    faster than overlapped by 1.5
  }`);
  expect(claims.map(({ state }) => state)).toEqual(["fails", "fails"]);
  // In program order nothing overlaps, and the other schedule is faster.
  expect(claims[0]!.measured).toBe(0);
  expect(claims[1]!.measured).toBeLessThan(1);
  expect(diagnostics.map(({ name }) => name)).toEqual(["hides-too-little", "not-faster"]);
  expect(code).toBe(1);
});

test("`faster than` without `by` is strict: a schedule is not faster than itself", async () => {
  const { claims, diagnostics } = await check("check barrier { faster than barrier }");
  expect(claims).toMatchObject([{ claim: "faster than barrier", state: "fails", measured: 1 }]);
  expect(diagnostics[0]!.message).toContain("more than 1 times is claimed");
  expect((await check("check barrier { faster than barrier by 1 }")).claims).toMatchObject([{ state: "holds" }]);
});

test("what is proved of every schedule holds where it is claimed", async () => {
  const { code, claims } = await check("check overlapped { no deadlock, no race }");
  expect(claims).toMatchObject([
    { claim: "no deadlock", state: "holds" },
    { claim: "no race", state: "holds" },
  ]);
  expect(code).toBe(0);
});

test("several files, each told of; the worst decides", async () => {
  writeFileSync(join(folder.path, "good.stretto"), template);
  writeFileSync(join(folder.path, "bad.stretto"), "param a = 1 / 0");
  const { code, output, errors } = await stretto(["check", "good.stretto", "bad.stretto"], {
    workingDirectory: folder.path,
  });
  expect(output).toMatch(/^good\.stretto\n {2}overlapped\n {4}holds {2}same result as mlp within 1\.0e-2 +\S+\n/);
  expect(output).toContain("\nbad.stretto\n");
  expect(output).not.toContain("FAILS");
  expect(errors).toMatch(/bad\.stretto:1:\d+: error ST2303/);
  expect(code).toBe(1);
});
