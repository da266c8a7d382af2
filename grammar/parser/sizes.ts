import type {
  Assignment,
  AssumeDecl,
  AxisDecl,
  AxisFactor,
  Expr,
  ImportDecl,
  ImportName,
  MeshAxis,
  MeshDecl,
  ParamDecl,
  ProfileDecl,
  RecordDecl,
  TableColumnDecl,
  TableDecl,
} from "../ast.js";
import { standsFor } from "../roles.js";
import { plain, token, word } from "./base.js";
import { ScheduleRules } from "./schedules.js";

/** Imports, sizes, axes, meshes, tables, records, assumptions. */
export abstract class SizeRules extends ScheduleRules {
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
      const name = this.name("import");
      const as = this.OPTION(() => {
        this.CONSUME(word.as);
        return this.name("new", 1);
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
      const params = this.separated(0, () => this.SUBRULE(this.assignment, standsFor("new")));
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
      const name = this.name("new");
      const settings = this.SUBRULE(this.settings, standsFor("setting"));
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
      const name = this.name("new");
      const size = this.OPTION1(() => {
        this.CONSUME(token.Colon);
        return this.SUBRULE1(this.expression);
      });
      const made = this.OPTION(() => {
        this.CONSUME(token.Equal);
        return this.OR<{ size: Expr } | { factors: AxisFactor[] }>([
          {
            GATE: () => size !== undefined || this.opensFactors(),
            ALT: () => ({ factors: this.SUBRULE(this.factors) }),
          },
          { ALT: () => ({ size: this.SUBRULE(this.expression) }) },
        ]);
      });
      return { kind: "AxisDecl", name, ...(size && { size }), ...made, span: this.since(start), ...doc };
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
      const name = this.name("new");
      const size = this.OPTION(() => {
        this.CONSUME(token.Colon);
        return this.SUBRULE(this.expression);
      });
      const mirrored = this.OPTION1(() => this.CONSUME(word.mirrored)) !== undefined;
      return { kind: "AxisFactor", name, ...(size && { size }), mirrored, span: this.since(start) };
    },
    plain,
  );

  /** `mesh pipe on cluster { dp: 8, stage: 8 }`, `.. at rank (stage * 3) % 8`. */
  readonly mesh = this.RULE(
    "mesh",
    (): MeshDecl => {
      const start = this.start();
      const doc = this.doc();
      this.CONSUME(word.mesh);
      const name = this.OPTION({
        GATE: () => !(this.nextIs(word.on) && this.nextIsName(2)) || this.nextIs(word.on, 2),
        DEF: () => this.name("new"),
      });
      this.CONSUME(word.on);
      const machine = this.SUBRULE(this.path, standsFor("machine"));
      this.CONSUME(token.LeftBrace);
      const axes = this.enclosed(0, () => this.SUBRULE(this.meshAxis));
      this.CONSUME(token.RightBrace);
      const ranks = this.OPTION1(() => {
        this.CONSUME(word.at);
        this.CONSUME(word.rank);
        return this.SUBRULE(this.expression);
      });
      const named = { ...(name && { name }), machine, axes, ...(ranks && { ranks }) };
      return { kind: "MeshDecl", ...named, span: this.since(start), ...doc };
    },
    plain,
  );

  readonly meshAxis = this.RULE(
    "meshAxis",
    (): MeshAxis => {
      const start = this.start();
      const name = this.name("new");
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
      const name = this.name("new");
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
            GATE: () => this.mayBe(this.nextIs(word.from) && this.nextIs(token.String, 2)),
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
      const guard = this.OPTION2(() => {
        this.CONSUME(word.where);
        return this.SUBRULE5(this.expression);
      });
      const further: TableColumnDecl[] = [];
      this.OPTION3(() => {
        this.CONSUME(word.with);
        this.AT_LEAST_ONE_SEP({ SEP: token.Comma, DEF: () => further.push(this.SUBRULE(this.tableColumn)) });
      });
      return {
        kind: "TableDecl",
        name,
        from,
        to,
        columns,
        ...(source && { source }),
        ...(seed && { seed }),
        ...(guard && { guard }),
        with: further,
        span: this.since(start),
        ...doc,
      };
    },
    plain,
  );

  readonly tableColumn = this.RULE(
    "tableColumn",
    (): TableColumnDecl => {
      const start = this.start();
      const name = this.name("new");
      this.CONSUME(token.Colon);
      const axis = this.SUBRULE(this.expression);
      const value = this.OPTION(() => {
        this.CONSUME(token.Equal);
        return this.SUBRULE1(this.expression);
      });
      const seed = this.OPTION1(() => {
        this.CONSUME(word.seed);
        return this.SUBRULE2(this.expression);
      });
      return {
        kind: "TableColumnDecl",
        name,
        axis,
        ...(value && { value }),
        ...(seed && { seed }),
        span: this.since(start),
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
      const name = this.name("new");
      this.CONSUME(token.LeftBrace);
      const fields = this.enclosed(0, () => this.SUBRULE(this.parameter));
      this.CONSUME(token.RightBrace);
      return { kind: "RecordDecl", name, fields, span: this.since(start), ...doc };
    },
    plain,
  );

  readonly assume = this.RULE(
    "assume",
    (): AssumeDecl => {
      const start = this.start();
      const doc = this.doc();
      this.CONSUME(word.assume);
      const name = this.SUBRULE(this.simplePath, standsFor("table"));
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
