/**
 * What is kept from one run over a program's files for the next, so that an edit costs what it changes. A declaration may mean
 * something else than before where it was edited, or where it mentions a name whose declaration may: found by names alone,
 * across files, so that too much is forgotten sometimes and too little never. The standard library mentions nothing of a user's.
 */
import type { Declaration, SourceFile } from "../../grammar/ast.js";
import { parse, type ParseResult } from "../../grammar/parser.js";
import { createRereader, type Rereader } from "../../grammar/reread.js";
import { namesWithin } from "./names-in.js";

export interface Memory {
  /** Reads a file; of one that was read before, only what changed. */
  parse(path: string, text: string): ParseResult;
  /** Takes the trees of this run: what may mean something else now is forgotten. */
  update(files: ReadonlyMap<string, { readonly tree: SourceFile; readonly isStandard: boolean }>): void;
  /** What was kept of a declaration that means what it did. */
  recall(node: Declaration): unknown;
  /** Keeps what was made of a declaration. To be of nothing but the declaration and what it mentions, without diagnostics. */
  keep(node: Declaration, made: unknown): void;
  /** Forgets all that was made: something beside the texts is another. */
  forget(): void;
}

/** What everything may depend on without a mention of its name. */
const global: ReadonlySet<Declaration["kind"]> = new Set([
  ...(["MeshDecl", "MachineDecl", "TableDecl", "MonoidDecl", "ProfileDecl", "RecordDecl"] as const),
]);

export function createMemory(): Memory {
  const readers = new Map<string, Rereader>();
  let kept = new Map<Declaration, unknown>();
  let known: ReadonlySet<Declaration> = new Set();
  const mentioning = new Map<string, Set<Declaration>>();
  return {
    parse(path, text) {
      let reader = readers.get(path);
      if (reader === undefined) readers.set(path, (reader = createRereader()));
      return reader.read(text);
    },
    update(files) {
      const now = new Set([...files.values()].flatMap(({ tree, isStandard }) => (isStandard ? [] : tree.declarations)));
      const gone = [...known].filter((node) => !now.has(node));
      const come = [...now].filter((node) => !known.has(node));
      for (const node of gone)
        for (const name of mentionsOf(node)) {
          const others = mentioning.get(name);
          others?.delete(node);
          // Else there would be one for each word that was ever typed.
          if (others?.size === 0) mentioning.delete(name);
        }
      for (const path of readers.keys()) if (!files.has(path)) readers.delete(path);
      for (const node of come)
        for (const name of mentionsOf(node)) {
          const others = mentioning.get(name);
          if (others === undefined) mentioning.set(name, new Set([node]));
          else others.add(node);
        }
      const affected = affectedBy([...gone, ...come], mentioning);
      known = now;
      if ([...affected].some((node) => global.has(node.kind))) kept = new Map();
      else for (const node of affected) kept.delete(node);
    },
    recall: (node) => kept.get(node),
    keep(node, made) {
      kept.set(node, made);
    },
    forget() {
      kept = new Map();
    },
  };
}

/** For a single run: nothing is kept. */
export const noMemory: Memory = {
  parse: (_, text) => parse(text),
  update: () => undefined,
  recall: () => undefined,
  keep: () => undefined,
  forget: () => undefined,
};

/** Those declarations, and all that mention a name of theirs, or of one that does. */
function affectedBy(
  changed: readonly Declaration[],
  mentioning: ReadonlyMap<string, ReadonlySet<Declaration>>,
): ReadonlySet<Declaration> {
  const affected = new Set(changed);
  // A set that grows while it is gone through.
  for (const node of affected)
    for (const name of declaredBy(node)) for (const other of mentioning.get(name) ?? []) affected.add(other);
  return affected;
}

/** Names that other declarations may mention. */
function declaredBy(node: Declaration): readonly string[] {
  switch (node.kind) {
    case "ParamDecl":
      return node.params.map(({ name }) => name.text);
    case "ImportDecl":
      return node.names.map(({ name, as }) => (as ?? name).text);
    case "AxisDecl":
      return [node.name.text, ...(node.factors ?? []).map(({ name }) => name.text)];
    case "CheckDecl":
    case "AssumeDecl":
    case "MeshDecl":
      return [];
    default:
      return [node.name.text];
  }
}

const mentions = new WeakMap<Declaration, ReadonlySet<string>>();

/** The texts of all identifiers in a declaration. */
function mentionsOf(node: Declaration): ReadonlySet<string> {
  let names = mentions.get(node);
  if (names === undefined) mentions.set(node, (names = namesWithin(node)));
  return names;
}
