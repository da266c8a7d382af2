import type {
  AutoValue,
  Expr,
  Grain,
  Identifier,
  OverlapVerb,
  PassBinding,
  Path,
  RunVerb,
  SplitVerb,
  Verb,
} from "../ast.js";
import { standsFor } from "../roles.js";
import { plain, resynchronised, token, word } from "./base.js";
import { ClaimRules } from "./claims.js";

/** The verbs of schedules. */
export abstract class VerbRules extends ClaimRules {
  readonly verb = this.RULE(
    "verb",
    (): Verb =>
      this.OR<Verb>([
        { ALT: () => this.SUBRULE(this.split) },
        { ALT: () => this.SUBRULE(this.tile) },
        { ALT: () => this.SUBRULE(this.overlap) },
        { ALT: () => this.SUBRULE(this.order) },
        { ALT: () => this.SUBRULE(this.async) },
        { ALT: () => this.SUBRULE(this.accumulate) },
        { ALT: () => this.SUBRULE(this.fuse) },
        { ALT: () => this.SUBRULE(this.use) },
        { ALT: () => this.SUBRULE(this.run) },
        { ALT: () => this.SUBRULE(this.keepVerb) },
        { ALT: () => this.SUBRULE(this.recompute) },
        { ALT: () => this.SUBRULE(this.priority) },
        { ALT: () => this.SUBRULE(this.inVerb) },
        { ALT: () => this.SUBRULE(this.pass) },
      ]),
    resynchronised,
  );

  readonly split = this.RULE(
    "split",
    (): SplitVerb => {
      const start = this.start();
      this.CONSUME(word.split);
      const axis = this.name("axis");
      const within = this.OPTION(() => {
        this.CONSUME(word.within);
        return this.name("mesh axis", 1);
      });
      this.CONSUME(word.into);
      const count = this.SUBRULE(this.expression);
      let at: Expr[] = [];
      this.OPTION1(() => {
        this.CONSUME(word.at);
        at = this.separated(0, () => this.SUBRULE1(this.expression));
      });
      let names: Identifier[] = [];
      this.OPTION2(() => {
        this.CONSUME(word.as);
        names = this.names("new", 2);
      });
      return { kind: "SplitVerb", axis, ...(within && { within }), count, at, names, span: this.since(start) };
    },
    plain,
  );

  readonly tile = this.RULE(
    "tile",
    (): Verb => {
      const start = this.start();
      this.CONSUME(word.tile);
      const values = this.SUBRULE(this.paths, standsFor("value"));
      this.CONSUME(word.by);
      const size = this.SUBRULE(this.expression);
      return this.ACTION(() => {
        const sizes = size.kind === "TupleExpr" ? size.elements : [size];
        return { kind: "TileVerb", values, sizes, span: this.since(start) };
      });
    },
    plain,
  );

  readonly overlap = this.RULE(
    "overlap",
    (): OverlapVerb => {
      const start = this.start();
      this.CONSUME(word.overlap);
      const groups = [this.SUBRULE(this.paths, standsFor("value"))];
      this.MANY(() => {
        this.CONSUME(token.Arrow);
        groups.push(this.SUBRULE1(this.paths, standsFor("value")));
      });
      const grain = this.OPTION(() => {
        this.CONSUME(word.by);
        return this.SUBRULE(this.grain);
      });
      return { kind: "OverlapVerb", groups, ...(grain && { grain }), span: this.since(start) };
    },
    plain,
  );

  readonly grain = this.RULE(
    "grain",
    (): Grain => {
      const start = this.start();
      const name = this.name("grain");
      const size = this.OPTION(() => {
        this.CONSUME(token.LeftParenthesis);
        const amount = this.SUBRULE(this.expression);
        this.CONSUME(token.RightParenthesis);
        return amount;
      });
      return { kind: "Grain", name, ...(size && { size }), span: this.since(start) };
    },
    plain,
  );

