import type { IToken, TokenType } from "chevrotain";
import type { BinaryOperator } from "../ast.js";
import { parserVocabulary, type SourceToken } from "../lexer.js";
import type { NameRole, StandsFor } from "../roles.js";
import { expectationOf, GrammarRecord, type Decision, type Expectation, type GrammarPlace } from "./first-tokens.js";
import { precedence } from "./operators.js";
import { StrettoParser } from "./stretto-parser.js";

/** Thrown, and caught, once all that may stand at the cursor is known. */
class CursorReached extends Error {}
/** One for all, for its stack is of no use and takes long to write down. */
const cursorReached = new CursorReached();

type Gate = (this: unknown) => boolean;
type Choice = { readonly GATE?: Gate; readonly ALT: () => unknown };
type Choices = readonly Choice[] | { readonly DEF: readonly Choice[] };
type Repeated = (() => unknown) | { readonly GATE?: Gate; readonly DEF: () => unknown };
type Separated = { readonly SEP: TokenType; readonly DEF: () => unknown };

/** Through these pass all decisions of a parser; Chevrotain leaves them out of its types. */
interface Engine {
  orInternal(choices: Choices, index: number): unknown;
  optionInternal(action: Repeated, index: number): unknown;
  manyInternal(index: number, action: Repeated): void;
  atLeastOneInternal(index: number, action: Repeated): void;
  atLeastOneSepFirstInternal(index: number, options: Separated): void;
  consumeInternal(type: TokenType, index: number, options: StandsFor | undefined): IToken;
  SAVE_ERROR(error: Error): Error;
}
interface Stacks {
  readonly RULE_STACK: readonly number[];
  readonly RULE_STACK_IDX: number;
  readonly RULE_OCCURRENCE_STACK: readonly number[];
  readonly shortRuleNameToFull: Readonly<Record<number, string>>;
}
/** Operators between operands, and how tightly they bind. */
const operators: readonly (readonly [TokenType, number])[] = parserVocabulary.flatMap((type) => {
  const binding = precedence[type.PATTERN as BinaryOperator] as number | undefined;
  return binding === undefined ? [] : [[type, binding] as const];
});

const engine = StrettoParser.prototype as unknown as Engine;

/**
 * The same grammar, read up to a token that stands for the cursor. Every decision that is made there is written down with
 * the tokens it was between, so what is found is what this very parser would take, its conditions included. What is wrong
 * before the cursor it recovers from as always.
 */
export class ExpectingParser extends StrettoParser {
  private readonly ownGrammar = new GrammarRecord(this.getGAstProductions());
  private cursor: IToken | undefined;
  private found: Expectation[] = [];
  /** The first token that was wrong. */
  private wrong: IToken | undefined;

  /**
   * Reads the tokens of a declaration.
   *
   * @returns what was found at the cursor, which is nothing where it was not reached, the first token that was wrong, and
   * the token after the declaration, where all of it was read
   */
  expectAt(
    tokens: SourceToken[],
    cursor: SourceToken,
  ): {
    readonly found: readonly Expectation[];
    readonly wrong: IToken | undefined;
    readonly after: IToken | undefined;
  } {
    this.startOn(tokens, tokens.length + 1);
    this.cursor = cursor;
    this.found = [];
    this.wrong = undefined;
    let after: IToken | undefined;
    try {
      this.declaration();
      after = this.LA(1);
      if (after === cursor) this.found.push(...this.ownGrammar.firstOfRule("declaration"));
    } catch (fault) {
      if (!(fault instanceof CursorReached)) throw fault;
    } finally {
      this.cursor = undefined;
    }
    return { found: this.found, wrong: this.wrong, after };
  }

  /** What a declaration may begin with. */
  declarationsStart(): readonly Expectation[] {
    return this.ownGrammar.firstOfRule("declaration");
  }

  private atCursor(): boolean {
    return this.cursor !== undefined && this.LA(1) === this.cursor;
  }

  private place(): GrammarPlace {
    const stacks = this as unknown as Stacks;
    const rules: string[] = [];
    let role: NameRole | undefined;
    for (let level = 0; level <= stacks.RULE_STACK_IDX; level++) {
      const rule = stacks.shortRuleNameToFull[stacks.RULE_STACK[level]!]!;
      if (level > 0)
        role = this.ownGrammar.roleOfCall(rules[level - 1]!, rule, stacks.RULE_OCCURRENCE_STACK[level]!) ?? role;
      rules.push(rule);
    }
    return { rules, role };
  }

