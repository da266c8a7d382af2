/** Reading a text declaration by declaration, each by itself, so that a mistake in one hides none in another. */
import { EOF, type IRecognitionException, type IToken } from "chevrotain";
import type { Comment, Declaration, Span } from "./ast.js";
import { endOf, matchBrackets, shown, token, tokenize, word, type SourceToken } from "./lexer.js";
import { TooDeep, TooManyProblems, type EncodedProblem } from "./parser/base.js";
import { StrettoParser } from "./parser/stretto-parser.js";
import { maximumDepth, maximumProblems, type SyntaxProblem } from "./problems.js";
import { cutBrokenSegment, cutIntoDeclarations, openBrackets, type Segment } from "./segments.js";
import { declarationKeywords } from "./tokens.js";

/** The text of a declaration with what stands before it; of several, where one is too broken to tell where it ends. */
export interface Piece {
  /** Where the last token of the piece before ends, and its own; the last piece reaches to the end of the text. */
  readonly start: number;
  readonly end: number;
  /** Where its first token begins and its last one ends; undefined where it has none. */
  readonly first?: number;
  readonly last?: number;
  /** The documentation before its first token. */
  readonly doc?: string;
  /** It stands behind a bracket that is never closed: where it begins and ends is a guess, and depends on all that follows. */
  readonly isGuessed: boolean;
  readonly declarations: readonly Declaration[];
  readonly comments: readonly Comment[];
  readonly problems: readonly SyntaxProblem[];
}

/** Declarations that were read before. */
export interface KnownDeclarations {
  /** Those of a piece without problems that has the same tokens, for a piece that begins at `first`; each is given once. */
  take(written: string, doc: string | undefined, first: number): readonly Declaration[] | undefined;
}

/**
 * The pieces of a text, or of the part of it from one offset to another, which is to begin and end where pieces do. The
 * last one reaches to the end. Not whole: there are more problems than are told, and what stands after them is not read.
 * `open` is how many brackets are open at the end.
 */
export function readPieces(
  text: string,
  from = 0,
  to = text.length,
  known?: KnownDeclarations,
): { readonly pieces: readonly Piece[]; readonly isWhole: boolean; readonly open: number } {
  const { tokens, comments, problems } = tokenize(text, from, to);
  const reader = new DeclarationReader(text, tokens, maximumProblems - problems.length);
  const parts = cutIntoDeclarations(tokens).flatMap((segment) =>
    openBrackets(tokens, segment) > 0
      ? cutBrokenSegment(tokens, text, segment).map((part) => ({ segment: part, isGuessed: true }))
      : [{ segment, isGuessed: false }],
  );
  const lasts = parts.map(({ segment }) => endOf(tokens[segment.end - 1]!));
  const ends = [...lasts.slice(0, -1), to];
  const lexical = inRanges(problems, ends);
  const noted = inRanges(comments, ends);
  const pieces: Piece[] = [];
  for (const [i, { segment, isGuessed }] of parts.entries()) {
    const { startOffset: first, doc } = tokens[segment.start]!;
    const again = lexical[i]!.length === 0 ? known?.take(text.slice(first, lasts[i]), doc, first) : undefined;
    const read = again ? { declarations: again, problems: [] } : reader.read(segment, isGuessed);
    pieces.push({
      ...{ start: i === 0 ? from : ends[i - 1]!, end: ends[i]!, first, last: lasts[i]!, isGuessed },
      ...(doc !== undefined && { doc }),
      ...{ declarations: read.declarations, comments: noted[i]!, problems: [...lexical[i]!, ...read.problems] },
    });
  }
  if (parts.length === 0) {
    const nothing = { start: from, end: to, isGuessed: false, declarations: [] };
    pieces.push({ ...nothing, comments: noted[0]!, problems: lexical[0]! });
  }
  return { pieces, isWhole: reader.budget > 0, open: openAtEnd(tokens) };
}

/** Brackets that are open at the end of tokens: those of the last declaration, which begins with none. */
export function openAtEnd(tokens: readonly SourceToken[]): number {
  return openBrackets(tokens, { start: 0, end: tokens.length });
}

