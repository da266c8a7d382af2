import type {
  ApproximateSpec,
  Assignment,
  AssumeDecl,
  AxisDecl,
  AxisFactor,
  CollectiveDecl,
  Declaration,
  Expr,
  ImportDecl,
  ImportName,
  LayerDecl,
  LayerStatement,
  LocalEquation,
  MeshAxis,
  MeshDecl,
  MonoidDecl,
  MonoidRule,
  OpDecl,
  Parameter,
  ParamDecl,
  ProfileDecl,
  RecordDecl,
  StringLiteral,
  TableDecl,
} from "../ast.js";
import { plain, token, word } from "./base.js";
import { ScheduleRules } from "./schedules.js";

/** Declarations, and the whole grammar. */
export class StrettoParser extends ScheduleRules {
  constructor(validate = false) {
    super(validate);
    this.performSelfAnalysis();
  }

  readonly declaration = this.RULE(
    "declaration",
    (): Declaration =>
      this.OR<Declaration>([
        { ALT: () => this.SUBRULE(this.importDeclaration) },
        { ALT: () => this.SUBRULE(this.param) },
        { ALT: () => this.SUBRULE(this.profile) },
        { ALT: () => this.SUBRULE(this.axisDeclaration) },
        { ALT: () => this.SUBRULE(this.machine) },
        { ALT: () => this.SUBRULE(this.mesh) },
        { ALT: () => this.SUBRULE(this.table) },
        { ALT: () => this.SUBRULE(this.monoid) },
        { ALT: () => this.SUBRULE(this.op) },
        { ALT: () => this.SUBRULE(this.record) },
        { ALT: () => this.SUBRULE(this.layer) },
        { ALT: () => this.SUBRULE(this.collective) },
        { ALT: () => this.SUBRULE(this.schedule) },
        { ALT: () => this.SUBRULE(this.check) },
        { ALT: () => this.SUBRULE(this.assume) },
      ]),
    plain,
  );

  readonly importDeclaration = this.RULE(
    "importDeclaration",
    (): ImportDecl => {
      const start = this.start();
      const doc = this.doc();
      this.CONSUME(word.import);
      this.CONSUME(token.LeftBrace);
      const names = this.enclosed(0, () => this.SUBRULE(this.importName));
      this.CONSUME(token.RightBrace);
      this.CONSUME(word.from);
      const from = this.SUBRULE(this.text);
      return { kind: "ImportDecl", names, from, span: this.since(start), ...doc };
    },
    plain,
  );

  readonly importName = this.RULE(
    "importName",
    (): ImportName => {
      const start = this.start();
      const name = this.name();
      const as = this.OPTION(() => {
        this.CONSUME(word.as);
        return this.name(1);
      });
      return { kind: "ImportName", name, ...(as && { as }), span: this.since(start) };
    },
    plain,
  );

  readonly param = this.RULE(
    "param",
    (): ParamDecl => {
      const start = this.start();
      const doc = this.doc();
      this.CONSUME(word.param);
      const params = this.separated(0, () => this.SUBRULE(this.assignment));
      return { kind: "ParamDecl", params, span: this.since(start), ...doc };
    },
    plain,
  );

  readonly profile = this.RULE(
    "profile",
    (): ProfileDecl => {
      const start = this.start();
      const doc = this.doc();
      this.CONSUME(word.profile);
      const name = this.name();
      const settings = this.SUBRULE(this.settings);
      return { kind: "ProfileDecl", name, settings, span: this.since(start), ...doc };
    },
    plain,
  );

  /** `{ tokens = 256, hidden = 64 }`. */
  readonly settings = this.RULE(
    "settings",
    (): Assignment[] => {
      this.CONSUME(token.LeftBrace);
      const settings = this.enclosed(0, () => this.SUBRULE(this.assignment));
      this.CONSUME(token.RightBrace);
      return settings;
    },
    plain,
  );

  readonly axisDeclaration = this.RULE(
    "axisDeclaration",
    (): AxisDecl => {
      const start = this.start();
      const doc = this.doc();
      this.CONSUME(word.axis);
      const name = this.name();
      const made = this.OPTION(() => {
        this.CONSUME(token.Equal);
        return this.OR<{ size: Expr } | { factors: AxisFactor[] }>([
          { GATE: () => this.opensFactors(), ALT: () => ({ factors: this.SUBRULE(this.factors) }) },
          { ALT: () => ({ size: this.SUBRULE(this.expression) }) },
        ]);
      });
      return { kind: "AxisDecl", name, ...made, span: this.since(start), ...doc };
    },
    plain,
  );

  readonly factors = this.RULE(
    "factors",
    (): AxisFactor[] => {
      this.CONSUME(token.LeftParenthesis);
      const factors = this.enclosed(0, () => this.SUBRULE(this.factor));
      this.CONSUME(token.RightParenthesis);
      return factors;
    },
    plain,
  );

  readonly factor = this.RULE(
    "factor",
    (): AxisFactor => {
      const start = this.start();
      const name = this.name();
      const size = this.OPTION(() => {
        this.CONSUME(token.Colon);
        return this.SUBRULE(this.expression);
      });
      return { kind: "AxisFactor", name, ...(size && { size }), span: this.since(start) };
    },
    plain,
  );