  private note(decision: Decision, index: number, way = 0): void {
    const place = this.place();
    this.found.push(...this.ownGrammar.firstOf(place.rules.at(-1)!, decision, index, way, place));
  }

  /** The condition of an action that also takes note of the cursor: it is asked each time round. */
  private watched(decision: Decision, index: number, action: Repeated): Repeated {
    if (this.cursor === undefined) return action;
    const { GATE: gate, DEF } = typeof action === "function" ? { DEF: action } : action;
    const watching: Gate = () => {
      const open = gate === undefined || gate.call(this);
      if (open && this.atCursor()) this.note(decision, index);
      return open;
    };
    return { GATE: watching, DEF };
  }

  protected orInternal(choices: Choices, index: number): unknown {
    const ways = "DEF" in choices ? choices.DEF : choices;
    const isOpen = ({ GATE: gate }: Choice): boolean => gate === undefined || gate.call(this);
    if (this.atCursor()) {
      ways.forEach((choice, way) => {
        if (isOpen(choice)) this.note("or", index, way);
      });
      // One of them it must be, and none is empty. What an error would say of them takes long to find.
      throw cursorReached;
    }
    if (this.cursor !== undefined && this.LA(2) === this.cursor) {
      // Where two tokens decide, and the second is the cursor, the first does.
      const way = ways.findIndex((choice, way) => isOpen(choice) && this.mayBegin(index, way));
      if (way >= 0) return ways[way]!.ALT.call(this);
    }
    return engine.orInternal.call(this, choices, index);
  }

  private mayBegin(index: number, way: number): boolean {
    const place = this.place();
    const first = this.ownGrammar.firstOf(place.rules.at(-1)!, "or", index, way, place);
    return first.some(({ type }) => this.nextIs(type));
  }

  protected optionInternal(action: Repeated, index: number): unknown {
    return engine.optionInternal.call(this, this.watched("option", index, action), index);
  }

  protected manyInternal(index: number, action: Repeated): void {
    engine.manyInternal.call(this, index, this.watched("many", index, action));
  }

  protected atLeastOneInternal(index: number, action: Repeated): void {
    const watched = this.watched("atLeastOne", index, action);
    if (this.atCursor() && typeof watched === "object" && watched.GATE?.call(this)) throw cursorReached;
    engine.atLeastOneInternal.call(this, index, watched);
  }

  protected atLeastOneSepFirstInternal(index: number, options: Separated): void {
    if (this.atCursor()) {
      this.note("atLeastOneSeparated", index);
      throw cursorReached;
    }
    engine.atLeastOneSepFirstInternal.call(this, index, options);
    if (this.atCursor()) this.found.push(expectationOf(options.SEP, undefined, this.place()));
  }

  protected consumeInternal(type: TokenType, index: number, options: StandsFor | undefined): IToken {
    if (this.atCursor()) {
      this.found.push(expectationOf(type, options?.LABEL, this.place()));
      throw cursorReached;
    }
    return engine.consumeInternal.call(this, type, index, options);
  }

  /** It skips to the next item of a list, where the cursor may be in the broken one. */
  protected shouldInRepetitionRecoveryBeTried(): boolean {
    return false;
  }

  protected override mayBe(seen: boolean): boolean {
    return seen || this.atCursor();
  }

  /** Any operator that binds tightly enough may be about to be written. */
  protected override bindsAtLeast(minimum: number): boolean {
    if (this.atCursor()) {
      const place = this.place();
      for (const [type, binding] of operators) {
        if (binding >= minimum) this.found.push(expectationOf(type, undefined, place));
      }
    }
    return super.bindsAtLeast(minimum);
  }

  protected override SAVE_ERROR(error: Error & { readonly token?: IToken }): Error {
    // What is left after a declaration is no mistake of it.
    if (this.cursor !== undefined && error.name !== "NotAllInputParsedException") {
      if (error.token === this.cursor) throw cursorReached;
      this.wrong ??= error.token;
    }
    return engine.SAVE_ERROR.call(this, error);
  }
}
