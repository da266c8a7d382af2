import { EmbeddedActionsParser, EOF, type IParserErrorMessageProvider, type IToken, type TokenType } from "chevrotain";
import type { Identifier, NumberLiteral, Path, PathSegment, Span, StringLiteral } from "../ast.js";
import { endOf, labelOf, parserVocabulary, token, word, type SourceToken } from "../lexer.js";
import { maximumDepth, maximumLinks } from "../problems.js";
import { standsFor, type NameRole } from "../roles.js";

/** What an exception of Chevrotain is made to carry in its message, as JSON. */
export interface EncodedProblem {
  readonly kind: "expected" | "unexpected";
  readonly expected: readonly string[];
}

const encode = (kind: EncodedProblem["kind"], labels: readonly string[]): string =>
  JSON.stringify({ kind, expected: [...new Set(labels)].slice(0, 12) } satisfies EncodedProblem);

/** Labels of what may come next; all that can open an expression are one of them. */
function labelsOf(paths: readonly TokenType[][]): string[] {
  const types = paths.flatMap((path) => path.slice(0, 1));
  if (!types.includes(token.Number) || !types.includes(token.LeftParenthesis)) return types.map(labelOf);
  return ["an expression", ...types.filter((type) => !expressionOpeners.has(type)).map(labelOf)];
}
const expressionOpeners: ReadonlySet<TokenType> = new Set([
  ...[token.Identifier, token.Number, token.String, token.LeftParenthesis, token.LeftBrace, token.Minus],
  ...[word.not, word.for],
]);

/** What else may stand in a block where its end is missing, by rule. */
const insideBlocks: Readonly<Record<string, string>> = {
  layerBody: "a statement",
  roundBody: "a `send`",
  schedule: "a verb",
  check: "a claim",
  machine: "a rank, a link",
  rankKind: "a property",
  monoid: "a part of the monoid",
};

const errorMessageProvider: IParserErrorMessageProvider = {
  buildMismatchTokenMessage: ({ expected, ruleName }) => {
    const inside = expected === token.RightBrace ? insideBlocks[ruleName] : undefined;
    return encode("expected", inside === undefined ? [labelOf(expected)] : [inside, labelOf(expected)]);
  },
  buildNotAllInputParsedMessage: () => encode("unexpected", []),
  buildNoViableAltMessage: ({ expectedPathsPerAlt }) => encode("expected", labelsOf(expectedPathsPerAlt.flat())),
  buildEarlyExitMessage: ({ expectedIterationPaths }) => encode("expected", labelsOf(expectedIterationPaths)),
};

/** Thrown, and caught, when a text has more problems than anyone reads. */
export class TooManyProblems extends Error {}

/** Thrown, and caught, where a text nests deeper than anything that walks its tree could follow. */
export class TooDeep extends Error {
  constructor(readonly token: IToken) {
    super();
  }
}

/** Only these are made up when they are missing: one of them absent is a slip, anything else is another sentence. */
const insertable: ReadonlySet<TokenType> = new Set([
  token.RightParenthesis,
  token.RightBracket,
  token.RightBrace,
  token.Comma,
  token.Colon,
  token.Equal,
]);

/** Rules that stop an error from spreading further; all others hand it on to the nearest of these. */
export const resynchronised = { resyncEnabled: true } as const;
/** For every other rule. */
export const plain = { resyncEnabled: false } as const;

/** What every part of the grammar is written with: spans, names, lists. */
export abstract class BaseRules extends EmbeddedActionsParser {
  private problemBudget = 0;
  private opener: TokenType = EOF;
  private depth = 0;

  constructor(validate: boolean) {
    super(parserVocabulary, {
      recoveryEnabled: true,
      maxLookahead: 2,
      nodeLocationTracking: "none",
      skipValidations: !validate,
      errorMessageProvider,
    });
  }

  /** Sets the tokens of one declaration; at most `budget` problems are kept. */
  startOn(tokens: IToken[], budget: number): void {
    this.input = tokens;
    this.problemBudget = budget;
    this.opener = tokens[0]?.tokenType ?? EOF;
    this.depth = 0;
  }

  /** The word that opened the declaration being read. */
  protected declarationOpener(): TokenType {
    return this.opener;
  }

  // Chevrotain leaves this method out of its types; every error passes through it.
  protected SAVE_ERROR(error: Error): Error {
    const errors = this.errors;
    if (errors.length >= this.problemBudget && !this.RECORDING_PHASE) throw new TooManyProblems();
    this.errors = [...errors, error as (typeof errors)[number]];
    return error;
  }

  protected override canTokenTypeBeInsertedInRecovery(type: TokenType): boolean {
    return insertable.has(type);
  }
  protected override canTokenTypeBeDeletedInRecovery(type: TokenType): boolean {
    return insertable.has(type);
  }
  /** A made-up token is empty and stands right after the one before. */
  protected override getTokenToInsert(type: TokenType): IToken {
    const offset = this.previousEnd();
    return { image: "", startOffset: offset, tokenTypeIdx: type.tokenTypeIdx!, tokenType: type };
  }

