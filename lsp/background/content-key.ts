/** What a prediction of a schedule depends on, as a key: comments, line breaks and what others claim or schedule do not matter. */
import { pathText } from "../../compiler/check/schedules.js";
import type { Declaration } from "../../grammar/ast.js";
import { tokenize } from "../../grammar/lexer.js";
import { parse } from "../../grammar/parser.js";
import type { Snapshot } from "../documents/snapshot.js";

const digests = new WeakMap<Declaration, string>();

/** Of the words of a declaration. Declarations stay the same objects while nobody edits them. */
function digestOf(node: Declaration, source: string): string {
  let known = digests.get(node);
  if (known === undefined) {
    const { tokens } = tokenize(source, node.span.start, node.span.end);
    digests.set(node, (known = digest(tokens.map(({ image }) => image).join(" "))));
  }
  return known;
}

/** Keys of the schedules of a program, by place among those of the file. */
export function contentKeys(
  { path, texts: files, profileIfThere, machine }: Snapshot,
  declarations: readonly Declaration[],
): string[] {
  const own = files.find(([file]) => file === path)![1];
  const source = "text" in own ? own.text : "";
  const others = files.filter(([file]) => file !== path).map(([file, result]) => [file, importedText(file, result)]);
  const common = declarations.filter(({ kind }) => kind !== "CheckDecl" && kind !== "ScheduleDecl");
  const shared = JSON.stringify([path, profileIfThere, machine, others, common.map((node) => digestOf(node, source))]);
  const sharedKey = digest(shared);
  const schedules = declarations.filter((node) => node.kind === "ScheduleDecl");
  // The speed of each is told against the first of its layer.
  const baselines = new Map<string, string>();
  return schedules.map((schedule) => {
    const own = digestOf(schedule, source);
    const layer = pathText(schedule.layer);
    if (!baselines.has(layer)) baselines.set(layer, own);
    return `${sharedKey} ${own} ${baselines.get(layer)}`;
  });
}

const imported = new Map<string, { readonly text: string; readonly key: string }>();

/** Of a file that is imported, its words; of any other one, its text. */
function importedText(path: string, result: Snapshot["texts"][number][1]): string {
  if (!("text" in result)) return JSON.stringify(result);
  const { text } = result;
  const known = imported.get(path);
  if (known?.text === text) return known.key;
  const key = digest(path.endsWith(".stretto") ? wordsOf(text) : text);
  imported.set(path, { text, key });
  return key;
}

function wordsOf(text: string): string {
  return parse(text)
    .tree.declarations.map((node) => digestOf(node, text))
    .join("\n");
}

/** 53 bits of a text and its length: enough to tell apart what one person writes. After `cyrb53`, public domain. */
function digest(text: string): string {
  let [a, b] = [0xdeadbeef, 0x41c6ce57];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    a = Math.imul(a ^ code, 0x9e3779b1);
    b = Math.imul(b ^ code, 0x5f356495);
  }
  a = Math.imul(a ^ (a >>> 16), 0x85ebca6b) ^ Math.imul(b ^ (b >>> 13), 0xc2b2ae35);
  b = Math.imul(b ^ (b >>> 16), 0x85ebca6b) ^ Math.imul(a ^ (a >>> 13), 0xc2b2ae35);
  return `${(4294967296 * (2097151 & b) + (a >>> 0)).toString(36)}.${text.length}`;
}
