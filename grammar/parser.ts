import { EOF, type IRecognitionException, type IToken } from "chevrotain";
import type { Declaration, SourceFile, Span } from "./ast.js";
import { endOf, shown, token, tokenize, word, type SourceToken } from "./lexer.js";
import { TooDeep, TooManyProblems, type EncodedProblem } from "./parser/base.js";
import { StrettoParser } from "./parser/stretto-parser.js";
import { maximumDepth, maximumProblems, type SyntaxProblem } from "./problems.js";
import { cutBrokenSegment, cutIntoDeclarations, type Segment } from "./segments.js";
import { declarationKeywords } from "./tokens.js";

export type { SyntaxProblem } from "./problems.js";

export interface ParseResult {
  readonly tree: SourceFile;
  /** In the order of the text; at most `maximumProblems`. */
  readonly errors: readonly SyntaxProblem[];
}

/**
 * Reads a text. Never throws: what cannot be read is left out of the tree, or is a `MissingExpr` in it, and is told of
 * in `errors`. Each declaration is read by itself, so a mistake in one hides none in another.
 */
export function parse(text: string): ParseResult {
  const { tokens, comments, problems } = tokenize(text);
  const reader = new DeclarationReader(text, tokens, problems);
  for (const segment of cutIntoDeclarations(tokens)) {
    if (reader.problems.length >= maximumProblems) break;
    reader.read(segment);
  }
  const span = { start: 0, end: text.length };
  const errors = [...reader.problems].sort((a, b) => a.span.start - b.span.start);
  return { tree: { kind: "SourceFile", declarations: reader.declarations, comments, span }, errors };
}

const openers = new Set(declarationKeywords.map((keyword) => word[keyword]));

/** Built on first use: the analysis of the grammar takes some milliseconds. */
let sharedParser: StrettoParser | undefined;

/** Reads declarations one after the other and gathers them and what is wrong with them. */
class DeclarationReader {
  readonly declarations: Declaration[] = [];
  readonly problems: SyntaxProblem[];
  private readonly parser = (sharedParser ??= new StrettoParser());

  constructor(
    private readonly text: string,
    private readonly tokens: readonly SourceToken[],
    problems: readonly SyntaxProblem[],
  ) {
    this.problems = [...problems];
  }

  read(segment: Segment): void {
    const first = this.parseSegment(segment);
    if (first.problems.length > 0) {
      const pieces = cutBrokenSegment(this.tokens, this.text, segment);
      if (pieces.length > 1) {
        for (const piece of pieces) {
          if (this.problems.length >= maximumProblems) return;
          this.keep(this.parseSegment(piece));
        }
        return;
      }
    }
    this.keep(first);
  }

  private keep(result: { declaration?: Declaration; problems: SyntaxProblem[] }): void {
    if (result.declaration !== undefined) this.declarations.push(result.declaration);
    this.problems.push(...result.problems.slice(0, maximumProblems - this.problems.length));
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
    this.parser.startOn(this.tokens.slice(start, end), maximumProblems - this.problems.length);
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
