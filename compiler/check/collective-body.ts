/** The statements of a collective, made ready to run: names resolved to slots, mistakes of the text found. */
import type { Expr, LocalEquation, RoundStatement, SendStatement, Span } from "../../grammar/ast.js";
import type { CollectiveIR, Word } from "./ir.js";
import {
  compileCondition,
  compileNumber,
  type ArithmeticScope,
  type BodyMistake,
  type Compiled,
  type Slot,
} from "./rank-arithmetic.js";

export interface CollectiveBody {
  readonly steps: readonly BodyStep[];
  /** Slots of what the use of the word gives: n, the sizes of its levels, root, target, offset. Slot 0 is `rank`. */
  readonly given: ReadonlyMap<string, number>;
  readonly slotCount: number;
  /** Every send is of all there is, `x[..]`. */
  readonly sendsAll: boolean;
  readonly mistakes: readonly BodyMistake[];
}

export type BodyStep =
  | { readonly kind: "send"; readonly send: CompiledSend }
  /** All sends in it are of one round. */
  | { readonly kind: "round"; readonly body: readonly BodyStep[] }
  | {
      readonly kind: "loop";
      readonly slot: number;
      readonly low: Compiled;
      readonly high: Compiled;
      readonly inclusive: boolean;
      readonly body: readonly BodyStep[];
    }
  | { readonly kind: "let"; readonly slot: number; readonly value: Compiled }
  | { readonly kind: "require"; readonly condition: Compiled; readonly expr: Expr };

export interface CompiledSend {
  readonly span: Span;
  /** Names that hang on `rank`, in order: set before anything else of the send is asked for. */
  readonly names: readonly { readonly slot: number; readonly value: Compiled }[];
  /** One sender; absent: every rank. */
  readonly source?: Compiled;
  readonly guard?: Compiled;
  readonly target: Compiled;
  readonly combining: boolean;
  /** Chunks by their indices, or, in a scan, sides of the sender that are joined, left to right. */
  readonly value: { readonly chunks: readonly IndexSet[] } | { readonly sides: readonly ScanSide[] };
}
export type ScanSide = "input" | "output";
/** One index, those from low to high, or all there are. */
export type IndexSet =
  | { readonly kind: "one"; readonly index: Compiled }
  | { readonly kind: "range"; readonly low: Compiled; readonly high: Compiled; readonly inclusive: boolean }
  | { readonly kind: "all" };

export const rankSlot = 0;

const combiningWords: ReadonlySet<Word> = new Set(["reduce_scatter", "all_reduce", "reduce", "scan"]);

const bodies = new WeakMap<CollectiveIR, CollectiveBody>();

/** Pure in the collective, and kept: a collective is run at many sizes. */
export function bodyOf(collective: CollectiveIR): CollectiveBody {
  let body = bodies.get(collective);
  if (body === undefined) bodies.set(collective, (body = new BodyCompiler(collective).compile()));
  return body;
}

interface Scope {
  readonly names: Map<string, Slot>;
  readonly perRank: { slot: number; value: Compiled }[];
}

class BodyCompiler {
  private readonly mistakes: BodyMistake[] = [];
  private readonly given = new Map<string, number>();
  private slotCount = 1;
  private readonly sent: CompiledSend["value"][] = [];

  constructor(private readonly collective: CollectiveIR) {}

  compile(): CollectiveBody {
    const { over, levels, root, target, offset, body } = this.collective;
    const names = new Map<string, Slot>([["rank", { slot: rankSlot, perRank: true }]]);
    for (const name of [over, ...levels, root, target, offset]) {
      if (name === undefined) continue;
      if (names.has(name)) this.refuseTwice(name, this.collective.location.span);
      const slot = this.slotCount++;
      this.given.set(name, slot);
      names.set(name, { slot, perRank: false });
    }
    const steps = this.statements(body, { names, perRank: [] });
    const sendsAll =
      this.sent.length > 0 &&
      this.sent.every((value) => "chunks" in value && value.chunks.every(({ kind }) => kind === "all"));
    return { steps, given: this.given, slotCount: this.slotCount, sendsAll, mistakes: this.mistakes };
  }

