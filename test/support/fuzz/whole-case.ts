/**
 * A case of several files, or of settings of the command line, as one text, so that all that is done to a text (made smaller, kept,
 * read again) is done to it. A line `//file part.stretto` begins another file, a line `//set n=4` is `--set n=4`; what stands before
 * is the entry.
 */
import type { ReadResult } from "../../../compiler/bind/source-host.js";

export interface WholeCase {
  readonly entry: ReadResult;
  /** Beside the entry, by name. */
  readonly files: ReadonlyMap<string, string>;
  readonly set: ReadonlyMap<string, string>;
}

export const fileLine = (name: string, text: string): string => `\n//file ${name}\n${text}`;
export const setLine = (name: string, value: string): string => `\n//set ${name}=${value.replaceAll(/[\r\n]/g, " ")}`;

const fileMark = /(?:^|\n)\/\/file ([\w./-]+)\n/;
const setMark = /\n\/\/set (\w+(?: seed)?)=([^\n]*)/g;

export function readWhole(content: string | Uint8Array): WholeCase {
  const whole = asOneFile(content);
  const { entry: read } = whole;
  if (!("text" in read)) return whole;
  const [own = "", ...others] = read.text.split(fileMark);
  const set = new Map([...own.matchAll(setMark)].map(([, name, value]) => [name!, value!]));
  const files = new Map<string, string>();
  for (let i = 0; i + 1 < others.length; i += 2) files.set(others[i]!, others[i + 1]!);
  return { entry: { text: own.replaceAll(setMark, "") }, files, set };
}

/** All of it as the entry, as a command reads a file that holds it: the marks are comments. */
export function asOneFile(content: string | Uint8Array): WholeCase {
  const entry = typeof content === "string" ? { text: content } : decoded(content);
  return { entry, files: new Map(), set: new Map() };
}

function decoded(bytes: Uint8Array): ReadResult {
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch {
    return { problem: { kind: "not-utf8" } };
  }
}
