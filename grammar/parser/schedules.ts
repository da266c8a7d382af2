import type { CheckDecl, Claim, ScheduleDecl, Verb } from "../ast.js";
import { standsFor } from "../roles.js";
import { plain, token, word } from "./base.js";
import { keep } from "./statements.js";
import { VerbRules } from "./verbs.js";

/** Schedules and checks. */
export abstract class ScheduleRules extends VerbRules {
  readonly schedule = this.RULE(
    "schedule",
    (): ScheduleDecl => {
      const start = this.start();
      const doc = this.doc();
      this.CONSUME(word.schedule);
      const name = this.name("new");
      this.CONSUME(word.of);
      const layer = this.SUBRULE(this.simplePath, standsFor("layer"));
      const verbs: Verb[] = [];
      this.OPTION(() => {
        this.CONSUME(token.LeftBrace);
        this.MANY(() =>
          this.OR([{ ALT: () => this.CONSUME(token.Semicolon) }, { ALT: () => keep(verbs, this.SUBRULE(this.verb)) }]),
        );
        this.CONSUME(token.RightBrace);
      });
      return { kind: "ScheduleDecl", name, layer, verbs, span: this.since(start), ...doc };
    },
    plain,
  );

  readonly check = this.RULE(
    "check",
    (): CheckDecl => {
      const start = this.start();
      const doc = this.doc();
      this.CONSUME(word.check);
      const subject = this.SUBRULE(this.simplePath, standsFor("layer or schedule"));
      const claims: Claim[] = [];
      this.CONSUME(token.LeftBrace);
      this.MANY(() =>
        this.OR([
          { ALT: () => this.CONSUME(token.Semicolon) },
          { ALT: () => this.CONSUME(token.Comma) },
          { ALT: () => keep(claims, this.SUBRULE(this.claim)) },
        ]),
      );
      this.CONSUME(token.RightBrace);
      return { kind: "CheckDecl", subject, claims, span: this.since(start), ...doc };
    },
    plain,
  );
}