  /** `mesh pipe on cluster { dp: 8, stage: 8 }`. */
  readonly mesh = this.RULE(
    "mesh",
    (): MeshDecl => {
      const start = this.start();
      const doc = this.doc();
      this.CONSUME(word.mesh);
      const name = this.OPTION({
        GATE: () => !(this.nextIs(word.on) && this.nextIsName(2)) || this.nextIs(word.on, 2),
        DEF: () => this.name(),
      });
      this.CONSUME(word.on);
      const machine = this.SUBRULE(this.simplePath);
      this.CONSUME(token.LeftBrace);
      const axes = this.enclosed(0, () => this.SUBRULE(this.meshAxis));
      this.CONSUME(token.RightBrace);
      return { kind: "MeshDecl", ...(name && { name }), machine, axes, span: this.since(start), ...doc };
    },
    plain,
  );

  readonly meshAxis = this.RULE(
    "meshAxis",
    (): MeshAxis => {
      const start = this.start();
      const name = this.name();
      this.CONSUME(token.Colon);
      const size = this.SUBRULE(this.expression);
      return { kind: "MeshAxis", name, size, span: this.since(start) };
    },
    plain,
  );

  readonly table = this.RULE(
    "table",
    (): TableDecl => {
      const start = this.start();
      const doc = this.doc();
      this.CONSUME(word.table);
      const name = this.name();
      this.CONSUME(token.Colon);
      const from = this.SUBRULE(this.expression);
      this.CONSUME(token.Arrow);
      const to = this.SUBRULE1(this.expression);
      const columns: Expr[] = [];
      this.MANY(() => {
        this.CONSUME(token.Comma);
        columns.push(this.SUBRULE2(this.expression));
      });
      const source = this.OPTION(() => {
        this.CONSUME(token.Equal);
        return this.OR<Expr>([
          {
            GATE: () => this.nextIs(word.from) && this.nextIs(token.String, 2),
            ALT: () => {
              this.CONSUME(word.from);
              return this.SUBRULE(this.text);
            },
          },
          { ALT: () => this.SUBRULE3(this.expression) },
        ]);
      });
      const seed = this.OPTION1(() => {
        this.CONSUME(word.seed);
        return this.SUBRULE4(this.expression);
      });
      return {
        kind: "TableDecl",
        name,
        from,
        to,
        columns,
        ...(source && { source }),
        ...(seed && { seed }),
        span: this.since(start),
        ...doc,
      };
    },
    plain,
  );

  readonly monoid = this.RULE(
    "monoid",
    (): MonoidDecl => {
      const start = this.start();
      const doc = this.doc();
      const ordered = this.OPTION(() => this.CONSUME(word.ordered)) !== undefined;
      this.CONSUME(word.monoid);
      const name = this.name();
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
      const parameters = this.enclosed(0, () => this.name());
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
      const name = this.name();
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
        cost = this.SUBRULE(this.settings);
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

  readonly record = this.RULE(
    "record",
    (): RecordDecl => {
      const start = this.start();
      const doc = this.doc();
      this.CONSUME(word.record);
      const name = this.name();
      this.CONSUME(token.LeftBrace);
      const fields = this.enclosed(0, () => this.SUBRULE(this.parameter));
      this.CONSUME(token.RightBrace);
      return { kind: "RecordDecl", name, fields, span: this.since(start), ...doc };
    },
    plain,
  );

  readonly layer = this.RULE(
    "layer",
    (): LayerDecl => {
      const start = this.start();
      const doc = this.doc();
      this.CONSUME(word.layer);
      const name = this.name();
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
      const base = this.SUBRULE(this.simplePath);
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
            { ALT: () => this.CONSUME(token.Identifier) },
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
      const name = this.name();
      const typeParameters = this.SUBRULE(this.typeParameters);
      this.CONSUME(token.LeftParenthesis);
      const input = this.name(1);
      this.CONSUME(token.Colon);
      const inputType = this.SUBRULE(this.tensorType);
      this.CONSUME(token.Arrow);
      const output = this.OPTION({
        GATE: () => this.nextIs(token.Colon, 2),
        DEF: () => {
          const named = this.name(2);
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
      const over = this.name(3);
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
          GATE: () => this.nextIs(word.fold) && this.nextIsName(2),
          ALT: () => {
            this.CONSUME(word.fold);
            const monoid = this.name();
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

  readonly assume = this.RULE(
    "assume",
    (): AssumeDecl => {
      const start = this.start();
      const doc = this.doc();
      this.CONSUME(word.assume);
      const name = this.SUBRULE(this.simplePath);
      this.CONSUME(token.Equal);
      const value = this.SUBRULE(this.expression);
      return { kind: "AssumeDecl", name, value, span: this.since(start), ...doc };
    },
    plain,
  );

  /** `(part: 16, pos)`, which is no expression. */
  private opensFactors(): boolean {
    return (
      this.nextIs(token.LeftParenthesis) &&
      this.nextIsName(2) &&
      (this.nextIs(token.Colon, 3) || this.nextIs(token.Comma, 3))
    );
  }
}
