// An editor's analysis after any edits is what a fresh one would be; what an edit leaves alone stays the same objects.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createMemory } from "../../compiler/bind/memory.js";
import { createNodeHost } from "../../compiler/bind/node-host.js";
import { createMemoryHost } from "../../compiler/bind/source-host.js";
import { printLayer } from "../../compiler/check/print-ir.js";
import { checkFile, type CheckedFile } from "../../compiler/program.js";
import { parse } from "../../grammar/parser.js";
import { createRereader } from "../../grammar/reread.js";
import { applyEdit, typedEdit } from "../support/edits.js";
import { strettoFiles } from "../support/stretto-files.js";

const examples = strettoFiles.filter(({ path }) => path.startsWith("examples/"));
const twoFiles = fc
  .constantFrom(...strettoFiles)
  .chain((one) => fc.constantFrom(...strettoFiles).map((two) => one.text + two.text));

describe("a text that is read again", () => {
  test("has the tree and the mistakes of one that is read anew, whatever was edited", () => {
    fc.assert(
      fc.property(twoFiles, fc.array(typedEdit, { minLength: 1, maxLength: 8 }), (text, edits) => {
        const reader = createRereader();
        reader.read(text);
        let current = text;
        for (const edit of edits) {
          current = applyEdit(current, edit);
          const { tree, errors } = reader.read(current);
          const anew = parse(current);
          expect(errors).toEqual(anew.errors);
          expect(tree).toEqual(anew.tree);
        }
      }),
      { numRuns: 60 },
    );
  });

  test("keeps all declarations but the ones that are edited", () => {
    const { text } = examples[0]!;
    const reader = createRereader();
    const before = [...reader.read(text).tree.declarations];
    const at = text.indexOf("hidden = 4096") + "hidden = 4096".length;
    const after = reader.read(`${text.slice(0, at)}0${text.slice(at)}`).tree.declarations;
    expect(after).toHaveLength(before.length);
    const changed = after.flatMap((node, i) => (node === before[i] ? [] : [node.kind]));
    expect(changed).toEqual(["ParamDecl"]);
  });
});

/** All that an editor is told. */
function shown({ diagnostics, program, layers }: CheckedFile): string {
  return JSON.stringify({
    diagnostics,
    layers: program?.layers.map((layer) => printLayer(layer, { ...program, ...program.meshes[layer.mesh] })),
    places: program?.layers.map(({ values, statements }) => [...values, ...statements].map(({ location }) => location)),
    schedules: program?.schedules,
    checks: program?.checks,
    types: [...layers].map(([name, { types }]) => [name, [...types]]),
  });
}

test("a file that is checked again means what it would mean anew, whatever was edited", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...examples),
      fc.array(typedEdit, { minLength: 1, maxLength: 5 }),
      ({ path, text }, edits) => {
        const disk = createNodeHost(path);
        const memory = createMemory();
        let current = text;
        for (const edit of [undefined, ...edits]) {
          if (edit !== undefined) current = applyEdit(current, edit);
          const host = createMemoryHost({ [path]: current }, disk);
          expect(shown(checkFile(path, host, {}, memory))).toBe(shown(checkFile(path, host)));
          // And an edit that is taken back.
          if (edit === undefined) continue;
          const before = createMemoryHost({ [path]: text }, disk);
          expect(shown(checkFile(path, before, {}, memory))).toBe(shown(checkFile(path, before)));
        }
      },
    ),
    { numRuns: 8 },
  );
});
