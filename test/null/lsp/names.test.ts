import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { identifiersWithin } from "../../../compiler/bind/names-in.js";
import { parse } from "../../../grammar/parser.js";
import { createRereader } from "../../../grammar/reread.js";
import { checkFile } from "../../../compiler/program.js";
import { createNodeHost } from "../../../compiler/bind/node-host.js";
import type { LayerDecl } from "../../../grammar/ast.js";
import { FileScope, Questions } from "../../../lsp/names/file-scope.js";
import { stepsOf } from "../../../lsp/names/layer-values.js";
import { ProgramNames } from "../../../lsp/names/program-names.js";
import { sameSymbol } from "../../../lsp/names/symbols.js";
import type { Occurrence } from "../../../lsp/names/symbols.js";
import { applyEdit, typedEdit } from "../../support/edits.js";
import { exampleNames, examplePath } from "../../support/examples.js";
import { nameAt, namesIn, shippedTexts } from "../../support/name-index.js";

test("nothing is read but the files asked about and what lies below their folders, however an import leads out", () => {
  const texts: Readonly<Record<string, string>> = {
    "/w/a/main.stretto": 'import { f } from "./sub/b.stretto"\nimport { g } from "../out.stretto"\n',
    "/w/a/sub/b.stretto": 'import { h } from "../c.stretto"\n',
    "/w/a/c.stretto": "param h = 1\n",
    "/w/out.stretto": "param g = 1\n",
  };
  const read: string[] = [];
  const treeOf = (path: string) => {
    read.push(path);
    return texts[path] === undefined ? undefined : parse(texts[path]).tree;
  };
  const names = new ProgramNames(["/w/a/main.stretto"], { treeOf });
  expect(read.filter((path) => path.startsWith("/")).sort()).toEqual(Object.keys(texts).slice(0, 3).sort());
  expect(names.scopes.own("/w/out.stretto")).toEqual([]);
});

const nowhere = { span: { start: 0, end: 0 } };

const head = `import { dispatch, matmul, take, topk_combine } from "std/ops"
import { h800_node } from "std/machines"
param tokens = 64, hidden = 32, experts = 8, cols = 8
mesh on h800_node { ep: 8 }
table gate: tokens -> experts, top(2) = uniform seed 1
  with via: experts = to
axis seq: 64 = (turn: 2, part: 8 mirrored, pos)
`;

/** What the name at the cursor refers to: its kind, and the line where that is declared. */
function meaning(source: string, files: Readonly<Record<string, string>> = {}): string {
  const { place } = nameAt(source, files);
  const { symbols, builtIn, unresolved, via, role } = place.occurrence;
  if (unresolved) return unresolved;
  const called = via ? `, called in ${via.file.split("/").at(-1)}` : "";
  if (builtIn) return `built in: ${builtIn}${called}`;
  const text = (file: string) => (file === "main.stretto" ? source.replaceAll("┆", "") : (files[file] ?? ""));
  const shown = symbols.map(({ kind, file, declaredAt }) => {
    const line = declaredAt ? text(file).slice(0, declaredAt.span.start).split("\n").length : "open";
    return `${kind} ${files[file] !== undefined || file === "main.stretto" ? line : file.split("/").at(-1)}`;
  });
  return `${role} of ${shown.join(", ")}${called}`;
}