  /** Runs a rule that can hold itself, at most `maximumDepth` levels deep. */
  protected deeper<T>(rule: () => T): T {
    if (this.depth >= maximumDepth) throw new TooDeep(this.LA(1));
    this.depth++;
    try {
      return rule();
    } finally {
      this.depth--;
    }
  }
  /** The links of a chain make a tree as deep as they are many. */
  protected allowLinks(count: number): void {
    if (count > maximumLinks) throw new TooDeep(this.LA(1));
  }

  protected next(ahead = 1): SourceToken {
    return this.LA(ahead) as SourceToken;
  }
  protected nextIs(type: TokenType, ahead = 1): boolean {
    const found = this.LA(ahead).tokenType;
    return found === type || (type.isParent === true && (found.CATEGORIES?.includes(type) ?? false));
  }
  /** A name or a word that may stand for one. */
  protected nextIsName(ahead = 1): boolean {
    return this.nextIs(token.Identifier, ahead);
  }
  protected onSameLine(ahead = 1): boolean {
    return this.next(ahead).startsLine !== true;
  }

  /** What a look at the tokens to come says; where those are still to be written, it says nothing yet. */
  protected mayBe(seen: boolean): boolean {
    return seen;
  }

  protected previousEnd(): number {
    const previous = this.LA(0);
    return previous.tokenType === EOF || previous.image === undefined ? 0 : endOf(previous);
  }
  /** Offset of the next token, or of the end of the last one where none is left. */
  protected start(): number {
    const next = this.LA(1);
    return next.tokenType === EOF ? this.previousEnd() : next.startOffset;
  }
  /** What was read since an offset; where that is nothing, the place right after what stands before. */
  protected since(start: number): Span {
    const end = this.previousEnd();
    return { start: Math.min(start, end), end };
  }
  protected doc(): { readonly doc?: string } {
    const { doc } = this.next();
    return doc === undefined ? {} : { doc };
  }

  /** `index` is the number of this name in its rule, `role` what it stands for. */
  protected name(role: NameRole, index = 0): Identifier {
    return identifierOf(this.consume(index, token.Identifier, standsFor(role)));
  }
  /** `a, b, c`, at least one. */
  protected names(role: NameRole, index = 0): Identifier[] {
    return this.separated(index, () => this.name(role, index));
  }
  /** At least one item, with commas between. `index` is the number of this list in its rule. */
  protected separated<T>(index: number, item: () => T): T[] {
    const items: T[] = [];
    const each = { SEP: token.Comma, DEF: () => void items.push(item()) };
    if (index === 0) this.AT_LEAST_ONE_SEP(each);
    else if (index === 1) this.AT_LEAST_ONE_SEP1(each);
    else if (index === 2) this.AT_LEAST_ONE_SEP2(each);
    else if (index === 3) this.AT_LEAST_ONE_SEP3(each);
    else this.AT_LEAST_ONE_SEP4(each);
    return items;
  }
  /** Items with commas between and perhaps one after the last, up to a closing bracket, which the caller consumes. */
  protected enclosed<T>(index: number, item: () => T): T[] {
    const items: T[] = [];
    let more = true;
    this.many(100 + index, {
      GATE: () => more,
      DEF: () => {
        items.push(item());
        more = this.option(100 + index, () => this.consume(100 + index, token.Comma)) !== undefined;
      },
    });
    return items;
  }
  /** Tells of what stands here without giving up what was read so far. */
  protected report(expected: string): void {
    const problem: EncodedProblem = { kind: "expected", expected: [expected] };
    const error = Object.assign(new Error(JSON.stringify(problem)), {
      name: "MismatchedTokenException",
      token: this.LA(1),
      previousToken: this.LA(0),
      resyncedTokens: [],
      context: { ruleStack: [], ruleOccurrenceStack: [] },
    });
    this.SAVE_ERROR(error);
  }

  readonly number = this.RULE(
    "number",
    (): NumberLiteral => {
      const start = this.start();
      const text = this.CONSUME(token.Number).image;
      const unit = this.OPTION(() => identifierOf(this.CONSUME(token.Unit)));
      return {
        kind: "NumberLiteral",
        text,
        value: Number(text.replaceAll("_", "")),
        ...(unit && { unit }),
        span: this.since(start),
      };
    },
    plain,
  );

  readonly text = this.RULE(
    "text",
    (): StringLiteral => {
      const start = this.start();
      const image = this.CONSUME(token.String).image;
      return { kind: "StringLiteral", value: unquoted(image), span: this.since(start) };
    },
    plain,
  );

  readonly simplePath = this.RULE(
    "simplePath",
    (): Path => {
      const start = this.start();
      const segments = [segmentOf(this.name("inherited"))];
      this.MANY(() => {
        this.CONSUME(token.Dot);
        segments.push(segmentOf(this.name("inherited", 1)));
      });
      return { kind: "Path", segments, span: this.since(start) };
    },
    plain,
  );
}

function segmentOf(name: Identifier): PathSegment {
  return { kind: "PathSegment", name, span: name.span };
}

export function identifierOf(found: IToken): Identifier {
  return { kind: "Identifier", text: found.image, span: { start: found.startOffset, end: endOf(found) } };
}

const escaped: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };

function unquoted(image: string): string {
  const closed = image.length > 1 && image.endsWith('"');
  const inside = image.slice(1, closed ? -1 : undefined);
  return inside.replace(/\\(.)/g, (_, character: string) => escaped[character] ?? character);
}

export { token, word };
