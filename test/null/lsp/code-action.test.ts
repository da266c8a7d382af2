import { describe, expect, test } from "vitest";
import type { TextDocumentEdit, TextEdit } from "vscode-languageserver";
import { chosen, edited, offered, resolved } from "../../support/actions.js";
import { heldBackground, localBackground } from "../../support/background.js";
import { modernClient, openEditor } from "../../support/editor.js";

const head = `import { h800_node } from "std/machines"
import { matmul, relu } from "std/ops"

param n = 64, m = 128
profile small { n = 16, m = 16 }

mesh on h800_node { tp: 4 }
`;

async function apply(source: string, title: RegExp, only?: readonly string[]) {
  const editor = await openEditor({ background: localBackground() });
  const document = editor.open("a.stretto", source);
  const action = await chosen(editor, document, title, only);
  return { action, text: edited(document, action.edit) };
}

describe("a quick fix", () => {
  test("mends the diagnostic at its place, the only one preferred", async () => {
    const source = `${head}layer f(x: bf16[n/tp, m]) -> y: bf16[n/tp, m] {\n  return re┆lo(x)\n}\n`;
    const { action, text } = await apply(source, /Write `relu`/);
    expect(action).toMatchObject({ kind: "quickfix", isPreferred: true, diagnostics: [{ code: "ST2101" }] });
    expect(text).toBe(source.replace("re┆lo", "relu"));
  });

  test("is the word that repairs a layout, with what it moves", async () => {
    const source = `${head}layer f(x: bf16[n/tp, m]) -> y: bf16[n, m] {\n  return relu(┆x)\n}\n`;
    const { action, text } = await apply(source, /all_gather/);
    expect(action.title).toMatch(/moves .*B/);
    expect(text).toContain("return all_gather(relu(x), n/tp)");
  });

  test("imports what std has", async () => {
    const source = `${head}layer f(x: bf16[n/tp, m]) -> y: bf16[n/tp, m] {\n  return si┆lu(x)\n}\n`;
    const { text } = await apply(source, /[Ii]mport `silu`/);
    expect(text).toContain('import { matmul, relu, silu } from "std/ops"');
  });

  test("is not there where nothing is wrong", async () => {
    const editor = await openEditor();
    const document = editor.open("a.stretto", `${head}┆`);
    expect(await offered(editor, document, ["quickfix"])).toEqual([]);
  });
});

describe("of the whole file", () => {
  test("all that has one fix is mended at once", async () => {
    const source = `${head}layer f(x: bf16[n/tp, m]) -> y: bf16[n/tp, m] {
  let a = silu(relo(x))
  return gelu(a)
}
`;
    const { action, text } = await apply(source, /Fix all/, ["source.fixAll"]);
    expect(action.kind).toBe("source.fixAll.stretto");
    expect(text).toContain('import { matmul, relu, silu, gelu } from "std/ops"');
    expect(text).toContain("silu(relu(x))");
  });

  test("a file whose lines end as on Windows keeps its line ends, and lines that stay", async () => {
    const source = `import { relu } from "std/ops"
import { h800_node } from "std/machines"

param n = 8
mesh on h800_node { tp: 8 }
layer f(x: bf16[n/tp]) -> y: bf16[n/tp] {
  return relu(relu(x))
}
schedule s of f {
  ┆order y as y
}
`.replaceAll("\n", "\r\n");
    const organized = await apply(source, /Organize imports/, ["source.organizeImports"]);
    const lines = organized.text.split("\r\n");
    expect(lines.slice(0, 2)).toEqual(['import { h800_node } from "std/machines"', 'import { relu } from "std/ops"']);
    expect(organized.text.replaceAll("\r\n", "")).not.toMatch(/[\r\n]/);
    const changes = organized.action.edit!.documentChanges as TextDocumentEdit[];
    for (const { range } of changes.flatMap(({ edits }) => edits as TextEdit[])) expect(range.end.line).toBeLessThan(3);
  });

  test("imports are sorted and merged, and those of std that are not used go", async () => {
    const source = `// About.
import { relu, matmul } from "std/ops"
import { h800_node, a100_node } from "std/machines"
import { silu } from "std/ops"
import { gelu } from "std/ops" // stays

param n = 8
mesh on h800_node { tp: 8 }
layer f(x: bf16[n/tp]) -> y: bf16[n/tp] { return relu(silu(x)) }
`;
    const { text } = await apply(source, /Organize imports/, ["source.organizeImports"]);
    expect(text).toBe(`// About.
import { h800_node } from "std/machines"
import { relu, silu } from "std/ops"
import { gelu } from "std/ops" // stays
${source.slice(source.indexOf("\nparam"))}`);
  });

  test("is not listed unless it is asked for", async () => {
    const editor = await openEditor();
    const document = editor.open("a.stretto", head);
    expect(await offered(editor, document)).toEqual([]);
    const kinds = (await offered(editor, document, ["source"])).map(({ kind }) => kind);
    expect(kinds).toEqual(["source.fixAll.stretto", "source.organizeImports"]);
  });
});

