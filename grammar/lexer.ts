import { createToken, EOF, Lexer, type IToken, type TokenType } from "chevrotain";
import type { Comment } from "./ast.js";
import { maximumProblems, type SyntaxProblem } from "./problems.js";
import { keywords, literals, symbols, type Keyword, type SymbolName } from "./tokens.js";
import { units } from "./units.js";

/** A token, with what the parser asks of its surroundings. */
export interface SourceToken extends IToken {
  /** True where a line break stands between the token before and this one. */
  startsLine?: boolean;
  /** Text of the `///` lines right before. */
  doc?: string;
  /** On an opening bracket: how many tokens on its closing one is. */
  closesAfter?: number;
}

/** Between two operands. */
const BinaryOperator = createToken({ name: "BinaryOperator", pattern: Lexer.NA, label: "an operator" });

const Identifier = createToken({
  name: "Identifier",
  pattern: literals.Identifier.pattern,
  label: literals.Identifier.label,
});

/** Token types of the words, by text. */
export const word = Object.fromEntries(
  Object.entries(keywords).map(([text, entry]) => {
    const reserved = "reserved" in entry;
    const binary = text === "and" || text === "or";
    const categories = reserved ? (binary ? [BinaryOperator] : []) : [Identifier];
    return [
      text,
      createToken({ name: `word ${text}`, pattern: text, longer_alt: Identifier, categories, label: `\`${text}\`` }),
    ];
  }),
) as Record<Keyword, TokenType>;

const symbolTypes = Object.fromEntries(
  Object.entries(symbols).map(([name, entry]) => [
    name,
    createToken({
      name,
      pattern: entry.pattern,
      label: `\`${entry.pattern}\``,
      categories: "binary" in entry ? [BinaryOperator] : [],
    }),
  ]),
) as Record<SymbolName, TokenType>;

const NumberToken = createToken({ name: "Number", pattern: literals.Number.pattern, label: literals.Number.label });
const StringToken = createToken({ name: "String", pattern: literals.String.pattern, label: literals.String.label });
const UnterminatedString = createToken({
  name: "UnterminatedString",
  pattern: /"(?:[^"\\\n\r]|\\[^\n\r])*\\?/,
  categories: [StringToken],
});

const unitPattern = new RegExp(
  `(?:${units
    .map((unit) => unit.name)
    .filter((name) => name !== "%")
    .sort((a, b) => b.length - a.length)
    .join("|")})(?![A-Za-z0-9_])|%(?![ \\t]*(?!of\\b)[A-Za-z0-9_(])`,
  "y",
);
const Unit = createToken({
  name: "Unit",
  label: "a unit",
  pattern: (text, offset, matched) => {
    const number = matched[matched.length - 1];
    if (number?.tokenType !== NumberToken || hasLineBreak(text, endOf(number), offset)) return null;
    unitPattern.lastIndex = offset;
    return unitPattern.exec(text);
  },
  start_chars_hint: [...new Set(units.map((unit) => unit.name.charAt(0)))],
  line_breaks: false,
});

const WhiteSpace = createToken({ name: "WhiteSpace", pattern: /[ \t\r\n\uFEFF]+/, group: Lexer.SKIPPED });
const CommentToken = createToken({ name: "Comment", pattern: /\/\/[^\r\n]*/, group: "comments" });

/** Not of the language, but others have it: as one token, it is one mistake. Without its end it reaches that of the text. */
const BlockComment = createToken({
  name: "BlockComment",
  pattern: (text, offset) => {
    if (!text.startsWith("/*", offset)) return null;
    const end = text.indexOf("*/", offset + 2);
    return [text.slice(offset, end < 0 ? text.length : end + 2)];
  },
  start_chars_hint: ["/"],
  line_breaks: true,
});