  /** `order y as out`, `order y by hidden, rows`, `order one_f_one_b(8, 32)`. */
  readonly order = this.RULE(
    "order",
    (): Verb => {
      const start = this.start();
      this.CONSUME(word.order);
      const value = this.SUBRULE(this.path, standsFor("value"));
      return this.OR<Verb>([
        {
          ALT: () => {
            this.CONSUME(word.as);
            return {
              kind: "OrderVerb",
              value,
              as: this.SUBRULE1(this.path, standsFor("value")),
              by: [],
              span: this.since(start),
            };
          },
        },
        {
          ALT: () => {
            this.CONSUME(word.by);
            return { kind: "OrderVerb", value, by: this.names("block order"), span: this.since(start) };
          },
        },
        {
          ALT: () => {
            const called = this.start();
            this.CONSUME(token.LeftParenthesis);
            const args = this.enclosed(0, () => this.SUBRULE(this.expression));
            this.CONSUME(token.RightParenthesis);
            return this.ACTION(() => {
              const name = value.segments.at(-1)!.name;
              const callee = {
                kind: "NameExpr",
                name,
                span: { ...value.span, end: Math.min(called, name.span.end) },
              } as const;
              const span = this.since(value.span.start);
              const program = { kind: "CallExpr", callee, arguments: args, span } as const;
              return { kind: "OrderVerb", value, by: [], program, span: this.since(start) };
            });
          },
        },
      ]);
    },
    plain,
  );

  readonly async = this.RULE(
    "async",
    (): Verb => {
      const start = this.start();
      this.CONSUME(word.async);
      const values = this.SUBRULE(this.paths, standsFor("value"));
      const ahead = this.OPTION({
        GATE: () => this.nextIs(token.Number) || this.nextIs(token.LeftParenthesis) || this.nextIs(word.ahead, 2),
        DEF: () => {
          const count = this.SUBRULE(this.expression);
          this.CONSUME(word.ahead);
          return count;
        },
      });
      return { kind: "AsyncVerb", values, ...(ahead && { ahead }), span: this.since(start) };
    },
    plain,
  );

  readonly accumulate = this.RULE(
    "accumulate",
    (): Verb => {
      const start = this.start();
      this.CONSUME(word.accumulate);
      const values = this.SUBRULE(this.paths, standsFor("value"));
      this.CONSUME(word.over);
      return { kind: "AccumulateVerb", values, axis: this.name("axis"), span: this.since(start) };
    },
    plain,
  );

  readonly fuse = this.RULE(
    "fuse",
    (): Verb => {
      const start = this.start();
      this.CONSUME(word.fuse);
      const first = this.SUBRULE(this.path, standsFor("value"));
      this.CONSUME(token.Dots);
      const last = this.SUBRULE1(this.path, standsFor("value"));
      return { kind: "FuseVerb", first, last, span: this.since(start) };
    },
    plain,
  );

  readonly use = this.RULE(
    "use",
    (): Verb => {
      const start = this.start();
      this.CONSUME(word.use);
      const collective = this.name("collective");
      let values: Path[] = [];
      this.OPTION(() => {
        this.CONSUME(word.for);
        values = this.SUBRULE(this.paths, standsFor("value"));
      });
      return { kind: "UseVerb", collective, values, span: this.since(start) };
    },
    plain,
  );

  readonly run = this.RULE(
    "run",
    (): RunVerb => {
      const start = this.start();
      this.CONSUME(word.run);
      const values = this.SUBRULE(this.paths, standsFor("value"));
      this.CONSUME(word.on);
      const engine = this.name("engine");
      const amount = this.OPTION(() => {
        this.CONSUME(token.LeftParenthesis);
        const given = this.OR<Expr | AutoValue>([
          { GATE: () => this.mayBe(this.opensAuto()), ALT: () => this.SUBRULE(this.autoValue) },
          { ALT: () => this.SUBRULE(this.expression) },
        ]);
        this.CONSUME(token.RightParenthesis);
        return given;
      });
      return { kind: "RunVerb", values, engine, ...(amount && { amount }), span: this.since(start) };
    },
    plain,
  );

  readonly autoValue = this.RULE(
    "autoValue",
    (): AutoValue => {
      const start = this.start();
      this.CONSUME(word.auto);
      const range = this.OPTION(() => {
        this.CONSUME(word.in);
        return this.SUBRULE(this.expression);
      });
      return this.ACTION((): AutoValue => {
        if (range === undefined) return { kind: "AutoValue", span: this.since(start) };
        if (range.kind === "RangeExpr") return { kind: "AutoValue", range, span: this.since(start) };
        this.report("a range");
        return { kind: "AutoValue", span: this.since(start) };
      });
    },
    plain,
  );