const two = `${head}
/// Two products.
layer f(x: bf16[n/tp, m], u: bf16[m, m/tp], d: bf16[m/tp, m]) -> y: bf16[n/tp, m] {
  let full = all_gather(x, n)
  let h = relu(matmul(full, u))
  let p = matmul(h, d)
  return reduce_scatter(p, n)
}

schedule barrier of f
`;

describe("a refactoring", () => {
  test("splits an axis in a schedule that has no verbs", async () => {
    const { action, text } = await apply(two.replace("barrier of", "barr┆ier of"), /Split `n` within `tp`/);
    expect(action.disabled).toBeUndefined();
    expect(text).toBe(two.replace("schedule barrier of f", "schedule barrier of f {\n  split n within tp into 2\n}"));
  });

  test("overlaps a producer with its consumer by a grain that fits", async () => {
    const { action, text } = await apply(two.replace("barrier of", "barr┆ier of"), /Overlap `full` with `h`/);
    expect(action.disabled).toBeUndefined();
    expect(text).toContain("schedule barrier of f {\n  overlap full -> h by shard\n}");
  });

  test("is disabled with the reason where the proof fails", async () => {
    const layer = "layer f(x: bf16[n/tp, k], w: bf16[k, m]) -> y: bf16[n/tp, m] {\n  return matmul(x, w)\n}\n";
    const source = `${head}param k = 8\n${layer}schedule ┆s of f\n`;
    const { action } = await apply(source, /Split `k`/);
    expect(action.edit).toBeUndefined();
    expect(action.disabled?.reason).toMatch(/No statement of `f` has an axis `k`/);
  });

  test("extracts statements to a layer, typed and laid out", async () => {
    const selected = two.replace("let h =", "«let h =").replace("matmul(h, d)", "matmul(h, d)»");
    const scheduled = `${selected.replace("schedule barrier of f", "schedule s of f {\n  tile h by (8, 8)\n}")}`;
    const { action, text } = await apply(scheduled, /Extract the selected values/);
    expect(action.disabled).toBeUndefined();
    expect(text)
      .toContain(`layer extracted(full: bf16[n, m], u: bf16[m, m/tp], d: bf16[m/tp, m]) -> p: bf16[n, m] pending sum over tp {
  let h = relu(matmul(full, u))
  let p = matmul(h, d)
  return p
}

/// Two products.
layer f(`);
    expect(text).toContain("  let full = all_gather(x, n)\n  let p = extracted(full, u, d)\n  return");
    expect(text).toContain("tile p.h by (8, 8)");
  });

  test("inlines a param in place of its uses", async () => {
    const source = `param k = 2 + 2, j = 1\n${head.replace("tp: 4", "tp: k┆")}`;
    const { action, text } = await apply(source, /Inline `k`/);
    expect(action.disabled).toBeUndefined();
    expect(text).toContain("param j = 1\n");
    expect(text).toContain("mesh on h800_node { tp: 2 + 2 }");
  });

  test.each([
    ["a profile sets it", two.replace("param n", "param ┆n"), /profile `small`/],
    ["it is an axis", two.replace("param n = 64, m", "param ┆n = 64, m").replace("n = 16, ", ""), /axis/],
  ])("does not inline a param where %s", async (_, source, reason) => {
    const { action } = await apply(source, /Inline `n`/);
    expect(action.disabled?.reason).toMatch(reason);
  });

  test("of a client that cannot ask for edits later comes with its edit, or not at all", async () => {
    const client = { ...modernClient, textDocument: { ...modernClient.textDocument, codeAction: {} } };
    const editor = await openEditor({ client, background: localBackground() });
    const document = editor.open("a.stretto", two.replace("barrier of", "barr┆ier of"));
    const actions = await offered(editor, document);
    expect(actions.length).toBeGreaterThan(0);
    for (const action of actions) expect(action.edit).toBeDefined();
  });

  test("is proved in the background: meanwhile all else is answered, and an edit ends it", async () => {
    const background = heldBackground();
    const editor = await openEditor({ background: background.start });
    const document = editor.open("a.stretto", two.replace("barrier of", "barr┆ier of"));
    const action = (await offered(editor, document)).find(({ title }) => /Split `n`/.test(title));
    const proved = resolved(editor, action!);
    const changed = expect(proved).rejects.toThrow(/changed/);
    const proof = () => background.jobs.find(({ ask }) => ask.kind === "prove");
    await expect.poll(proof).toMatchObject({ ask: { schedule: "barrier" }, snapshot: { profileIfThere: "small" } });
    const { path, texts } = proof()!.snapshot;
    expect(new Map(texts).get(path)).toMatchObject({ text: expect.stringContaining("split n within tp into 2") });
    editor.edit(document, 0, 0, "\n");
    await changed;
  });

  test("where nothing can be proved is disabled", async () => {
    const editor = await openEditor();
    const document = editor.open("a.stretto", two.replace("barrier of", "barr┆ier of"));
    const [action] = await offered(editor, document);
    // A client that takes nothing but an edit would show nothing: it is sent the reason.
    const shown = new Promise((resolve) => editor.connection.onNotification("window/showMessage", resolve));
    expect((await resolved(editor, action!)).disabled?.reason).toMatch(/no other thread/);
    expect(await shown).toMatchObject({ type: 3, message: expect.stringMatching(/no other thread/) as unknown });
  });

  test("of a document that has changed since is disabled", async () => {
    const editor = await openEditor();
    const document = editor.open("a.stretto", two.replace("barrier of", "barr┆ier of"));
    const [action] = await offered(editor, document);
    editor.edit(document, 0, 0, "\n");
    expect((await resolved(editor, action!)).disabled?.reason).toMatch(/changed/);
  });
});

