import { describe, expect, test } from "vitest";
import { ProgramNames } from "../../../lsp/names/program-names.js";
import { parse } from "../../../grammar/parser.js";
import { standardPath } from "../../../compiler/bind/standard-library.js";
import { strettoFiles } from "../../support/stretto-files.js";

const trees = new Map(
  strettoFiles.map(({ path, text }) => {
    const module = /^std\/(.*)\.stretto$/.exec(path)?.[1];
    return [module === undefined ? path : standardPath(module), parse(text).tree];
  }),
);

test("x", () => {
  const names = new ProgramNames(trees.keys(), { treeOf: (path) => trees.get(path) });
  for (const file of [
    "examples/exflow.stretto",
    "examples/lightseq.stretto",
    "examples/deepseek-ep.stretto",
    "stretto:std/collectives.stretto",
  ]) {
    const text = strettoFiles.find(({ path }) => file.endsWith(path) || file.replace("stretto:", "") === path)!.text;
    const line = (o: number) => text.slice(0, o).split("\n").length;
    const rows: string[] = [];
    for (const { occurrence: o } of names.occurrences(file))
      rows.push(
        `${line(o.node.span.start)} ${o.node.text} ${o.role[0]} ${o.symbols.map((s) => s.kind + "@" + s.file.split("/").at(-1) + (s.declaredAt ? "" : " open") + ":" + (s.file === file && s.declaredAt ? line(s.declaredAt.span.start) : "")).join("|")} ${o.builtIn ?? ""} ${o.via ? "via " + o.via.file : ""}`,
      );
    console.log(rows.slice(0, 620).join("\n"));
  }
});
