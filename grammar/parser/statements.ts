import type {
  LayerStatement,
  LetTarget,
  LocalEquation,
  RequireStatement,
  RoundBlock,
  RoundGroup,
  RoundLoop,
  RoundStatement,
  SendStatement,
} from "../ast.js";
import { standsFor } from "../roles.js";
import { plain, resynchronised, token, word } from "./base.js";
import { TypeRules } from "./types.js";

/** Statements of layers, and the rounds of collectives. */
export abstract class StatementRules extends TypeRules {
  readonly layerBody = this.RULE(
    "layerBody",
    (): LayerStatement[] => {
      const statements: LayerStatement[] = [];
      this.CONSUME(token.LeftBrace);
      this.MANY(() =>
        this.OR([
          { ALT: () => this.CONSUME(token.Semicolon) },
          { ALT: () => keep(statements, this.SUBRULE(this.layerStatement)) },
        ]),
      );
      this.CONSUME(token.RightBrace);
      return statements;
    },
    plain,
  );

  readonly layerStatement = this.RULE(
    "layerStatement",
    (): LayerStatement => {
      const start = this.start();
      const doc = this.doc();
      return this.OR<LayerStatement>([
        {
          ALT: () => {
            this.CONSUME(word.let);
            const targets = this.OR1<LetTarget[]>([
              {
                ALT: () => {
                  this.CONSUME(token.LeftParenthesis);
                  const several = this.enclosed(0, () => this.SUBRULE(this.letTarget));
                  this.CONSUME(token.RightParenthesis);
                  return several;
                },
              },
              { ALT: () => [this.SUBRULE1(this.letTarget)] },
            ]);
            this.CONSUME(token.Equal);
            const value = this.SUBRULE(this.expression);
            return { kind: "LetStatement", targets, value, span: this.since(start), ...doc };
          },
        },
        {
          ALT: () => {
            this.CONSUME(word.next);
            const name = this.name("carried value");
            this.CONSUME1(token.Equal);
            const value = this.SUBRULE1(this.expression);
            return { kind: "NextStatement", name, value, span: this.since(start) };
          },
        },
        {
          ALT: () => {
            this.CONSUME(word.when);
            const condition = this.SUBRULE2(this.expression);
            const body = this.deeper(() => this.SUBRULE(this.layerBody));
            return { kind: "WhenStatement", condition, body, span: this.since(start) };
          },
        },
        {
          ALT: () => {
            this.CONSUME(word.return);
            const values = this.separated(1, () => this.SUBRULE3(this.expression));
            return { kind: "ReturnStatement", values, span: this.since(start) };
          },
        },
      ]);
    },
    resynchronised,
  );

  readonly letTarget = this.RULE(
    "letTarget",
    (): LetTarget => {
      const start = this.start();
      const name = this.SUBRULE(this.path, standsFor("new"));
      const type = this.OPTION(() => {
        this.CONSUME(token.Colon);
        return this.SUBRULE(this.tensorType);
      });
      return { kind: "LetTarget", name, ...(type && { type }), span: this.since(start) };
    },
    plain,
  );

  readonly roundBody = this.RULE(
    "roundBody",
    (): RoundStatement[] => {
      const rounds: RoundStatement[] = [];
      this.CONSUME(token.LeftBrace);
      this.MANY(() =>
        this.OR([
          { ALT: () => this.CONSUME(token.Semicolon) },
          { ALT: () => keep(rounds, this.SUBRULE(this.roundStatement)) },
        ]),
      );
      this.CONSUME(token.RightBrace);
      return rounds;
    },
    plain,
  );

  readonly roundStatement = this.RULE(
    "roundStatement",
    (): RoundStatement =>
      this.OR<RoundStatement>([
        { ALT: () => this.SUBRULE(this.roundLoop) },
        { ALT: () => this.SUBRULE(this.roundBlock) },
        { ALT: () => this.SUBRULE(this.roundLet) },
        { ALT: () => this.SUBRULE(this.require) },
        { ALT: () => this.SUBRULE(this.round) },
      ]),
    resynchronised,
  );

  readonly roundBlock = this.RULE(
    "roundBlock",
    (): RoundBlock => {
      const start = this.start();
      this.CONSUME(word.round);
      const body = this.deeper(() => this.SUBRULE(this.roundBody));
      return { kind: "RoundBlock", body, span: this.since(start) };
    },
    plain,
  );

  readonly roundLet = this.RULE(
    "roundLet",
    (): LocalEquation => {
      const start = this.start();
      this.CONSUME(word.let);
      const name = this.name("new");
      this.CONSUME(token.Equal);
      const value = this.SUBRULE(this.expression);
      return { kind: "LocalEquation", name, indices: [], value, span: this.since(start) };
    },
    plain,
  );

  readonly require = this.RULE(
    "require",
    (): RequireStatement => {
      const start = this.start();
      this.CONSUME(word.require);
      const condition = this.SUBRULE(this.expression);
      return { kind: "RequireStatement", condition, span: this.since(start) };
    },
    plain,
  );

  readonly roundLoop = this.RULE(
    "roundLoop",
    (): RoundLoop => {
      const start = this.start();
      this.CONSUME(word.for);
      const variable = this.name("new");
      this.CONSUME(word.in);
      const range = this.SUBRULE(this.expression);
      const body = this.deeper(() => this.SUBRULE(this.roundBody));
      return { kind: "RoundLoop", variable, range, body, span: this.since(start) };
    },
    plain,
  );

  /** A send, or several of one round joined by `&`. */
  readonly round = this.RULE(
    "round",
    (): SendStatement | RoundGroup => {
      const start = this.start();
      const sends = [this.SUBRULE(this.send)];
      this.MANY(() => {
        this.CONSUME(token.Ampersand);
        sends.push(this.SUBRULE1(this.send));
      });
      if (sends.length === 1) return sends[0]!;
      return { kind: "RoundGroup", sends, span: this.since(start) };
    },
    plain,
  );

  readonly send = this.RULE(
    "send",
    (): SendStatement => {
      const start = this.start();
      this.CONSUME(word.send);
      const value = this.SUBRULE(this.expression);
      const source = this.OPTION(() => {
        this.CONSUME(word.from);
        return this.SUBRULE1(this.expression);
      });
      this.CONSUME(word.to);
      const into = this.OPTION1({
        GATE: () => this.nextIsName() && this.nextIs(word.at, 2),
        DEF: () => {
          const name = this.name("delivery");
          this.CONSUME(word.at);
          return name;
        },
      });
      const target = this.SUBRULE2(this.expression);
      const combining = this.OPTION2(() => {
        this.CONSUME(token.Comma);
        this.CONSUME(word.combining);
        return true;
      });
      const guard = this.OPTION3(() => {
        this.CONSUME(word.when);
        return this.SUBRULE3(this.expression);
      });
      return {
        kind: "SendStatement",
        value,
        ...(source && { source }),
        ...(into && { into }),
        target,
        combining: combining === true,
        ...(guard && { guard }),
        span: this.since(start),
      };
    },
    plain,
  );
}

/** Adds what a rule gave, unless recovery left nothing of it. */
export function keep<T>(list: T[], item: T | undefined): void {
  if (item !== undefined) list.push(item);
}