const called = `${head}
layer products(x: bf16[n, m], u: bf16[m, m/tp], d: bf16[m/tp, m]) -> y: bf16[n, m] pending sum over tp {
  let h = relu(matmul(x, u)) // nested
  let p = matmul(h, d)
  return p
}

layer f(x: bf16[n/tp, m], u: bf16[m, m/tp], h: bf16[m/tp, m]) -> y: bf16[n/tp, m] {
  let z = products(all_gather(x, n), u, h)
  return reduce_scatter(z, n)
}

schedule s of f {
  tile z.h by (8, 8)
}
`;

describe("a call of a layer is inlined", () => {
  test("by names that are free, and schedules go on to name what they did", async () => {
    const { action, text } = await apply(called.replace("= products", "= prod┆ucts"), /Inline this call of `products`/);
    expect(action.disabled).toBeUndefined();
    expect(text).toContain(`  let x2 = all_gather(x, n)
  let h2 = relu(matmul(x2, u)) // nested
  let z = matmul(h2, h)
  return reduce_scatter(z, n)
}`);
    expect(text).toContain("tile h2 by (8, 8)");
  });

  test("also where it is returned", async () => {
    const source = `${head}
layer twice(x: bf16[n/tp, m]) -> y: bf16[n/tp, m] {
  let a = relu(x)
  return relu(a)
}
layer f(x: bf16[n/tp, m]) -> y: bf16[n/tp, m] { return tw┆ice(x) }
`;
    const { text } = await apply(source, /Inline this call/);
    expect(text).toContain("-> y: bf16[n/tp, m] {\n  let a = relu(x)\n  return relu(a)\n}\n");
  });
});