  /** `keep 2 of keys, values`, `keep v in host`. */
  readonly keepVerb = this.RULE(
    "keepVerb",
    (): Verb => {
      const start = this.start();
      this.CONSUME(word.keep);
      return this.OR<Verb>([
        {
          GATE: () => this.mayBe(this.keepsInTier()),
          ALT: () => {
            const values = this.SUBRULE(this.paths, standsFor("value"));
            this.CONSUME(word.in);
            return { kind: "KeepVerb", values, tier: this.name("tier"), span: this.since(start) };
          },
        },
        {
          ALT: () => {
            const count = this.SUBRULE(this.expression);
            this.CONSUME(word.of);
            return {
              kind: "KeepVerb",
              count,
              values: this.SUBRULE1(this.paths, standsFor("value")),
              span: this.since(start),
            };
          },
        },
      ]);
    },
    plain,
  );

  readonly recompute = this.RULE(
    "recompute",
    (): Verb => {
      const start = this.start();
      this.CONSUME(word.recompute);
      const values = this.SUBRULE(this.paths, standsFor("value"));
      const from = this.OPTION(() => {
        this.CONSUME(word.from);
        return this.SUBRULE(this.path, standsFor("value"));
      });
      return { kind: "RecomputeVerb", values, ...(from && { from }), span: this.since(start) };
    },
    plain,
  );

  readonly priority = this.RULE(
    "priority",
    (): Verb => {
      const start = this.start();
      this.CONSUME(word.priority);
      const value = this.SUBRULE(this.path, standsFor("value"));
      this.CONSUME(word.above);
      return {
        kind: "PriorityVerb",
        value,
        above: this.SUBRULE1(this.path, standsFor("value")),
        span: this.since(start),
      };
    },
    plain,
  );

  /** `in block[*].mlp: use t3`. */
  readonly inVerb = this.RULE(
    "inVerb",
    (): Verb => {
      const start = this.start();
      this.CONSUME(word.in);
      const path = this.SUBRULE(this.path, standsFor("value"));
      this.CONSUME(token.Colon);
      const verb = this.deeper(() => this.SUBRULE(this.verb));
      return { kind: "InVerb", path, verb, span: this.since(start) };
    },
    plain,
  );

  readonly pass = this.RULE(
    "pass",
    (): Verb => {
      const start = this.start();
      this.CONSUME(word.pass);
      const passes = this.separated(0, () => this.SUBRULE(this.passBinding));
      return { kind: "PassVerb", passes, span: this.since(start) };
    },
    plain,
  );

  readonly passBinding = this.RULE(
    "passBinding",
    (): PassBinding => {
      const start = this.start();
      const name = this.name("new");
      this.CONSUME(token.Equal);
      const words: Identifier[] = [];
      this.AT_LEAST_ONE({
        GATE: () => words.length < 2 || !this.endsPass(),
        DEF: () => void words.push(this.name("free", 1)),
      });
      return { kind: "PassBinding", name, words, span: this.since(start) };
    },
    plain,
  );

  /** A pass is what `of` names; the word after its name is the next verb. */
  private endsPass(): boolean {
    return this.LA(-1).tokenType === word.of;
  }

  private opensAuto(): boolean {
    return this.nextIs(word.auto) && (this.nextIs(token.RightParenthesis, 2) || this.nextIs(word.in, 2));
  }

  /** Looks over a list of paths for `in`. */
  private keepsInTier(): boolean {
    let ahead = 1;
    while (this.nextIsName(ahead)) {
      ahead++;
      const closes = this.nextIs(token.LeftBracket, ahead) ? this.next(ahead).closesAfter : undefined;
      if (closes !== undefined) ahead += closes + 1;
      if (this.nextIs(word.in, ahead)) return true;
      if (!this.nextIs(token.Dot, ahead) && !this.nextIs(token.Comma, ahead)) return false;
      ahead++;
    }
    return false;
  }
}
