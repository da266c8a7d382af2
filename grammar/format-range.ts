/**
 * Formatting a part of a text: the declarations that a range touches, or only the statements in one, where it stays inside.
 * What cannot be read is left as it is, and so is all around.
 */
import type { AnyNode } from "./printer/context.js";
import type { Comment, Declaration, Span } from "./ast.js";
import { parse } from "./parser.js";
import { readPieces, type Piece } from "./pieces.js";

/** A part of a text and what stands there instead. */
export interface Replacement {
  readonly span: Span;
  readonly newText: string;
}

type Format = (text: string) => Promise<string>;

/** Whole lines of a text. */
interface Stretch extends Span {
  readonly isSound: boolean;
  readonly declarations: readonly Declaration[];
}

/** In order and apart from each other. An empty range touches what it is in. */
export async function replacementsIn(text: string, range: Span, format: Format): Promise<readonly Replacement[]> {
  const touched = withoutSpace(text, range);
  if (touched === undefined) return [];
  const { stretches, isEndSound } = stretchesOf(text);
  const runs = soundRuns(stretches.filter(({ start, end }) => start <= touched.end && touched.start <= end));
  const replacements = await Promise.all(runs.map((run) => replaceRun(text, run, touched, format)));
  const last = text.trimEnd().length;
  if (isEndSound && range.end >= text.length && last > 0)
    replacements.push({ span: { start: last, end: text.length }, newText: "\n" });
  return replacements.filter(({ span, newText }) => text.slice(span.start, span.end) !== newText);
}

/** The text with replacements made that are in order and apart. */
export function replaceAll(text: string, replacements: readonly Replacement[]): string {
  return replacements.reduceRight(
    (all, { span, newText }) => all.slice(0, span.start) + newText + all.slice(span.end),
    text,
  );
}

/** The range without the space at its ends; undefined of one that holds nothing else, but where it is empty and beside something. */
function withoutSpace(text: string, range: Span): Span | undefined {
  const [start, end] = [Math.min(range.start, text.length), Math.min(range.end, text.length)];
  const inside = text.slice(start, end);
  if (inside.trim() !== "") return { start: end - inside.trimStart().length, end: start + inside.trimEnd().length };
  const line = text.slice(lineStart(text, start), lineEnd(text, end));
  return line.trim() === "" ? undefined : { start, end };
}

/**
 * The lines of each piece, its comments and what trails its last line among them; pieces that share a line are one stretch.
 * Empty lines between belong to none.
 */
function stretchesOf(text: string): { readonly stretches: readonly Stretch[]; readonly isEndSound: boolean } {
  const { pieces, isWhole } = readPieces(text);
  const last = text.trimEnd().length;
  const stretches: Stretch[] = [];
  for (const [index, piece] of pieces.entries()) {
    const isLast = index === pieces.length - 1;
    const stretch: Stretch = {
      ...{ start: lineStart(text, firstOf(piece)), end: isLast ? last : lineEnd(text, piece.end) },
      ...{ isSound: piece.problems.length === 0, declarations: piece.declarations },
    };
    const before = stretches.at(-1);
    if (before === undefined || before.end < stretch.start) stretches.push(stretch);
    else
      stretches[stretches.length - 1] = {
        ...{ start: Math.min(before.start, stretch.start), end: Math.max(before.end, stretch.end) },
        isSound: before.isSound && stretch.isSound,
        declarations: [...before.declarations, ...stretch.declarations],
      };
  }
  // Where there are more problems than are told, what follows the last of them has not been read.
  if (!isWhole) stretches.splice(-1, 1, { ...stretches.at(-1)!, isSound: false });
  return { stretches, isEndSound: stretches.at(-1)!.isSound };
}

/** Where a piece begins: at a comment with a line of its own, or its first token. */
function firstOf({ comments, first, end }: Piece): number {
  const comment = comments.find(({ ownLine }) => ownLine);
  return Math.min(comment?.span.start ?? end, first ?? end);
}

