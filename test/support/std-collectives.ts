import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { CollectiveIR, Word } from "../../compiler/check/ir.js";
import type { CollectiveDecl, TensorType } from "../../grammar/ast.js";
import { parse } from "../../grammar/parser.js";

const path = fileURLToPath(new URL("../../std/collectives.stretto", import.meta.url));

/** Collectives declared in a text, the word of each read off its signature by hand: what the front does, done again. */
export function collectivesOf(text: string): CollectiveIR[] {
  const { tree, errors } = parse(text);
  if (errors.length > 0) throw new Error(`collectives do not parse: ${JSON.stringify(errors[0])}`);
  return tree.declarations
    .filter((declaration): declaration is CollectiveDecl => declaration.kind === "CollectiveDecl")
    .map((declaration) => ({
      name: declaration.name.text,
      word: wordOf(declaration),
      input: declaration.input.text,
      output: declaration.output?.text ?? declaration.input.text,
      over: declaration.over.text,
      body: declaration.body,
      location: { file: "std/collectives", span: declaration.span },
    }));
}

export const standardCollectives: readonly CollectiveIR[] = collectivesOf(readFileSync(path, "utf8"));

export function standardCollective(name: string, word: Word): CollectiveIR {
  return standardCollectives.find((collective) => collective.name === name && collective.word === word)!;
}

/** An axis `[c/n]` is divided, `pending u over n` is pending. */
function wordOf({ inputType, outputType }: CollectiveDecl): Word {
  const after = dividedAxes(outputType);
  if (inputType.pending.length > 0) return after === 0 ? "all_reduce" : "reduce_scatter";
  return after === 0 ? "all_gather" : "all_to_all";
}

function dividedAxes(type: TensorType): number {
  return type.axes.filter((axis) => "cuts" in axis && (axis.cuts as readonly unknown[]).length > 0).length;
}