/** Whatever nothing else matches, so that the lexer itself never fails. Runs of foreign letters are one token. */
const Unknown = createToken({
  name: "Unknown",
  // oxlint-disable-next-line no-control-regex -- control characters are exactly what is meant
  pattern: /[^\x00-\x7F]+|[^\x00-\x7F]|[\x00-\x08\x0B\x0C\x0E-\x1F\x7F!@#$^?'\\`|~]/,
  start_chars_hint: unknownStarts(),
});

function unknownStarts(): number[] {
  const codes = [..."!@#$^?'\\`|~"].map((character) => character.charCodeAt(0));
  for (let code = 0; code < 0x10000; code++) if (code < 0x20 || code > 0x7e) codes.push(code);
  return codes;
}

export const token = {
  ...symbolTypes,
  Identifier,
  BinaryOperator,
  Number: NumberToken,
  String: StringToken,
  Unit,
};

/** What the parser is built over. */
export const parserVocabulary: TokenType[] = [
  ...Object.values(symbolTypes),
  ...Object.values(word),
  Unit,
  NumberToken,
  StringToken,
  UnterminatedString,
  Identifier,
  BinaryOperator,
];

const lexer = new Lexer(
  [
    WhiteSpace,
    CommentToken,
    BlockComment,
    Unit,
    ...Object.values(symbolTypes),
    // A word that begins another one (`over`, `overlap`) must be tried after it.
    ...Object.values(word).sort((a, b) => (b.PATTERN as string).length - (a.PATTERN as string).length),
    NumberToken,
    StringToken,
    UnterminatedString,
    Identifier,
    BinaryOperator,
    Unknown,
  ],
  { positionTracking: "onlyOffset", ensureOptimizations: true, skipValidations: false },
);

export interface TokenizedText {
  /** Without comments and unknown characters. Empty where there are more problems than anyone reads. */
  readonly tokens: readonly SourceToken[];
  readonly comments: readonly Comment[];
  readonly problems: readonly SyntaxProblem[];
}

/**
 * Cuts a text, or the part of it from one offset to another, into tokens. Never fails: what is wrong is in `problems`.
 * A part is to begin and to end between tokens.
 */
export function tokenize(text: string, from = 0, to = text.length): TokenizedText {
  const result = lexer.tokenize(text.slice(from, to));
  const comments = (result.groups["comments"] ?? []).map((comment) => commentOf(text, movedBy(comment, from)));
  const problems: SyntaxProblem[] = [];
  const tokens: SourceToken[] = [];
  let previousEnd = from;
  let nextComment = 0;
  const documentation: string[] = [];
  for (const found of result.tokens as SourceToken[]) {
    const end = endOf(movedBy(found, from));
    while (nextComment < comments.length && comments[nextComment]!.span.start < found.startOffset) {
      const comment = comments[nextComment++]!;
      if (comment.ownLine && comment.text.startsWith("///")) documentation.push(comment.text.slice(3).trim());
      else documentation.length = 0;
    }
    if (found.tokenType === BlockComment) {
      problems.push({ kind: "block-comment", span: { start: found.startOffset, end } });
      if (problems.length >= maximumProblems) return { tokens: [], comments, problems };
      continue;
    }
    if (found.tokenType === Unknown) {
      const span = { start: found.startOffset, end };
      problems.push({ kind: "unknown-character", span, found: shown(found.image) });
      if (problems.length >= maximumProblems) return { tokens: [], comments, problems };
      continue;
    }
    if (found.tokenType === UnterminatedString) {
      problems.push({ kind: "unterminated-string", span: { start: found.startOffset, end } });
      if (problems.length >= maximumProblems) return { tokens: [], comments, problems };
    }
    found.image = apart(found.image);
    if (documentation.length > 0) found.doc = documentation.splice(0).join("\n");
    if (hasLineBreak(text, previousEnd, found.startOffset)) found.startsLine = true;
    previousEnd = end;
    tokens.push(found);
  }
  return { tokens, comments, problems };
}

/** Pieces of a text this long or longer are kept by V8 as a view of the text, all of which lives as long as they do. */
const shortestView = 13;

/** The same characters, apart from the text they were read from: trees outlive it in an editor, one text for each edit. */
function apart(image: string): string {
  return image.length < shortestView ? image : `${image} `.slice(0, -1);
}

function movedBy<T extends IToken>(found: T, offset: number): T {
  found.startOffset += offset;
  found.endOffset = found.endOffset! + offset;
  return found;
}

/** Notes on each opening bracket where it closes, if that is among these tokens. */
export function matchBrackets(tokens: readonly SourceToken[]): void {
  const { LeftParenthesis, LeftBracket, LeftBrace, RightParenthesis, RightBracket, RightBrace } = symbolTypes;
  const closing = new Map([
    [LeftParenthesis, RightParenthesis],
    [LeftBracket, RightBracket],
    [LeftBrace, RightBrace],
  ]);
  const open: number[] = [];
  for (let index = 0; index < tokens.length; index++) {
    const type = tokens[index]!.tokenType;
    if (closing.has(type)) {
      delete tokens[index]!.closesAfter;
      open.push(index);
    } else if (type === RightParenthesis || type === RightBracket || type === RightBrace) {
      const at = open.at(-1);
      if (at !== undefined && closing.get(tokens[at]!.tokenType) === type) {
        open.pop();
        tokens[at]!.closesAfter = index - at;
      }
    }
  }
}

function commentOf(text: string, found: IToken): Comment {
  const written = found.image.trimEnd();
  const end = found.startOffset + written.length;
  let before = found.startOffset - 1;
  while (before >= 0 && (text[before] === " " || text[before] === "\t" || text[before] === "\uFEFF")) before--;
  const ownLine = before < 0 || text[before] === "\n" || text[before] === "\r";
  return { kind: "Comment", span: { start: found.startOffset, end }, text: apart(written), ownLine };
}

function hasLineBreak(text: string, start: number, end: number): boolean {
  for (let index = start; index < end; index++) {
    const code = text.charCodeAt(index);
    if (code === 10 || code === 13) return true;
  }
  return false;
}

/** Offset just after a token. */
export function endOf(found: IToken): number {
  return found.startOffset + found.image.length;
}

/** How a message shows what stands there. */
export function shown(image: string): string {
  return `\`${image.length > 24 ? `${image.slice(0, 24)}…` : image}\``;
}

/** How a message names a kind of token. */
export function labelOf(type: TokenType): string {
  if (type === EOF) return "the end";
  return type.LABEL ?? `\`${type.name}\``;
}