/** Neighbours without mistakes, together. */
function soundRuns(stretches: readonly Stretch[]): Stretch[] {
  const runs: Stretch[] = [];
  let isOpen = false;
  for (const stretch of stretches) {
    const last = runs.at(-1);
    if (stretch.isSound && isOpen && last)
      runs[runs.length - 1] = {
        ...{ start: last.start, end: stretch.end, isSound: true },
        declarations: [...last.declarations, ...stretch.declarations],
      };
    else if (stretch.isSound) runs.push(stretch);
    isOpen = stretch.isSound;
  }
  return runs;
}

async function replaceRun(text: string, run: Stretch, touched: Span, format: Format): Promise<Replacement> {
  const written = text.slice(run.start, run.end);
  const same = { span: { start: run.start, end: run.start }, newText: "" };
  // A piece may be sound beside its neighbours only.
  if (parse(written).errors.length > 0) return same;
  const formatted = await format(written);
  const [only, ...others] = run.declarations;
  const inside = only && others.length === 0 ? replaceStatements(text, only, touched, formatted) : undefined;
  if (inside) return inside;
  return { span: { start: run.start, end: run.end }, newText: formatted.trimEnd() };
}

/** Only the statements touched, where the range is inside of a block whose statements have lines of their own. */
function replaceStatements(
  text: string,
  declaration: Declaration,
  touched: Span,
  formatted: string,
): Replacement | undefined {
  const { tree } = parse(formatted);
  const before = blockOf(declaration);
  const after = tree.declarations[0] && blockOf(tree.declarations[0]);
  if (!before || before.length !== after?.length || before.length === 0) return undefined;
  const lines = linesOf(text, before);
  const newLines = linesOf(formatted, after);
  if (!lines || !newLines) return undefined;
  const low = lines.findIndex(({ end }) => touched.start <= end);
  const high = lines.findLastIndex(({ start }) => start <= touched.end);
  if (low < 0 || high < low || touched.start < lines[low]!.start || touched.end > lines[high]!.end) return undefined;
  return {
    span: { start: lines[low]!.start, end: lines[high]!.end },
    newText: formatted.slice(newLines[low]!.start, newLines[high]!.end),
  };
}

function blockOf(declaration: Declaration): readonly AnyNode[] | undefined {
  switch (declaration.kind) {
    case "LayerDecl":
    case "CollectiveDecl":
      return declaration.body;
    case "ScheduleDecl":
      return declaration.verbs;
    case "CheckDecl":
      return declaration.claims;
    case "MachineDecl":
      return declaration.items;
    default:
      return undefined;
  }
}

/** The lines of each node, with the comments right above it; undefined where one shares a line with another or with a bracket. */
function linesOf(text: string, nodes: readonly AnyNode[]): readonly Span[] | undefined {
  const lines: Span[] = [];
  const comments = parse(text).tree.comments.filter(({ ownLine }) => ownLine);
  for (const [index, { span }] of nodes.entries()) {
    const own = { start: lineStart(text, span.start), end: lineEnd(text, span.end) };
    if (text.slice(own.start, span.start).trim() !== "" || !endsLine(text, span.end)) return undefined;
    const floor = index === 0 ? own.start : lines[index - 1]!.end;
    if (own.start <= floor && index > 0) return undefined;
    lines.push({ start: Math.min(own.start, startOfComments(text, comments, floor, own.start)), end: own.end });
  }
  return lines;
}

/** Where the comments between two nodes begin that are read with the second. */
function startOfComments(text: string, comments: readonly Comment[], floor: number, end: number): number {
  const first = comments.find(({ span }) => span.start > floor && span.start < end);
  return first ? lineStart(text, first.span.start) : end;
}

/** Nothing but a comment stands behind. */
function endsLine(text: string, offset: number): boolean {
  return /^\s*($|\/\/)/.test(text.slice(offset, lineEnd(text, offset)));
}

function lineStart(text: string, offset: number): number {
  return text.lastIndexOf("\n", offset - 1) + 1;
}

function lineEnd(text: string, offset: number): number {
  const end = text.indexOf("\n", offset);
  if (end < 0) return text.length;
  return end > offset && text[end - 1] === "\r" ? end - 1 : end;
}
