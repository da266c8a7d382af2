import type { ParserMethod } from "chevrotain";
import type { AtSpec, AxisPack, AxisSpec, CutRef, Expr, Identifier, LayoutChangeExpr, LayoutExpr } from "../ast.js";
import { BaseRules, plain, token, word } from "./base.js";

/** Arguments of calls: expressions, and the layouts and changes of layout that words take. */
export abstract class ArgumentRules extends BaseRules {
  abstract readonly expression: ParserMethod<[], Expr>;
  abstract readonly axis: ParserMethod<[], AxisSpec | AxisPack>;
  abstract readonly atClause: ParserMethod<[], AtSpec>;

  readonly argument = this.RULE(
    "argument",
    (): Expr =>
      this.OR<Expr>([
        { GATE: () => this.opensCut() === "change", ALT: () => this.SUBRULE(this.layoutChange) },
        { GATE: () => this.opensCut() === "by", ALT: () => this.SUBRULE(this.columnReference) },
        { ALT: () => this.SUBRULE(this.layout) },
        { ALT: () => this.SUBRULE(this.expression) },
      ]),
    plain,
  );

  /** `[seq/sp, heads] at stage(1)`. */
  readonly layout = this.RULE(
    "layout",
    (): LayoutExpr => {
      const start = this.start();
      this.CONSUME(token.LeftBracket);
      const axes = this.enclosed(0, () => this.SUBRULE(this.axis));
      this.CONSUME(token.RightBracket);
      const at: AtSpec[] = [];
      this.MANY(() => at.push(this.SUBRULE(this.atClause)));
      return { kind: "LayoutExpr", axes, at, span: this.since(start) };
    },
    plain,
  );

  readonly layoutChange = this.RULE(
    "layoutChange",
    (): LayoutChangeExpr => {
      const start = this.start();
      const from = this.SUBRULE(this.cutReference);
      this.CONSUME(token.Arrow);
      const to = this.SUBRULE1(this.cutReference);
      return { kind: "LayoutChangeExpr", from, to, span: this.since(start) };
    },
    plain,
  );

  readonly cutReference = this.RULE(
    "cutReference",
    (): CutRef => {
      const start = this.start();
      const target = this.SUBRULE(this.cutTarget);
      const by = this.OPTION(() => {
        this.CONSUME(word.by);
        return this.name("column");
      });
      return { kind: "CutRef", ...target, ...(by && { by }), span: this.since(start) };
    },
    plain,
  );

  /** A reference that says by what: a rule that is never empty, as an argument must be. */
  readonly columnReference = this.RULE(
    "columnReference",
    (): CutRef => {
      const start = this.start();
      const target = this.SUBRULE(this.cutTarget);
      this.CONSUME(word.by);
      const by = this.name("column");
      return { kind: "CutRef", ...target, by, span: this.since(start) };
    },
    plain,
  );

  readonly cutTarget = this.RULE(
    "cutTarget",
    (): Pick<CutRef, "axis" | "rows" | "meshes"> => {
      const rows = this.OPTION({
        GATE: () => this.opensRows(),
        DEF: () => {
          this.name("rows");
          this.CONSUME(token.LeftParenthesis);
          const table = this.name("table", 1);
          this.CONSUME(token.RightParenthesis);
          return table;
        },
      });
      const axis = this.OPTION1({
        GATE: () => rows === undefined && !(this.nextIs(word.by) && this.nextIsName(2)),
        DEF: () => this.name("axis", 2),
      });
      const meshes: Identifier[] = [];
      this.MANY(() => {
        this.CONSUME(token.Slash);
        meshes.push(this.name("mesh axis", 3));
      });
      return { ...(axis && { axis }), ...(rows && { rows }), meshes };
    },
    plain,
  );

  /** A change, `seq/sp -> heads/sp` or `by from -> by to`, or one side that says by what: `rows(R)/ep by to`. */
  private opensCut(): "change" | "by" | undefined {
    let ahead = 1;
    if (this.opensRows()) ahead = 5;
    else if (this.nextIsName(ahead) && !(this.nextIs(word.by) && this.nextIsName(2))) ahead++;
    if (ahead > 1) while (this.nextIs(token.Slash, ahead) && this.nextIsName(ahead + 1)) ahead += 2;
    const by = this.nextIs(word.by, ahead) && this.nextIsName(ahead + 1);
    if (by) ahead += 2;
    if (ahead > 1 && this.nextIs(token.Arrow, ahead)) return "change";
    return by ? "by" : undefined;
  }

  /** `rows(R)`. */
  private opensRows(): boolean {
    return (
      this.LA(1).image === "rows" &&
      this.nextIs(token.LeftParenthesis, 2) &&
      this.nextIsName(3) &&
      this.nextIs(token.RightParenthesis, 4)
    );
  }
}
