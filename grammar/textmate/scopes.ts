/** Every scope that a rule may give. Themes know their first two parts, so a new one takes those of what it looks like. */
export type Scope =
  | "comment.line.double-slash.stretto"
  | "comment.line.documentation.stretto"
  | "string.quoted.double.stretto"
  | "constant.character.escape.stretto"
  | "constant.numeric.stretto"
  | "keyword.other.unit.stretto"
  | "storage.type.dtype.stretto"
  | "keyword.declaration.stretto"
  | "keyword.other.clause.stretto"
  | "keyword.other.property.stretto"
  | "keyword.control.verb.stretto"
  | "keyword.other.claim.stretto"
  | "keyword.operator.word.stretto"
  | "keyword.operator.stretto"
  | "punctuation.separator.stretto"
  | "entity.name.type.declared.stretto"
  | "entity.name.function.call.stretto"
  | "variable.other.member.stretto"
  | "variable.other.name.stretto"
  | MarkdownScope;

/** Of a fence in Markdown, as the grammars of other languages call them there. */
export type MarkdownScope =
  | "markup.fenced_code.block.markdown"
  | "punctuation.definition.markdown"
  | "fenced_code.block.language.markdown"
  | "fenced_code.block.language.attributes.markdown"
  | "meta.embedded.block.stretto";

export interface Capture {
  readonly name?: Scope;
  readonly patterns?: readonly Rule[];
}
export type Captures = Readonly<Record<string, Capture>>;

/** A rule of a TextMate grammar, as editors read it from JSON. */
export type Rule =
  | { readonly include: string }
  | { readonly name?: Scope; readonly match: string; readonly captures?: Captures }
  | {
      readonly name?: Scope;
      readonly contentName?: Scope;
      readonly begin: string;
      readonly end?: string;
      /** Lines after the first go on as long as it matches. */
      readonly while?: string;
      readonly beginCaptures?: Captures;
      readonly endCaptures?: Captures;
      readonly patterns?: readonly Rule[];
    };

export interface TextMateGrammar {
  readonly name: string;
  readonly scopeName: string;
  readonly injectionSelector?: string;
  readonly patterns: readonly Rule[];
  readonly repository?: Readonly<Record<string, { readonly patterns: readonly Rule[] }>>;
}
