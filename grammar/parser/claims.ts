import type { Claim, Comparison, Expr, ForBinding, Path, QuantityClaim } from "../ast.js";
import { standsFor } from "../roles.js";
import { plain, resynchronised, token, word } from "./base.js";
import { claimOpeners } from "./operators.js";
import { MachineRules } from "./machines.js";

/** What a check claims. */
export abstract class ClaimRules extends MachineRules {
  /** `a, b.c`. */
  readonly paths = this.RULE(
    "paths",
    (): Path[] => {
      const paths = [this.SUBRULE(this.path)];
      this.MANY(() => {
        this.CONSUME(token.Comma);
        paths.push(this.SUBRULE1(this.path));
      });
      return paths;
    },
    plain,
  );

  readonly claim = this.RULE(
    "claim",
    (): Claim => {
      const start = this.start();
      return this.OR<Claim>([
        {
          ALT: () => {
            this.CONSUME(word.same);
            this.CONSUME(word.result);
            this.CONSUME(word.as);
            const layer = this.SUBRULE(this.simplePath, standsFor("layer"));
            const within = this.OPTION(() => {
              this.CONSUME(word.within);
              return this.SUBRULE(this.expression);
            });
            return { kind: "SameResultClaim", layer, ...(within && { within }), span: this.since(start) };
          },
        },
        {
          ALT: () => {
            this.CONSUME(word.drift);
            this.CONSUME(word.from);
            const layer = this.SUBRULE1(this.simplePath, standsFor("layer"));
            this.CONSUME(token.LessOrEqual);
            const limit = this.SUBRULE1(this.expression);
            const span = this.OPTION1(() => {
              this.CONSUME(word.over);
              const steps = this.SUBRULE2(this.expression);
              return { steps, counted: this.name("counted", 1) };
            });
            return { kind: "DriftClaim", layer, limit, ...span, span: this.since(start) };
          },
        },
        {
          ALT: () => {
            this.CONSUME(word.no);
            const what = this.OR1<"deadlock" | "race">([
              {
                ALT: () => {
                  this.CONSUME(word.deadlock);
                  return "deadlock";
                },
              },
              {
                ALT: () => {
                  this.CONSUME(word.race);
                  return "race";
                },
              },
            ]);
            return { kind: "NoClaim", what, span: this.since(start) };
          },
        },
        { ALT: () => this.SUBRULE(this.quantityClaim) },
        {
          ALT: () => {
            this.CONSUME(word.hides);
            const share = this.SUBRULE3(this.expression);
            this.CONSUME(word.of);
            this.CONSUME(word.communication);
            return { kind: "HidesClaim", share, span: this.since(start) };
          },
        },
        {
          ALT: () => {
            this.CONSUME(word.faster);
            this.CONSUME(word.than);
            const schedule = this.SUBRULE2(this.simplePath, standsFor("schedule"));
            const by = this.OPTION2(() => {
              this.CONSUME(word.by);
              return this.SUBRULE4(this.expression);
            });
            return { kind: "FasterClaim", schedule, ...(by && { by }), span: this.since(start) };
          },
        },
        {
          ALT: () => {
            this.CONSUME1(word.within);
            const factor = this.SUBRULE5(this.expression);
            // The `x` of `1.2 x of bound`, read "times".
            this.name("times", 2);
            this.CONSUME1(word.of);
            this.CONSUME(word.bound);
            return { kind: "BoundClaim", factor, span: this.since(start) };
          },
        },
        {
          ALT: () => {
            this.CONSUME(word.for);
            const bindings = [this.SUBRULE(this.forBinding)];
            this.MANY({
              GATE: () => this.continuesBindings(),
              DEF: () => {
                this.CONSUME(token.Comma);
                bindings.push(this.SUBRULE1(this.forBinding));
              },
            });
            return { kind: "ForClause", bindings, span: this.since(start) };
          },
        },
      ]);
    },
    resynchronised,
  );

  readonly quantityClaim = this.RULE(
    "quantityClaim",
    (): QuantityClaim => {
      const start = this.start();
      const quantity = this.OR<QuantityClaim["quantity"]>([
        {
          ALT: () => {
            this.CONSUME(word.memory);
            return "memory";
          },
        },
        {
          ALT: () => {
            this.CONSUME(word.bytes);
            this.CONSUME(word.moved);
            return "bytes moved";
          },
        },
        {
          ALT: () => {
            this.CONSUME(word.messages);
            return "messages";
          },
        },
        {
          ALT: () => {
            this.CONSUME(word.rounds);
            return "rounds";
          },
        },
      ]);
      const over = this.OPTION1({
        GATE: () => quantity === "bytes moved" || quantity === "messages",
        DEF: () => {
          this.CONSUME(word.over);
          return this.name("mesh axis");
        },
      });
      const perRank = this.OPTION({
        // Rounds are the collective's, not a rank's.
        GATE: () => quantity !== "rounds",
        DEF: () => {
          this.CONSUME(word.per);
          this.CONSUME(word.rank);
          return true;
        },
      });
      const comparison = this.OR1([
        { ALT: () => this.CONSUME(token.EqualEqual) },
        { ALT: () => this.CONSUME(token.LessOrEqual) },
        { ALT: () => this.CONSUME(token.GreaterOrEqual) },
        { ALT: () => this.CONSUME(token.Less) },
        { ALT: () => this.CONSUME(token.Greater) },
      ]).image as Comparison;
      const limit = this.SUBRULE(this.expression);
      const span = this.since(start);
      const along = over && { over };
      return { kind: "QuantityClaim", quantity, ...along, perRank: perRank === true, comparison, limit, span };
    },
    plain,
  );

  readonly forBinding = this.RULE(
    "forBinding",
    (): ForBinding => {
      const start = this.start();
      const name = this.name("drawn setting");
      const what = this.OPTION({ GATE: () => !this.nextIs(word.in), DEF: () => this.name("part of a setting", 1) });
      this.CONSUME(word.in);
      const values = this.OR<Expr[] | "any">([
        {
          GATE: () => this.mayBe(this.nextIs(word.any)),
          ALT: () => {
            this.CONSUME(word.any);
            return "any";
          },
        },
        { ALT: () => this.SUBRULE(this.forValues) },
      ]);
      const step = this.OPTION1(() => {
        this.CONSUME(word.step);
        return this.SUBRULE(this.expression);
      });
      return {
        kind: "ForBinding",
        name,
        ...(what && { what }),
        values,
        ...(step && { step }),
        span: this.since(start),
      };
    },
    plain,
  );

  /** `64 .. 4096`, `2, 4, 8`. */
  readonly forValues = this.RULE(
    "forValues",
    (): Expr[] => {
      const values = [this.SUBRULE(this.expression)];
      this.MANY({
        GATE: () => this.continuesValues(),
        DEF: () => {
          this.CONSUME(token.Comma);
          values.push(this.SUBRULE1(this.expression));
        },
      });
      return values;
    },
    plain,
  );

  private continuesBindings(): boolean {
    return this.nextIsName(2) && (this.nextIs(word.in, 3) || (this.nextIsName(3) && this.nextIs(word.in, 4)));
  }

  /** After a comma there may be a value, the next binding, the next claim, or nothing. */
  private continuesValues(): boolean {
    if (!this.nextIs(token.Comma) || this.continuesBindings() || !this.opensOperand(2)) return false;
    return !claimOpeners.some((opener) => this.nextIs(word[opener], 2));
  }
}