describe("in a layer", () => {
  const layer = `${head}layer moe(x: bf16[tokens/ep, hidden], w: bf16[hidden, hidden]) -> out: bf16[tokens/ep, hidden] {
  let sent = dispatch(x, gate)
  let h = matmul(sent, w)
  return topk_combine(all_to_all(h, by to -> by from), gate)
}
`;
  test.each([
    ["(x: bf16[tok┆ens", "(x: bf16[tokens", "read of param 3"],
    ["tokens/e┆p", "tokens/ep", "read of mesh axis 4"],
    ["dispatch(x, ga┆te)", "dispatch(x, gate)", "read of table 5"],
    ["dispatch(┆x, gate)", "dispatch(x, gate)", "read of parameter 8"],
    ["matmul(se┆nt, w)", "matmul(sent, w)", "read of value 9"],
    ["let s┆ent", "let sent", "declaration of value 9"],
    ["= disp┆atch", "= dispatch", "read of layer stretto:std"],
    ["all_t┆o_all", "all_to_all", "built in: word"],
    ["by t┆o ->", "by to ->", "built in: column"],
    ["b┆f16[hidden, hidden]", "bf16[hidden, hidden]", "built in: dtype"],
  ])("%s", (marked, plain, expected) => {
    expect(layer).toContain(plain);
    expect(meaning(layer.replace(plain, marked))).toContain(expected.replace("stretto:std", "ops.stretto"));
  });

  test.each([
    ["tile h┆ by 8", "read of value 10"],
    ["overlap se┆nt -> h by rows", "read of value 9"],
    ["order se┆nt.take as out", "read of value 9"],
    ["order sent.ta┆ke as out", "read of op ops.stretto, called in ops.stretto"],
    ["order sent.all_t┆o_all as h", "undeclared"], // what is returned bears the name `sent`
    ["order out.all_to┆_all as h", "built in: word, called in main.stretto"],
    ["overlap h -> o┆ut by hidden(cols)", "read of result 8"],
    ["overlap h -> out by hid┆den(cols)", "read of param 3"],
    ["overlap h -> out by ro┆ws", "built in: grain"],
    ["split tok┆ens within ep into 2", "read of param 3"],
    ["split tokens within e┆p into 2 as a, b", "read of mesh axis 4"],
    ["split tokens within ep into 2 as ┆a, b", "declaration of part 14"],
    ["run out on s┆ms(8)", "built in: engine"],
    ["order h as resu┆lt", "built in: word, called in main.stretto"], // the only output
    ["order no┆thing as out", "undeclared"],
  ])("%s", (verb, expected) => {
    expect(meaning(`${layer}schedule s of moe {\n  ${verb}\n}\n`)).toBe(expected);
  });

  test("a collective that is used is one of the word's", () => {
    const { place } = nameAt(`${layer}schedule s of moe { use dir┆ect for out }\n`);
    const words = place.occurrence.symbols.map(({ file }) => file);
    expect(words).toEqual(["stretto:std/collectives.stretto"]);
  });

  test("a value that is returned by the result's name is the result", () => {
    const source = (schedule: string) =>
      `${head}layer f(x: bf16[tokens, hidden]) -> y: bf16[tokens, hidden] {\n  let y = matmul(x, x)\n  return y\n}\n${schedule}`;
    expect(meaning(source("schedule s of f { order ┆y as y }"))).toBe("read of value 9");
    expect(meaning(source("").replace("-> y", "-> ┆y"))).toBe("declaration of value 9");
  });
});

