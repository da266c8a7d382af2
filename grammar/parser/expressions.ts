import type { IToken, ParserMethod, TokenType } from "chevrotain";
import type {
  Assignment,
  BinaryOperator,
  Binder,
  BlockExpr,
  Ellipsis,
  Expr,
  ForExpr,
  Identifier,
  LayerStatement,
  LocalEquation,
} from "../ast.js";
import { standsFor } from "../roles.js";
import { additive, comparison, multiplicative, precedence, reductionFollowers } from "./operators.js";
import { joined, type Operand } from "./join-operands.js";
import { ArgumentRules } from "./arguments.js";
import { plain, token, word } from "./base.js";

const followers: ReadonlySet<TokenType> = new Set(reductionFollowers.map((text) => word[text]));

/** Declarations whose expressions are mathematics; elsewhere `x[i]` before a name is no reduction. */
const mathematical: ReadonlySet<TokenType> = new Set([word.op, word.opaque, word.monoid, word.ordered, word.layer]);

/** What may stand between `<` and `>` of type arguments. */
const typeArgumentTokens: ReadonlySet<TokenType> = new Set([
  ...[
    token.Identifier,
    token.Number,
    token.Unit,
    token.Dot,
    token.Comma,
    token.Plus,
    token.Minus,
    token.Star,
    token.Slash,
  ],
  ...[token.LeftParenthesis, token.RightParenthesis, token.LeftBracket, token.RightBracket],
]);
const longestTypeArguments = 64;

/** Expressions, and the loops that stand in them. */
export abstract class ExpressionRules extends ArgumentRules {
  abstract readonly layerBody: ParserMethod<[], LayerStatement[]>;

  readonly expression = this.RULE(
    "expression",
    (): Expr => {
      const start = this.start();
      const low = this.SUBRULE(this.binary, { ARGS: [0] });
      const range = this.OPTION(() => {
        const dots = this.OR([{ ALT: () => this.CONSUME(token.Dots) }, { ALT: () => this.CONSUME(token.UpTo) }]);
        return { dots, high: this.SUBRULE1(this.binary, { ARGS: [additive] }) };
      });
      return this.ACTION((): Expr => {
        if (range === undefined) return low;
        const inclusive = range.dots.tokenType === token.Dots;
        const span = this.since(Math.min(start, low.span.start));
        return { kind: "RangeExpr", low, high: range.high, inclusive, span };
      });
    },
    plain,
  );

  /** Operands joined by operators that bind at least as tightly as `minimum`. */
  readonly binary = this.RULE(
    "binary",
    (minimum: number): Expr => {
      const operands: Operand[] = [];
      const operators: IToken[] = [];
      const first = this.start();
      operands.push({ value: this.SUBRULE(this.unary), span: this.since(first) });
      this.MANY({
        GATE: () => this.bindsAtLeast(minimum),
        DEF: () => {
          operators.push(this.CONSUME(token.BinaryOperator));
          this.allowLinks(operators.length);
          const start = this.start();
          operands.push({ value: this.SUBRULE1(this.unary), span: this.since(start) });
        },
      });
      return this.ACTION(() => joined(operands, operators));
    },
    plain,
  );

  readonly unary = this.RULE(
    "unary",
    (): Expr => {
      const start = this.start();
      if (!this.RECORDING_PHASE && !this.opensOperand()) {
        this.report("an expression");
        return { kind: "MissingExpr", span: { start: this.previousEnd(), end: this.previousEnd() } };
      }
      return this.deeper(() =>
        this.OR<Expr>([
          {
            ALT: () => {
              this.CONSUME(token.Minus);
              const operand = this.SUBRULE(this.unary);
              return { kind: "UnaryExpr", operator: "-", operand, span: this.since(start) };
            },
          },
          {
            ALT: () => {
              this.CONSUME(word.not);
              const operand = this.SUBRULE(this.binary, { ARGS: [comparison] });
              return { kind: "UnaryExpr", operator: "not", operand, span: this.since(start) };
            },
          },
          { GATE: () => this.opensReduction(), ALT: () => this.SUBRULE(this.reduction) },
          { ALT: () => this.SUBRULE(this.forExpression) },
          { ALT: () => this.SUBRULE(this.postfix) },
        ]),
      );
    },
    plain,
  );

  readonly reduction = this.RULE(
    "reduction",
    (): Expr => {
      const start = this.start();
      const monoid = this.name("monoid");
      this.CONSUME(token.LeftBracket);
      const binders = this.enclosed(0, () => this.SUBRULE(this.binder));
      const guard = this.OPTION(() => {
        this.CONSUME(word.where);
        return this.SUBRULE(this.expression);
      });
      this.CONSUME(token.RightBracket);
      const body = this.SUBRULE(this.binary, { ARGS: [multiplicative] });
      return { kind: "ReductionExpr", monoid, binders, ...(guard && { guard }), body, span: this.since(start) };
    },
    plain,
  );

