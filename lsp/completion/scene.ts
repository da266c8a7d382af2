import type { Declaration } from "../../grammar/ast.js";
import { expectedAt, type ExpectedTokens } from "../../grammar/expected.js";
import type { Analysis } from "../documents/analysis.js";
import type { Platform } from "../platform.js";
import { declarationAt, visibleDefinitions, type Visible } from "./definitions.js";
import { enclosingCall, type EnclosingCall } from "./enclosing-call.js";
import { localNames, type LocalNames } from "./local-names.js";
import { repairedDeclaration } from "./repaired.js";
import { standardLibraryOf } from "./standard-library.js";

/** Where the cursor is, and what is known there. */
export interface Scene {
  readonly analysis: Analysis;
  readonly offset: number;
  readonly expected: ExpectedTokens;
  /** As far as it is written before the cursor. */
  readonly declaration: Declaration | undefined;
  readonly local: LocalNames;
  readonly visible: readonly Visible[];
  /** Of the standard library, whether imported or not. */
  readonly standard: readonly Visible[];
  readonly call: EnclosingCall | undefined;
  textOf(file: string): string | undefined;
}

/** Undefined where nothing can be written at the offset: in a comment, a string or a number. */
export function sceneAt(analysis: Analysis, offset: number, platform: Platform): Scene | undefined {
  const { text, tree, path, bound } = analysis;
  const expected = expectedAt(text, offset, partAround(analysis, offset));
  if (expected === undefined) return undefined;
  const library = standardLibraryOf(platform);
  const declaration = repairedDeclaration(text, expected) ?? declarationAt(tree, offset);
  return {
    ...{ analysis, offset, expected, declaration },
    local: namesBefore(analysis, expected, declaration),
    visible: visibleDefinitions(path, tree, bound),
    standard: library.definitions,
    call: enclosingCall(expected.before),
    textOf: (file) => (file === path ? text : (bound?.sourceText(file) ?? library.texts.get(file))),
  };
}

/**
 * From the declaration before the one at the offset to the one after it: those further away have no say in what is expected
 * there, and in a long file take longer to read than all else.
 */
function partAround({ tree, text }: Analysis, offset: number): { readonly start: number; readonly end: number } {
  const starts = tree.declarations.map(({ span }) => span.start);
  const last = starts.findLastIndex((start) => start <= offset);
  return { start: starts[last - 1] ?? 0, end: starts[last + 2] ?? text.length };
}

/** Where something before the cursor was left out, what it names is taken from the tree, which has it as far as it can be read. */
function namesBefore(
  { tree }: Analysis,
  { span, isWhole }: ExpectedTokens,
  declaration: Declaration | undefined,
): LocalNames {
  const local = localNames(declaration, span.start);
  if (isWhole) return local;
  const { values } = localNames(declarationAt(tree, span.start), span.start);
  return { ...local, values: new Map([...values, ...local.values]) };
}