describe("in other declarations", () => {
  test.each([
    ["profile small { to┆kens = 8, gate = zipf(2) }", "write of param 3"],
    ["profile small { tokens = 8, ga┆te = zipf(2) }", "write of table 5"],
    ["profile small { tokens = 8, gate = zi┆pf(2) }", "built in: distribution"],
    ["table other: tokens -> experts = project(gate, v┆ia / 2)", "read of column 6"],
    ["table other: tokens -> experts = project(gate, gate.v┆ia(from))", "read of column 6"],
    ["layer f(x: bf16[seq/ep by pa┆rt]) -> y: bf16[seq/ep by part] { return x }", "read of axis factor 7"],
    ["layer f(x: bf16[rows(gate)/ep by vi┆a]) -> y: bf16[tokens] { return x }", "read of column 6"],
    ["op f<R: table>(x: T[rows(R)]) -> T[r: rows(R)] = x[vi┆a(r)]", "read of column open"],
    ["op f(x: T[n, k]) -> T[n] = sum[┆k] x[n, k]", "read of axis variable 8"],
    ["op f(x: T[n, k]) -> T[n] = sum[j in 0 ..< 3] x[n, ┆j]", "read of index 8"],
    ["op f(x: T[n], c: number) -> T[n] = ┆c * x[n]", "read of parameter 8"],
    ["op f(x: T[n]) -> T[n] = hid┆den * x[n]", "read of param 3"],
    ["op f(hidden: T[n]) -> T[n] = hid┆den[n]", "read of parameter 8"],
    ["op f(x: T[n]) -> T[n] { let top = max[n] x[n]\n return x[n] - t┆op }", "read of equation 8"],
    [
      "monoid m(a: f32, b: f32) { identity = (0, 0) combine(x, y) = (x.┆a + y.a, x.b) finish(x) = x.a }",
      "read of component 8",
    ],
    ["monoid m(a: f32) { identity = 0 combine(x, y) = ┆x + y }", "read of state 8"],
    [
      "collective c(x: [c/n] -> [c]) over n { for s in 1 ..< n { send x[rank] to rank + ┆s } }",
      "read of loop variable 8",
    ],
    ["collective c(x: [c/┆n] -> [c]) over n { send x[rank] to rank + 1 }", "read of size 8"],
    ["collective c(x: [c/n] -> [c]) over n { send ┆x[rank] to rank + 1 }", "read of parameter 8"],
    [
      "machine m { rank gpu[8] { sms 1 } link g┆pu <-> gpu: switch { 1 GB/s, 1 us, reduces sum } }",
      "read of rank kind 8",
    ],
    [
      "machine m { rank gpu[8] { sms 1 } link gpu <-> gpu: switch { 1 GB/s, 1 us, reduces s┆um } }",
      "read of monoid monoids.stretto",
    ],
    [
      "machine m { level node: h800_node[2] link node.g┆pu <-> node: switch { 1 GB/s, 1 us } }",
      "read of rank kind machines.stretto",
    ],
    ["mesh second on h800_node { tp: g┆pu.count }", "read of rank kind machines.stretto"],
    ["check f { memory <= 80 G┆B }", "built in: unit"],
    ["check f { bytes moved over e┆p == 3 B }", "read of mesh axis 4"],
    ["check f { for to┆kens in 1 .. 8 }", "write of param 3"],
    ["check f { for gate se┆ed in any }", "built in: setting"],
    ["check f { bytes moved == rows(ga┆te) * 2 B }", "read of table 5"],
    ["param x = nothi┆ng + 1", "undeclared"],
    ["record r { w: f32[hidden] }\nlayer f(x: ┆r) -> y: f32[4] { return x }", "read of record 8"],
    ["record r { w: f32[hid┆den] }", "read of param 3"],
    [
      "layer f(a: f32[4]) -> y: f32[4] { let w = for t in 0 ..< 3 with v = ┆a { next v = a }\n return w }",
      "read of parameter 8",
    ],
    [
      "layer f(a: f32[4]) -> y: f32[4] { let w = for t in 0 ..< 3 with v = a { next ┆v = a }\n return w }",
      "write of carried value 8",
    ],
    ["layer f(a: f32[4]) -> y: f32[4] { let a.b = relu(a)\n return a.┆b }", "read of value 8"],
    ["layer f(x: f32[r: 16/ep]) -> y: f32[16] { return all_gather(x, ┆r) }", "read of axis variable 8"],
    [
      "layer f<m: axis>(x: f32[tokens/m]) -> y: f32[tokens] { return all_gather(x, tokens/┆m) }",
      "read of type parameter 8",
    ],
    ["layer f(x: f32[tokens/ep]) -> y: f32[tokens] { return all_gather(x, no_┆axis) }", "axis of a value"],
    ["layer f(x: f32[4]) -> y: f32[4] { return store(x, h┆ost) }", "undeclared"],
    [
      "layer f(x: f32[8/ep]) -> y: f32[8/ep] { return scan(x, tokens/ep, s┆um, inclusive) }",
      "read of monoid monoids.stretto",
    ],
    ["layer f(x: f32[8/ep]) -> y: f32[8/ep] { return scan(x, tokens/ep, sum, incl┆usive) }", "built in: setting"],
    ["layer f(x: f32[8] at ep(0)) -> y: f32[8] { return send(x, e┆p(1)) }", "read of mesh axis 4"],
    ["layer f(x: f32[8] pending s┆um over ep) -> y: f32[8] { return all_reduce(x) }", "read of monoid monoids.stretto"],
    [
      "layer f(x: f32[8]) -> y: f32[8] { return ┆g(x) }\nlayer g(x: f32[8]) -> y: f32[8] { return x }",
      "read of layer 9",
    ],
    ["schedule s of f { pass F = forward of ┆net }", "not built yet"],
  ])("%s", (text, expected) => expect(meaning(head + text)).toBe(expected));
});

