/** What mutants are made of: every program of the language that the project has, with the files that programs import. */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import type { SourceHost } from "../../../compiler/bind/source-host.js";
import { standardPrefix } from "../../../compiler/bind/standard-library.js";
import { fencesOf } from "../fences.js";
import type { WholeCase } from "./whole-case.js";

export interface CorpusText {
  /** From the root; a fence of a page has its line behind it. */
  readonly path: string;
  readonly text: string;
}

export interface Corpus {
  /** Whole programs that stand alone, and the standard library. */
  readonly programs: readonly CorpusText[];
  /** Those that are accepted as they are. */
  readonly sound: readonly CorpusText[];
  /** By the path a program of examples/ or of the library imports it under. */
  readonly files: ReadonlyMap<string, string>;
}

export const entryFile = "main.stretto";

export function readCorpus(root: string): Corpus {
  const listed = (folder: string): string[] =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join("/"))
      .toSorted();
  const read = (path: string): CorpusText => ({ path, text: readFileSync(join(root, path), "utf8") });
  const programsIn = (folder: string): CorpusText[] =>
    listed(folder)
      .filter((path) => path.endsWith(".stretto"))
      .map(read);
  const examples = programsIn("examples");
  const library = programsIn("std");
  const pages = listed("docs")
    .filter((path) => path.endsWith(".md"))
    .map(read)
    .map(programsOfPage);
  const files = new Map([
    ...library.map(({ path, text }): [string, string] => [standardPrefix + path.slice("std/".length), text]),
    ...listed("examples")
      .map(read)
      .map(({ path, text }): [string, string] => [path.slice("examples/".length), text]),
  ]);
  const gaps = programsIn("test/known-gaps");
  const sound = [
    ...examples,
    ...pages.flatMap((page) => page.sound),
    ...gaps.filter(({ path }) => path.endsWith(".repaired.stretto")),
  ];
  return { programs: [...examples, ...library, ...pages.flatMap(({ all }) => all), ...gaps], sound, files };
}

/** Those below a heading that says so, and those that the page expects an error of, are not sound. */
function programsOfPage({ path, text }: CorpusText): { all: CorpusText[]; sound: CorpusText[] } {
  const fences = fencesOf(text).filter(({ language }) => language === "stretto");
  const lines = text.split("\n");
  const program = ({ line, body }: (typeof fences)[number]): CorpusText => ({ path: `${path}:${line}`, text: body });
  const sound = fences.filter(
    ({ line, info }) =>
      !info.has("error") &&
      !lines
        .slice(0, line)
        .findLast((before) => before.startsWith("## "))
        ?.includes("Fails"),
  );
  return { all: fences.map(program), sound: sound.map(program) };
}

/** A host with the files of a case in it, beside what they may import. Bytes that are no UTF-8 are refused, as on disk. */
export function hostOf(corpus: Corpus, { entry, files }: WholeCase): SourceHost {
  return {
    read(path) {
      if (path === entryFile) return entry;
      const text = files.get(path) ?? corpus.files.get(path);
      return text === undefined ? { problem: { kind: "missing" } } : { text };
    },
  };
}