  readonly binder = this.RULE(
    "binder",
    (): Binder => {
      const start = this.start();
      const name = this.name("index");
      const range = this.OPTION(() => {
        this.CONSUME(word.in);
        return this.SUBRULE(this.expression);
      });
      return { kind: "Binder", name, ...(range && { range }), span: this.since(start) };
    },
    plain,
  );

  readonly postfix = this.RULE(
    "postfix",
    (): Expr => {
      const start = this.start();
      let value = this.SUBRULE(this.primary);
      let links = 0;
      this.MANY({
        GATE: () => this.continuesOperand(),
        DEF: () => {
          const object = value;
          this.allowLinks(++links);
          value = this.OR<Expr>([
            {
              ALT: () => {
                this.CONSUME(token.Dot);
                return { kind: "MemberExpr", object, member: this.SUBRULE(this.member), span: this.since(start) };
              },
            },
            {
              ALT: () => {
                this.CONSUME(token.LeftBracket);
                const indices = this.enclosed(0, () => this.SUBRULE(this.index));
                this.CONSUME(token.RightBracket);
                return { kind: "IndexExpr", object, indices, span: this.since(start) };
              },
            },
            {
              ALT: () => {
                this.CONSUME(token.LeftParenthesis);
                const args = this.enclosed(1, () => this.SUBRULE(this.argument));
                this.CONSUME(token.RightParenthesis);
                return { kind: "CallExpr", callee: object, arguments: args, span: this.since(start) };
              },
            },
            {
              ALT: () => {
                this.CONSUME(token.Less);
                const typeArguments = this.enclosed(2, () => this.SUBRULE(this.binary, { ARGS: [additive] }));
                this.CONSUME(token.Greater);
                this.CONSUME1(token.LeftParenthesis);
                const args = this.enclosed(3, () => this.SUBRULE1(this.argument));
                this.CONSUME1(token.RightParenthesis);
                return { kind: "CallExpr", callee: object, typeArguments, arguments: args, span: this.since(start) };
              },
            },
          ]);
        },
      });
      return value;
    },
    plain,
  );

  /** A name, or the two words of a derivative: `g.d w` (later). */
  readonly member = this.RULE(
    "member",
    (): Identifier => {
      const first = this.name("member");
      const second = this.OPTION({
        GATE: () => first.text === "d" && this.next().tokenType === token.Identifier && this.onSameLine(),
        DEF: () => this.name("member", 1),
      });
      if (second === undefined) return first;
      return this.ACTION(() => {
        const span = { start: first.span.start, end: second.span.end };
        return { kind: "Identifier", text: `d ${second.text}`, span };
      });
    },
    plain,
  );

  readonly primary = this.RULE(
    "primary",
    (): Expr => {
      const start = this.start();
      return this.OR<Expr>([
        { ALT: () => this.SUBRULE(this.number) },
        { ALT: () => this.SUBRULE(this.text) },
        { ALT: () => this.SUBRULE(this.block) },
        { ALT: () => this.SUBRULE(this.group) },
        {
          ALT: () => {
            const name = this.name("expression");
            return { kind: "NameExpr", name, span: this.since(start) };
          },
        },
      ]);
    },
    plain,
  );

  /** `(a)` is `a`; `(a, b)`, `(a,)` and `()` are tuples. */
  readonly group = this.RULE(
    "group",
    (): Expr => {
      const start = this.start();
      this.CONSUME(token.LeftParenthesis);
      let elements: Expr[] = [];
      this.OPTION(() => {
        elements = this.enclosed(0, () => this.SUBRULE(this.expression));
      });
      const trailingComma = this.nextIsAfterComma();
      this.CONSUME(token.RightParenthesis);
      if (elements.length === 1 && !trailingComma) return elements[0]!;
      return { kind: "TupleExpr", elements, span: this.since(start) };
    },
    plain,
  );

  readonly block = this.RULE(
    "block",
    (): BlockExpr => {
      const start = this.start();
      this.CONSUME(token.LeftBrace);
      const equations: LocalEquation[] = [];
      this.MANY(() => {
        equations.push(this.SUBRULE(this.localEquation));
        this.OPTION(() => this.CONSUME(token.Semicolon));
      });
      const result = this.SUBRULE(this.expression);
      this.CONSUME(token.RightBrace);
      return { kind: "BlockExpr", equations, result, span: this.since(start) };
    },
    plain,
  );