describe("across files", () => {
  const files = {
    "lib.stretto":
      "param width = 4\nop twice(x: T[n]) -> T[n] = 2 * x[n]\nlayer f(x: T[width]) -> y: T[width] { return twice(x) }\n",
  };
  test("an import, what it brings, and its other name", () => {
    const text =
      'import { twice, f as g } from "./lib.stretto"\nlayer h(x: f32[4]) -> z: f32[4] { return g(twice(x)) }';
    const at = (plain: string, marked: string) => meaning(text.replace(plain, marked), files);
    expect(at("{ twice", "{ tw┆ice")).toBe("read of op 2");
    expect(at("twice(x)", "tw┆ice(x)")).toBe("read of op 2");
    expect(at("f as g", "┆f as g")).toBe("read of layer 3");
    expect(at("f as g", "f as ┆g")).toBe("declaration of alias 1");
    expect(at("return g", "return ┆g")).toBe("read of alias 1");
  });

  test("a path leads into a layer of another file", () => {
    const text =
      'import { f } from "./lib.stretto"\nlayer h(x: f32[4]) -> z: f32[4] { return f(x) }\nschedule s of h { split wid┆th into 2 }';
    expect(meaning(text, files)).toBe("read of param 1");
  });

  test("a mesh axis is whoever's imports the layer", () => {
    const library = { "lib.stretto": "param n = 8\nlayer f(x: f32[n/ep]) -> y: f32[n/ep] { return x }" };
    const { names, place } = nameAt('import { f } from "./lib.stretto"\nmesh on m { e┆p: 2 }', library);
    const files = names.places(place.occurrence.symbols).map(({ file }) => file);
    expect(files.filter((file) => file === "lib.stretto")).toHaveLength(2);
  });
});

describe("all that ships", () => {
  const names = namesIn(shippedTexts);
  const places = [...shippedTexts.keys()].flatMap((file) => [...names.occurrences(file)]);

  test("every identifier refers to something", () => {
    for (const file of shippedTexts.keys()) {
      const identifiers = names.declarations(file).flatMap((node) => [...identifiersWithin(node)]);
      expect([...names.occurrences(file)].length).toBe(identifiers.length);
    }
    const unresolved = places.filter(({ occurrence }) => occurrence.unresolved !== undefined);
    expect(unresolved.map(({ file, occurrence }) => `${file} ${occurrence.node.text}`)).toEqual([]);
  });

  test("what is referred to is declared where it is said to be, once", () => {
    const declared = new Map(places.map(({ occurrence }) => [occurrence.node, occurrence]));
    for (const { occurrence } of places)
      for (const symbol of occurrence.symbols) {
        if (!symbol.declaredAt) continue;
        const there = declared.get(symbol.declaredAt);
        expect(there?.role).toBe("declaration");
        expect(there!.symbols.some((other) => sameSymbol(other, symbol))).toBe(true);
      }
  });

  test("whatever check names in a layer, a path leads to", () => {
    for (const name of exampleNames) {
      const path = `/examples/${name}.stretto`;
      const { layers } = checkFile(examplePath(name), createNodeHost(examplePath(name)));
      for (const [layer, outcome] of layers) {
        const node = names.declarations(path).find((one) => one.kind === "LayerDecl" && one.name.text === layer);
        const scope = new FileScope(path, names.scopes, new Questions());
        for (const value of outcome.layer?.names.keys() ?? []) {
          const segments = value.split(".").map((text) => ({
            ...nowhere,
            kind: "PathSegment" as const,
            name: { ...nowhere, kind: "Identifier" as const, text },
          }));
          const steps = stepsOf({ ...nowhere, kind: "Path", segments }, { node: node as LayerDecl, scope });
          expect([value, steps.length]).toEqual([value, segments.length]);
        }
      }
    }
  });

  test("a definition is among its references, and they are its", () => {
    fc.assert(
      fc.property(fc.constantFrom(...places), ({ occurrence }) => {
        fc.pre(occurrence.symbols.length > 0);
        const again = names.places(occurrence.symbols);
        expect(again.map((place) => place.occurrence.node)).toContain(occurrence.node);
        for (const place of again)
          expect(place.occurrence.symbols.some((one) => occurrence.symbols.some((two) => sameSymbol(one, two)))).toBe(
            true,
          );
      }),
      { numRuns: 30 },
    );
  });
});