/** Those that end by the first of ascending ends, by the second, .. */
function inRanges<T extends { readonly span: Span }>(items: readonly T[], ends: readonly number[]): T[][] {
  const ranges: T[][] = ends.map(() => []);
  let range = 0;
  for (const item of items) {
    while (range < ends.length - 1 && item.span.start >= ends[range]!) range++;
    ranges[range]!.push(item);
  }
  return ranges;
}

const openers = new Set(declarationKeywords.map((keyword) => word[keyword]));

/** Built on first use: the analysis of the grammar takes some milliseconds. */
let sharedParser: StrettoParser | undefined;

/** Reads declarations one after the other. */
class DeclarationReader {
  private readonly parser = (sharedParser ??= new StrettoParser());

  /** @param budget problems that may still be told */
  constructor(
    private readonly text: string,
    private readonly tokens: readonly SourceToken[],
    public budget: number,
  ) {}

  /** @param isCut it is cut as finely as it can be */
  read(segment: Segment, isCut: boolean): { declarations: Declaration[]; problems: SyntaxProblem[] } {
    const declarations: Declaration[] = [];
    if (this.budget <= 0) return { declarations, problems: [] };
    const whole = this.parseSegment(segment);
    const pieces = whole.problems.length > 0 && !isCut ? cutBrokenSegment(this.tokens, this.text, segment) : [];
    const problems: SyntaxProblem[] = [];
    const keep = (result: { declaration?: Declaration; problems: SyntaxProblem[] }): void => {
      if (result.declaration !== undefined) declarations.push(result.declaration);
      const told = result.problems.slice(0, this.budget);
      problems.push(...told);
      this.budget -= told.length;
    };
    if (pieces.length < 2) keep(whole);
    else for (const piece of pieces) if (this.budget > 0) keep(this.parseSegment(piece));
    return { declarations, problems };
  }

  private parseSegment(segment: Segment): { declaration?: Declaration; problems: SyntaxProblem[] } {
    let { start, end } = segment;
    while (start < end && this.tokens[start]!.tokenType === token.Semicolon) start++;
    while (end > start && this.tokens[end - 1]!.tokenType === token.Semicolon) end--;
    if (start === end) return { problems: [] };
    const first = this.tokens[start]!;
    if (!openers.has(first.tokenType)) {
      const span = { start: first.startOffset, end: endOf(first) };
      return { problems: [{ kind: "expected", span, expected: ["a declaration"], found: shown(first.image) }] };
    }
    const own = this.tokens.slice(start, end);
    matchBrackets(own);
    this.parser.startOn(own, this.budget);
    let declaration: Declaration | undefined;
    let deepest: IToken | undefined;
    try {
      declaration = this.parser.declaration() as Declaration | undefined;
    } catch (fault) {
      if (fault instanceof TooDeep) deepest = fault.token;
      else if (!(fault instanceof TooManyProblems)) throw fault;
    }
    const problems = this.problemsOf(this.parser.errors, end, deepest !== undefined);
    if (deepest !== undefined)
      problems.push({ kind: "too-deep", span: this.spanOf(deepest, end), limit: maximumDepth });
    return { ...(declaration !== undefined && { declaration }), problems };
  }

  /** One problem a place, and nothing about what is left over where something else is wrong already. */
  private problemsOf(errors: readonly IRecognitionException[], end: number, broken: boolean): SyntaxProblem[] {
    const problems: SyntaxProblem[] = [];
    const places = new Set<number>();
    for (const error of errors) {
      const encoded = JSON.parse(error.message) as EncodedProblem;
      if (encoded.kind === "unexpected" && (broken || errors.length > 1)) continue;
      const place = this.placeOf(error, end);
      if (places.has(place.span.start)) continue;
      places.add(place.span.start);
      problems.push({ ...encoded, ...place });
    }
    return problems;
  }

  private placeOf(error: IRecognitionException, end: number): { readonly span: Span; readonly found: string } {
    const span = this.spanOf(error.token, end);
    if (error.token.tokenType !== EOF) return { span, found: shown(error.token.image) };
    const next = this.tokens[end];
    return { span, found: next === undefined ? "the end of the file" : shown(next.image) };
  }

  /** The end of a declaration's tokens is the place just after the last one. */
  private spanOf(found: IToken, end: number): Span {
    if (found.tokenType !== EOF) return { start: found.startOffset, end: endOf(found) };
    const last = endOf(this.tokens[end - 1]!);
    return { start: last, end: last };
  }
}
