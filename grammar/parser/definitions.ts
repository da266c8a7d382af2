import type {
  ApproximateSpec,
  Assignment,
  CollectiveDecl,
  Expr,
  Identifier,
  LayerDecl,
  LayerStatement,
  LocalEquation,
  MonoidDecl,
  MonoidRule,
  OpDecl,
  Parameter,
  StringLiteral,
} from "../ast.js";
import { standsFor } from "../roles.js";
import { plain, token, word } from "./base.js";
import { SizeRules } from "./sizes.js";

/** Monoids, ops, layers, collectives. */
export abstract class DefinitionRules extends SizeRules {
  readonly monoid = this.RULE(
    "monoid",
    (): MonoidDecl => {
      const start = this.start();
      const doc = this.doc();
      const ordered = this.OPTION(() => this.CONSUME(word.ordered)) !== undefined;
      this.CONSUME(word.monoid);
      const name = this.name("new");
      const state = this.SUBRULE(this.parameters);
      const parts: { identity?: Expr; combine?: MonoidRule; finish?: MonoidRule } = {};
      this.CONSUME(token.LeftBrace);
      this.MANY(() =>
        this.OR([
          { ALT: () => this.CONSUME(token.Semicolon) },
          {
            ALT: () => {
              this.CONSUME(word.identity);
              this.CONSUME(token.Equal);
              parts.identity = this.SUBRULE(this.expression);
            },
          },
          {
            ALT: () => {
              this.CONSUME(word.combine);
              parts.combine = this.SUBRULE(this.monoidRule);
            },
          },
          {
            ALT: () => {
              this.CONSUME(word.finish);
              parts.finish = this.SUBRULE1(this.monoidRule);
            },
          },
        ]),
      );
      this.CONSUME(token.RightBrace);
      return { kind: "MonoidDecl", ordered, name, state, ...parts, span: this.since(start), ...doc };
    },
    plain,
  );

  /** `(a, b) = a + b`, after its word. */
  readonly monoidRule = this.RULE(
    "monoidRule",
    (): MonoidRule => {
      const start = this.start();
      this.CONSUME(token.LeftParenthesis);
      const parameters = this.enclosed(0, () => this.name("new"));
      this.CONSUME(token.RightParenthesis);
      this.CONSUME(token.Equal);
      const body = this.SUBRULE(this.expression);
      return { kind: "MonoidRule", parameters, body, span: this.since(start) };
    },
    plain,
  );

  readonly op = this.RULE(
    "op",
    (): OpDecl => {
      const start = this.start();
      const doc = this.doc();
      const opaque = this.OPTION(() => this.CONSUME(word.opaque)) !== undefined;
      this.CONSUME(word.op);
      const name = this.name("new");
      const typeParameters = this.SUBRULE(this.typeParameters);
      const parameters = this.SUBRULE(this.parameters);
      this.CONSUME(token.Arrow);
      const result = this.SUBRULE(this.tensorType);
      const equations: LocalEquation[] = [];
      const body = this.OPTION1(() =>
        this.OR<Expr>([
          {
            ALT: () => {
              this.CONSUME(token.Equal);
              return this.SUBRULE(this.expression);
            },
          },
          {
            ALT: () => {
              this.CONSUME(token.LeftBrace);
              this.MANY(() => {
                equations.push(this.SUBRULE(this.localEquation));
                this.OPTION2(() => this.CONSUME(token.Semicolon));
              });
              this.CONSUME(word.return);
              const value = this.SUBRULE1(this.expression);
              this.CONSUME(token.RightBrace);
              return value;
            },
          },
        ]),
      );
      const guard = this.OPTION3(() => {
        this.CONSUME(word.where);
        return this.SUBRULE2(this.expression);
      });
      let cost: Assignment[] = [];
      this.OPTION4(() => {
        this.CONSUME(word.cost);
        cost = this.SUBRULE(this.settings, standsFor("cost"));
      });
      return {
        kind: "OpDecl",
        opaque,
        name,
        typeParameters,
        parameters,
        result,
        equations,
        ...(body && { body }),
        ...(guard && { guard }),
        cost,
        span: this.since(start),
        ...doc,
      };
    },
    plain,
  );

  readonly layer = this.RULE(
    "layer",
    (): LayerDecl => {
      const start = this.start();
      const doc = this.doc();
      this.CONSUME(word.layer);
      const name = this.name("new");
      const typeParameters = this.SUBRULE(this.typeParameters);
      let parameters: Parameter[] = [];
      let results: Parameter[] = [];
      let body: LayerStatement[] = [];
      const approximate = this.OR<ApproximateSpec | undefined>([
        {
          ALT: () => {
            this.CONSUME(token.Equal);
            return this.SUBRULE(this.approximation);
          },
        },
        {
          ALT: () => {
            parameters = this.SUBRULE(this.parameters);
            this.CONSUME(token.Arrow);
            results = this.OR1<Parameter[]>([
              { ALT: () => this.SUBRULE1(this.parameters) },
              { ALT: () => this.separated(0, () => this.SUBRULE(this.parameter)) },
            ]);
            body = this.SUBRULE(this.layerBody);
            return undefined;
          },
        },
      ]);
      return {
        kind: "LayerDecl",
        name,
        typeParameters,
        parameters,
        results,
        body,
        ...(approximate && { approximate }),
        span: this.since(start),
        ...doc,
      };
    },
    plain,
  );