describe("as a text is edited", () => {
  const shown = (all: Iterable<{ occurrence: Occurrence }>) =>
    [...all].map(({ occurrence: { node, role, symbols, builtIn, unresolved, via } }) => ({
      ...{ at: node.span.start, text: node.text, role, builtIn, unresolved, via: via?.node.span.start },
      symbols: symbols.map(({ kind, file, declaredAt }) => `${kind} ${file} ${declaredAt?.span.start}`),
    }));
  const std = [...shippedTexts].filter(([path]) => path.startsWith("stretto:"));
  const trees = new Map(std.map(([path, text]) => [path, parse(text).tree]));
  const examples = [...shippedTexts].filter(([path]) => !path.startsWith("stretto:"));

  test("names of a file that is not edited are those of what it imports as that is now", () => {
    const main = parse('import { a } from "./lib.stretto"\nparam b = a').tree;
    const named = (library: string) => {
      const lib = parse(library).tree;
      const treeOf = (path: string) =>
        path === "/main.stretto" ? main : path === "/lib.stretto" ? lib : trees.get(path);
      return shown(new ProgramNames(["/main.stretto"], { treeOf }).occurrences("/main.stretto")).map(
        ({ symbols, unresolved }) => symbols[0] ?? unresolved,
      );
    };
    expect(named("param a = 1")).toEqual(["param /lib.stretto 6", "param /main.stretto 40", "param /lib.stretto 6"]);
    expect(named("axis   a = 1")).toEqual(["axis /lib.stretto 7", "param /main.stretto 40", "axis /lib.stretto 7"]);
    expect(named("param c = 1")).toEqual(["undeclared", "param /main.stretto 40", "undeclared"]);
  });

  test("names are those of the text read anew", () => {
    fc.assert(
      fc.property(fc.constantFrom(...examples), fc.array(typedEdit, { maxLength: 6 }), ([, whole], edits) => {
        const reader = createRereader();
        let text = whole;
        const check = () => {
          const { tree } = reader.read(text);
          const treeOf = (path: string) => (path === "/main.stretto" ? tree : trees.get(path));
          const kept = new ProgramNames(["/main.stretto"], { treeOf });
          const fresh = parse(text).tree;
          const anew = new ProgramNames(["/main.stretto"], {
            treeOf: (path) => (path === "/main.stretto" ? fresh : trees.get(path)),
          });
          expect(shown(kept.occurrences("/main.stretto"))).toEqual(shown(anew.occurrences("/main.stretto")));
        };
        check();
        for (const edit of edits) {
          text = applyEdit(text, edit);
          check();
        }
      }),
      { numRuns: 12 },
    );
  });
});
