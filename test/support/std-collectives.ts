import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { CollectiveIR, Word } from "../../compiler/check/ir.js";
import { signatureOf } from "../../compiler/check/collectives.js";
import type { CollectiveDecl } from "../../grammar/ast.js";
import { parse } from "../../grammar/parser.js";

const path = fileURLToPath(new URL("../../std/collectives.stretto", import.meta.url));

/** Collectives declared in a text. */
export function collectivesOf(text: string): CollectiveIR[] {
  const { tree, errors } = parse(text);
  if (errors.length > 0) throw new Error(`collectives do not parse: ${JSON.stringify(errors[0])}`);
  return tree.declarations
    .filter((declaration): declaration is CollectiveDecl => declaration.kind === "CollectiveDecl")
    .map((declaration) => {
      const signature = signatureOf(declaration);
      if (signature === undefined) throw new Error(`${declaration.name.text} has no word's signature`);
      return {
        ...signature,
        name: declaration.name.text,
        input: declaration.input.text,
        output: declaration.output?.text ?? declaration.input.text,
        over: declaration.over.text,
        levels: declaration.levels.map((level) => level.text),
        body: declaration.body,
        location: { file: "std/collectives", span: declaration.span },
      };
    });
}

export const standardCollectives: readonly CollectiveIR[] = collectivesOf(readFileSync(path, "utf8"));

export function standardCollective(name: string, word: Word): CollectiveIR {
  return standardCollectives.find((collective) => collective.name === name && collective.word === word)!;
}
