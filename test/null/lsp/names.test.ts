import { describe, expect, test } from "vitest";
import { ProgramNames } from "../../../lsp/names/program-names.js";
import { parse } from "../../../grammar/parser.js";
import { isStandardPath, standardModuleOf, standardPath } from "../../../compiler/bind/standard-library.js";
import { strettoFiles } from "../../support/stretto-files.js";

const trees = new Map(
  strettoFiles.map(({ path, text }) => {
    const module = /^std\/(.*)\.stretto$/.exec(path)?.[1];
    return [module === undefined ? path : standardPath(module), parse(text).tree];
  }),
);

test("x", () => {
  const t0 = performance.now();
  const names = new ProgramNames(trees.keys(), { treeOf: (path) => trees.get(path) });
  const rows: string[] = [];
  let n = 0;
  for (const file of trees.keys()) for (const { occurrence } of names.occurrences(file)) {
    n++;
    if (occurrence.unresolved) rows.push(`${file}:${occurrence.node.span.start} ${occurrence.node.text} ${occurrence.unresolved}`);
  }
  console.log(n, performance.now() - t0);
  const t1 = performance.now();
  const again = new ProgramNames(trees.keys(), { treeOf: (path) => trees.get(path) });
  for (const file of trees.keys()) for (const _ of again.occurrences(file)) n++;
  console.log(n, performance.now() - t1);
  console.log(rows.length, rows.slice(0, 60).join("\n"));
});