  readonly localEquation = this.RULE(
    "localEquation",
    (): LocalEquation => {
      const start = this.start();
      this.CONSUME(word.let);
      const name = this.name("new");
      let indices: (Identifier | Ellipsis)[] = [];
      this.OPTION(() => {
        this.CONSUME(token.LeftBracket);
        indices = this.enclosed(0, () =>
          this.OR<Identifier | Ellipsis>([
            { ALT: () => this.SUBRULE(this.ellipsis) },
            { ALT: () => this.name("index", 1) },
          ]),
        );
        this.CONSUME(token.RightBracket);
      });
      this.CONSUME(token.Equal);
      const value = this.SUBRULE(this.expression);
      return { kind: "LocalEquation", name, indices, value, span: this.since(start) };
    },
    plain,
  );

  readonly ellipsis = this.RULE(
    "ellipsis",
    (): Ellipsis => {
      const start = this.start();
      this.CONSUME(token.Dots);
      return { kind: "Ellipsis", span: this.since(start) };
    },
    plain,
  );

  readonly index = this.RULE(
    "index",
    (): Expr | Ellipsis =>
      this.OR<Expr | Ellipsis>([
        { ALT: () => this.SUBRULE(this.ellipsis) },
        { ALT: () => this.SUBRULE(this.expression) },
      ]),
    plain,
  );

  readonly forExpression = this.RULE(
    "forExpression",
    (): ForExpr => {
      const start = this.start();
      this.CONSUME(word.for);
      const variable = this.name("new");
      this.CONSUME(word.in);
      const range = this.SUBRULE(this.expression);
      let carried: Assignment[] = [];
      this.OPTION(() => {
        this.CONSUME(word.with);
        carried = this.separated(0, () => this.SUBRULE(this.assignment, standsFor("new")));
      });
      const body = this.SUBRULE(this.layerBody);
      return { kind: "ForExpr", variable, range, carried, body, span: this.since(start) };
    },
    plain,
  );

  readonly assignment = this.RULE(
    "assignment",
    (): Assignment => {
      const start = this.start();
      const name = this.name("inherited");
      this.CONSUME(token.Equal);
      const value = this.SUBRULE(this.expression);
      return { kind: "Assignment", name, value, span: this.since(start) };
    },
    plain,
  );

  /** Whether the next token is an operator that binds at least as tightly. */
  protected bindsAtLeast(minimum: number): boolean {
    return precedence[this.LA(1).image as BinaryOperator] >= minimum;
  }

  protected opensOperand(ahead = 1): boolean {
    const { tokenType } = this.LA(ahead);
    return (
      this.nextIsName(ahead) ||
      tokenType === token.Number ||
      this.nextIs(token.String, ahead) ||
      tokenType === token.LeftParenthesis ||
      tokenType === token.LeftBrace ||
      tokenType === token.Minus ||
      tokenType === word.not ||
      tokenType === word.for
    );
  }

  /** `sum[k] a[k]`: after the bracket closes, and on its line, an operand begins. */
  private opensReduction(): boolean {
    if (!mathematical.has(this.declarationOpener()) || !this.nextIsName() || !this.nextIs(token.LeftBracket, 2)) {
      return false;
    }
    const closes = this.next(2).closesAfter;
    if (closes === undefined || closes === 1) return false;
    const body = 2 + closes + 1;
    if (!this.onSameLine(body) || followers.has(this.LA(body).tokenType)) return false;
    return this.opensOperand(body) && !this.nextIs(token.Minus, body) && !this.nextIs(token.LeftBrace, body);
  }

  /** A call's or an index's bracket stands on the line of what it belongs to. */
  private continuesOperand(): boolean {
    if (this.nextIs(token.Dot)) return true;
    if (this.nextIs(token.Less)) return this.opensTypeArguments();
    return this.onSameLine() && (this.nextIs(token.LeftParenthesis) || this.nextIs(token.LeftBracket));
  }

  /** `f<a, b>(x)` is a call, `a < b` a comparison: type arguments touch what they belong to. */
  private opensTypeArguments(): boolean {
    if (this.next().startOffset > this.previousEnd()) return false;
    for (let ahead = 2; ahead < longestTypeArguments; ahead++) {
      if (this.nextIs(token.Greater, ahead)) {
        return ahead > 2 && this.nextIs(token.LeftParenthesis, ahead + 1) && this.onSameLine(ahead + 1);
      }
      if (!typeArgumentTokens.has(this.LA(ahead).tokenType) && !this.nextIsName(ahead)) return false;
    }
    return false;
  }

  private nextIsAfterComma(): boolean {
    return this.LA(0).tokenType === token.Comma;
  }
}
