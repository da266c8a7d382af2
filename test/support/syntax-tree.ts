import { expect } from "vitest";
import type { SourceFile } from "../../grammar/ast.js";
import { parse } from "../../grammar/parser.js";
import { describeProblem } from "../../grammar/problems.js";
import { brokenInvariant } from "./tree-invariants.js";

export { childrenOf, shapeOf } from "./tree-invariants.js";

/** Fails where the tree of a text is not what trees are. */
export function checkInvariants(tree: SourceFile, text: string): void {
  const broken = brokenInvariant(tree, text);
  if (broken !== undefined) expect.fail(broken);
}

/** The tree of a text that has no mistakes, its invariants checked. */
export function parsed(text: string): SourceFile {
  const { tree, errors } = parse(text);
  expect(errors.map(describeProblem)).toEqual([]);
  checkInvariants(tree, text);
  return tree;
}
