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
  /** Whether they can be read. */
  readonly isSound: boolean;
  readonly declarations: readonly Declaration[];
}

/** In order and apart from each other. An empty range touches what it is in. */
export async function replacementsIn(text: string, range: Span, format: Format): Promise<readonly Replacement[]> {
  const touched = withoutSpace(text, range);
  if (touched === undefined) return [];
  const stretches = stretchesOf(text);
  const runs = soundRuns(stretches.filter(({ start, end }) => start <= touched.end && touched.start <= end));
  const replaced = await Promise.all(runs.map((run) => replaceRun(text, run, touched, format)));
  const replacements = replaced.flat();
  const last = text.trimEnd().length;
  if (stretches.at(-1)?.isSound && range.end >= text.length)
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
 * The lines of each declaration, with comments above and behind; those that share a line are one stretch. Empty lines between
 * belong to none.
 */
function stretchesOf(text: string): readonly Stretch[] {
  const { pieces, isWhole } = readPieces(text);
  const stretches: Stretch[] = [];
  const found = pieces.flatMap((piece) => (piece.problems.length === 0 ? [whole(text, piece)] : partsOf(text, piece)));
  for (const stretch of found.sort((a, b) => a.start - b.start || a.end - b.end)) {
    const before = stretches.at(-1);
    if (before === undefined || before.end < stretch.start) stretches.push(stretch);
    else
      stretches[stretches.length - 1] = {
        ...{ start: before.start, end: Math.max(before.end, stretch.end) },
        isSound: before.isSound && stretch.isSound,
        declarations: [...before.declarations, ...stretch.declarations],
      };
  }
  // Where there are more problems than are told, what follows the last of them has not been read.
  return isWhole
    ? stretches
    : stretches.map((stretch, i) => ({ ...stretch, isSound: stretch.isSound && i < stretches.length - 1 }));
}

function whole(text: string, { first, end, comments, declarations }: Piece): Stretch {
  const comment = comments.find(({ ownLine }) => ownLine);
  const start = lineStart(text, Math.min(comment?.span.start ?? end, first ?? end));
  // The last piece reaches to the end of the text.
  return {
    start,
    end: Math.max(start, Math.min(lineEnd(text, end), text.trimEnd().length)),
    isSound: true,
    declarations,
  };
}

/** Of a piece with problems: what can be read of it all the same, and where the problems are. */
function partsOf(text: string, { declarations, problems }: Piece): Stretch[] {
  const lines = ({ span }: { readonly span: Span }) => ({
    start: lineStart(text, span.start),
    end: lineEnd(text, span.end),
  });
  const isTorn = (span: Span) =>
    problems.some((problem) => span.start <= problem.span.end && problem.span.start <= span.end);
  return [
    ...declarations.map((declaration): Stretch => {
      const own = lines(declaration);
      const isAlone =
        text.slice(own.start, declaration.span.start).trim() === "" && endsLine(text, declaration.span.end);
      return { ...own, isSound: isAlone && !isTorn(own), declarations: [declaration] };
    }),
    ...problems.map((problem): Stretch => ({ ...lines(problem), isSound: false, declarations: [] })),
  ];
}

/** Neighbours without mistakes, together. */
function soundRuns(stretches: readonly Stretch[]): Stretch[][] {
  const runs: Stretch[][] = [];
  let isOpen = false;
  for (const stretch of stretches) {
    if (stretch.isSound && isOpen) runs.at(-1)!.push(stretch);
    else if (stretch.isSound) runs.push([stretch]);
    isOpen = stretch.isSound;
  }
  return runs;
}

async function replaceRun(
  text: string,
  run: readonly Stretch[],
  touched: Span,
  format: Format,
): Promise<readonly Replacement[]> {
  const span = { start: run[0]!.start, end: run.at(-1)!.end };
  const written = text.slice(span.start, span.end);
  if (parse(written).errors.length > 0) {
    // Something between them is not read at all, or they are sound beside their neighbours only.
    if (run.length === 1) return [];
    return (await Promise.all(run.map((one) => replaceRun(text, [one], touched, format)))).flat();
  }
  const formatted = await format(written);
  const [only, ...others] = run.flatMap(({ declarations }) => declarations);
  const inside = only && others.length === 0 ? replaceStatements(text, only, touched, formatted) : undefined;
  return [inside ?? { span, newText: formatted.trimEnd() }];
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