  private statements(statements: readonly RoundStatement[], outside: Scope): BodyStep[] {
    const scope: Scope = { names: new Map(outside.names), perRank: [...outside.perRank] };
    return statements.flatMap((statement): BodyStep[] => {
      switch (statement.kind) {
        case "SendStatement":
          return [{ kind: "send", send: this.send(statement, scope) }];
        case "RoundGroup":
          return [
            { kind: "round", body: statement.sends.map((send) => ({ kind: "send", send: this.send(send, scope) })) },
          ];
        case "RoundBlock":
          return [{ kind: "round", body: this.statements(statement.body, scope) }];
        case "RoundLoop": {
          const { range, variable } = statement;
          if (range.kind !== "RangeExpr") return this.refuse(range.span, "a loop of rounds takes a range");
          const low = this.sameOnAll(range.low, scope, "the bounds of a loop");
          const high = this.sameOnAll(range.high, scope, "the bounds of a loop");
          if (scope.names.has(variable.text)) this.refuseTwice(variable.text, variable.span);
          const slot = this.slotCount++;
          const inside: Scope = { ...scope, names: new Map(scope.names).set(variable.text, { slot, perRank: false }) };
          const body = this.statements(statement.body, inside);
          return [{ kind: "loop", slot, low, high, inclusive: range.inclusive, body }];
        }
        case "RequireStatement": {
          const condition = compileCondition(statement.condition, this.arithmetic(scope));
          if (condition.perRank)
            return this.refuse(statement.condition.span, "`require` is about sizes, not about `rank`");
          return [{ kind: "require", condition, expr: statement.condition }];
        }
        case "LocalEquation":
          return this.name(statement, scope);
      }
    });
  }

  /** Adds a name to the scope of the statements that follow. */
  private name({ name, value: expr }: LocalEquation, scope: Scope): BodyStep[] {
    const value = compileNumber(expr, this.arithmetic(scope));
    if (scope.names.has(name.text)) this.refuseTwice(name.text, name.span);
    const slot = this.slotCount++;
    scope.names.set(name.text, { slot, perRank: value.perRank });
    if (!value.perRank) return [{ kind: "let", slot, value }];
    scope.perRank.push({ slot, value });
    return [];
  }

  private send(statement: SendStatement, scope: Scope): CompiledSend {
    const { collective } = this;
    const { source, guard, into } = statement;
    const arithmetic = this.arithmetic(scope);
    const isScan = collective.word === "scan";
    if (statement.combining && !combiningWords.has(collective.word))
      this.refuse(statement.span, `\`${collective.word}\` combines nothing`);
    if (into !== undefined ? into.text !== collective.output : isScan)
      this.refuse((into ?? statement).span, `what is delivered goes \`to ${collective.output} at ..\``);
    const value = isScan
      ? { sides: this.sides(statement.value) }
      : { chunks: this.chunks(statement.value, arithmetic) };
    this.sent.push(value);
    return {
      span: statement.span,
      names: [...scope.perRank],
      ...(source && { source: this.sameOnAll(source, scope, "the one sender") }),
      ...(guard && { guard: compileCondition(guard, arithmetic) }),
      target: compileNumber(statement.target, arithmetic),
      combining: statement.combining,
      value,
    };
  }

  /** `x`, `y`, `combine(y, x)`. */
  private sides(value: Expr): ScanSide[] {
    const { input, output } = this.collective;
    if (value.kind === "NameExpr" && value.name.text === input) return ["input"];
    if (value.kind === "NameExpr" && value.name.text === output) return ["output"];
    const joins = value.kind === "CallExpr" && value.callee.kind === "NameExpr" && value.callee.name.text === "combine";
    if (joins && value.arguments.length === 2)
      return value.arguments.flatMap((argument) => this.sides(argument)).slice(0, 2);
    this.refuse(value.span, `what a scan sends is ${input}, ${output} or combine(${output}, ${input})`);
    return ["input"];
  }

  private chunks(value: Expr, arithmetic: ArithmeticScope): IndexSet[] {
    const { input, word } = this.collective;
    const count = word === "all_to_all" ? 2 : 1;
    const isInput = value.kind === "IndexExpr" && value.object.kind === "NameExpr" && value.object.name.text === input;
    if (!isInput || value.indices.length !== count) {
      this.refuse(value.span, `what is sent must be ${input}[..] with ${count === 1 ? "one index" : "two indices"}`);
      return Array.from({ length: count }, (): IndexSet => ({ kind: "all" }));
    }
    return value.indices.map((index): IndexSet => {
      if (index.kind === "Ellipsis") return { kind: "all" };
      if (index.kind !== "RangeExpr") return { kind: "one", index: compileNumber(index, arithmetic) };
      const low = compileNumber(index.low, arithmetic);
      const high = compileNumber(index.high, arithmetic);
      return { kind: "range", low, high, inclusive: index.inclusive };
    });
  }

  private sameOnAll(expr: Expr, scope: Scope, what: string): Compiled {
    const compiled = compileNumber(expr, this.arithmetic(scope));
    if (compiled.perRank) this.refuse(expr.span, `${what} must be the same on all ranks`);
    return compiled;
  }

  private arithmetic({ names }: Scope): ArithmeticScope {
    return { names, report: (mistake) => void this.mistakes.push(mistake) };
  }

  private refuseTwice(name: string, span: Span): void {
    this.refuse(span, `\`${name}\` stands for something here already`);
  }

  private refuse(span: Span, message: string): [] {
    this.mistakes.push({ span, message });
    return [];
  }
}