  /** `approximate a { read v from t - 1; encode w with int8 }`: clauses are kept as their text. */
  readonly approximation = this.RULE(
    "approximation",
    (): ApproximateSpec => {
      const start = this.start();
      this.CONSUME(word.approximate);
      const base = this.SUBRULE(this.simplePath, standsFor("layer"));
      this.CONSUME(token.LeftBrace);
      const clauses: StringLiteral[] = [];
      this.MANY(() => {
        this.OR([
          { ALT: () => this.CONSUME(token.Semicolon) },
          { ALT: () => clauses.push(this.SUBRULE(this.approximationClause)) },
        ]);
      });
      this.CONSUME(token.RightBrace);
      return { kind: "ApproximateSpec", base, clauses, span: this.since(start) };
    },
    plain,
  );

  readonly approximationClause = this.RULE(
    "approximationClause",
    (): StringLiteral => {
      const start = this.start();
      let value = "";
      let first = true;
      this.AT_LEAST_ONE({
        GATE: () => first || this.onSameLine(),
        DEF: () => {
          first = false;
          const gap = value !== "" && this.next().startOffset > this.previousEnd() ? " " : "";
          const part = this.OR([
            { ALT: () => this.CONSUME(token.Identifier, standsFor("free")) },
            { ALT: () => this.CONSUME(token.Number) },
            { ALT: () => this.CONSUME(token.BinaryOperator) },
            { ALT: () => this.CONSUME(token.Dot) },
            { ALT: () => this.CONSUME(token.LeftParenthesis) },
            { ALT: () => this.CONSUME(token.RightParenthesis) },
            { ALT: () => this.CONSUME(token.LeftBracket) },
            { ALT: () => this.CONSUME(token.RightBracket) },
            { ALT: () => this.CONSUME(token.Comma) },
          ]);
          value += gap + part.image;
        },
      });
      return { kind: "StringLiteral", value, span: this.since(start) };
    },
    plain,
  );

  /** `collective ring(x: [c/n] -> [c]) over n { .. }`. */
  readonly collective = this.RULE(
    "collective",
    (): CollectiveDecl => {
      const start = this.start();
      const doc = this.doc();
      this.CONSUME(word.collective);
      const name = this.name("new");
      const typeParameters = this.SUBRULE(this.typeParameters);
      this.CONSUME(token.LeftParenthesis);
      const input = this.name("new", 1);
      this.CONSUME(token.Colon);
      const inputType = this.SUBRULE(this.tensorType);
      this.CONSUME(token.Arrow);
      const output = this.OPTION({
        GATE: () => this.nextIs(token.Colon, 2),
        DEF: () => {
          const named = this.name("new", 2);
          this.CONSUME1(token.Colon);
          return named;
        },
      });
      const outputType = this.SUBRULE1(this.tensorType);
      const equation = this.OPTION1(() => {
        this.CONSUME(token.Comma);
        return this.SUBRULE(this.wordEquation);
      });
      this.CONSUME(token.RightParenthesis);
      this.CONSUME(word.over);
      const over = this.name("new", 3);
      const levels: Identifier[] = [];
      this.OPTION2(() => {
        this.CONSUME(token.Equal);
        levels.push(this.name("new", 4));
        this.AT_LEAST_ONE(() => {
          this.CONSUME(token.Star);
          levels.push(this.name("new", 5));
        });
      });
      const body = this.SUBRULE(this.roundBody);
      return {
        kind: "CollectiveDecl",
        name,
        typeParameters,
        input,
        inputType,
        ...(output && { output }),
        outputType,
        ...(equation && { equation }),
        over,
        levels,
        body,
        span: this.since(start),
        ...doc,
      };
    },
    plain,
  );

  /** `y[i] = fold u x[j] for j < i`. */
  readonly wordEquation = this.RULE(
    "wordEquation",
    (): Expr => {
      const start = this.start();
      const left = this.SUBRULE(this.postfix);
      this.CONSUME(token.Equal);
      const folding = this.start();
      const right = this.OR<Expr>([
        {
          GATE: () => this.mayBe(this.nextIs(word.fold) && this.nextIsName(2)),
          ALT: () => {
            this.CONSUME(word.fold);
            const monoid = this.name("monoid");
            const body = this.SUBRULE1(this.postfix);
            this.CONSUME(word.for);
            const guard = this.SUBRULE(this.expression);
            return { kind: "ReductionExpr", monoid, binders: [], guard, body, span: this.since(folding) };
          },
        },
        { ALT: () => this.SUBRULE1(this.expression) },
      ]);
      return { kind: "BinaryExpr", operator: "==", left, right, span: this.since(start) };
    },
    plain,
  );
}
