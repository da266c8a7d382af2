import type {
  AtSpec,
  AxisCut,
  AxisPack,
  AxisSpec,
  Expr,
  Identifier,
  NamedType,
  Parameter,
  Path,
  PathSegment,
  PendingSpec,
  TensorType,
  TypeParameter,
} from "../ast.js";
import { dtypeNames } from "../dtypes.js";
import { plain, token, word } from "./base.js";
import { ExpressionRules } from "./expressions.js";

/** How many tokens ahead a list of names is followed. */
const furthestLook = 16;

/** Types, parameters, and paths that lead to values. */
export abstract class TypeRules extends ExpressionRules {
  /** `block[*].mlp`, `sent.take`. */
  readonly path = this.RULE(
    "path",
    (): Path => {
      const start = this.start();
      const segments = [this.SUBRULE(this.pathSegment)];
      this.MANY(() => {
        this.CONSUME(token.Dot);
        segments.push(this.SUBRULE1(this.pathSegment));
      });
      return { kind: "Path", segments, span: this.since(start) };
    },
    plain,
  );

  readonly pathSegment = this.RULE(
    "pathSegment",
    (): PathSegment => {
      const start = this.start();
      const name = this.name("inherited");
      const index = this.OPTION({
        GATE: () => this.onSameLine(),
        DEF: () => {
          this.CONSUME(token.LeftBracket);
          const value = this.OR<Expr | "*">([
            {
              ALT: () => {
                this.CONSUME(token.Star);
                return "*";
              },
            },
            { ALT: () => this.SUBRULE(this.expression) },
          ]);
          this.CONSUME(token.RightBracket);
          return value;
        },
      });
      return { kind: "PathSegment", name, ...(index !== undefined && { index }), span: this.since(start) };
    },
    plain,
  );

  /** `bf16[tokens/ep, hidden] pending sum over tp at stage(0)`. */
  readonly tensorType = this.RULE(
    "tensorType",
    (): TensorType => {
      const start = this.start();
      if (!this.RECORDING_PHASE && !this.nextIsName() && !this.nextIs(token.LeftBracket)) this.report("a type");
      const dtype = this.OPTION(() => this.name("dtype"));
      let axes: (AxisSpec | AxisPack)[] = [];
      this.OPTION1({
        GATE: () => this.onSameLine() || dtype === undefined,
        DEF: () => {
          this.CONSUME(token.LeftBracket);
          axes = this.enclosed(0, () => this.SUBRULE(this.axis));
          this.CONSUME(token.RightBracket);
        },
      });
      const pending: PendingSpec[] = [];
      this.MANY(() => pending.push(this.SUBRULE(this.pendingClause)));
      const at: AtSpec[] = [];
      this.MANY1(() => at.push(this.SUBRULE(this.atClause)));
      const on = this.OPTION2(() => {
        this.CONSUME(word.on);
        return this.name("mesh", 1);
      });
      const tier = this.OPTION3(() => {
        this.CONSUME(word.in);
        return this.name("tier", 2);
      });
      return {
        kind: "TensorType",
        ...(dtype && { dtype }),
        axes,
        pending,
        at,
        ...(on && { on }),
        ...(tier && { tier }),
        span: this.since(start),
      };
    },
    plain,
  );

  readonly axis = this.RULE(
    "axis",
    (): AxisSpec | AxisPack => {
      const start = this.start();
      return this.OR<AxisSpec | AxisPack>([
        {
          ALT: () => {
            this.CONSUME(token.Dots);
            return { kind: "AxisPack", span: this.since(start) };
          },
        },
        { ALT: () => this.SUBRULE(this.axisSpec) },
      ]);
    },
    plain,
  );

  /** `r: rows(R)/ep by to`. */
  readonly axisSpec = this.RULE(
    "axisSpec",
    (): AxisSpec => {
      const start = this.start();
      const label = this.OPTION({
        GATE: () => this.nextIsName() && this.nextIs(token.Colon, 2),
        DEF: () => {
          const name = this.name("new");
          this.CONSUME(token.Colon);
          return name;
        },
      });
      const size = this.SUBRULE(this.axisSize);
      const cuts: AxisCut[] = [];
      this.MANY(() => cuts.push(this.SUBRULE(this.axisCut)));
      return { kind: "AxisSpec", ...(label && { label }), size, cuts, span: this.since(start) };
    },
    plain,
  );

  readonly axisSize = this.RULE(
    "axisSize",
    (): Expr => {
      const start = this.start();
      return this.OR<Expr>([
        { ALT: () => this.SUBRULE(this.number) },
        { ALT: () => this.SUBRULE(this.group) },
        {
          ALT: () => {
            const name = this.name("axis");
            let size: Expr = { kind: "NameExpr", name, span: this.since(start) };
            this.MANY(() => {
              const object = size;
              size = this.OR1<Expr>([
                {
                  ALT: () => {
                    this.CONSUME(token.Dot);
                    return { kind: "MemberExpr", object, member: this.name("member", 1), span: this.since(start) };
                  },
                },
                {
                  ALT: () => {
                    this.CONSUME(token.LeftParenthesis);
                    const args = this.enclosed(0, () => this.SUBRULE(this.argument));
                    this.CONSUME(token.RightParenthesis);
                    return { kind: "CallExpr", callee: object, arguments: args, span: this.since(start) };
                  },
                },
              ]);
            });
            return size;
          },
        },
      ]);
    },
    plain,
  );

  readonly axisCut = this.RULE(
    "axisCut",
    (): AxisCut => {
      this.CONSUME(token.Slash);
      const start = this.start();
      const mesh = this.name("mesh axis");
      const by = this.OPTION(() => {
        this.CONSUME(word.by);
        return this.name("column", 1);
      });
      return { kind: "AxisCut", mesh, ...(by && { by }), span: this.since(start) };
    },
    plain,
  );

  /** `pending sum over tp`, `pending sum over (dp, tp)`; without parentheses where no parameter follows. */
  readonly pendingClause = this.RULE(
    "pendingClause",
    (): PendingSpec => {
      const start = this.start();
      this.CONSUME(word.pending);
      const monoid = this.name("monoid");
      this.CONSUME(word.over);
      const over = this.OR<Identifier[]>([
        {
          ALT: () => {
            this.CONSUME(token.LeftParenthesis);
            const axes = this.enclosed(0, () => this.name("mesh axis", 1));
            this.CONSUME(token.RightParenthesis);
            return axes;
          },
        },
        {
          ALT: () => {
            const axes = [this.name("mesh axis", 2)];
            this.MANY({
              GATE: () => this.continuesMeshAxes(),
              DEF: () => {
                this.CONSUME(token.Comma);
                axes.push(this.name("mesh axis", 3));
              },
            });
            return axes;
          },
        },
      ]);
      return { kind: "PendingSpec", monoid, over, span: this.since(start) };
    },
    plain,
  );

  readonly atClause = this.RULE(
    "atClause",
    (): AtSpec => {
      const start = this.start();
      this.CONSUME(word.at);
      const mesh = this.name("mesh axis");
      this.CONSUME(token.LeftParenthesis);
      const position = this.SUBRULE(this.expression);
      this.CONSUME(token.RightParenthesis);
      return { kind: "AtSpec", mesh, position, span: this.since(start) };
    },
    plain,
  );

  /** `q, k: bf16[seq, dim]`. */
  readonly parameter = this.RULE(
    "parameter",
    (): Parameter => {
      const start = this.start();
      const names = this.names("new");
      this.CONSUME(token.Colon);
      const type = this.SUBRULE(this.tensorType);
      return this.ACTION(() => ({ kind: "Parameter", names, type: narrowed(type), span: this.since(start) }));
    },
    plain,
  );

  /** `(x: .., y: ..)`. */
  readonly parameters = this.RULE(
    "parameters",
    (): Parameter[] => {
      this.CONSUME(token.LeftParenthesis);
      const parameters = this.enclosed(0, () => this.SUBRULE(this.parameter));
      this.CONSUME(token.RightParenthesis);
      return parameters;
    },
    plain,
  );

  /** `<R: table, m: axis, h>`. */
  readonly typeParameters = this.RULE(
    "typeParameters",
    (): TypeParameter[] => {
      let parameters: TypeParameter[] = [];
      this.OPTION(() => {
        this.CONSUME(token.Less);
        parameters = this.enclosed(0, () => this.SUBRULE(this.typeParameter));
        this.CONSUME(token.Greater);
      });
      return parameters;
    },
    plain,
  );

  readonly typeParameter = this.RULE(
    "typeParameter",
    (): TypeParameter => {
      const start = this.start();
      const name = this.name("new");
      const bound = this.OPTION<Identifier>(() => {
        this.CONSUME(token.Colon);
        return this.name("kind of parameter", 1);
      });
      return { kind: "TypeParameter", name, ...(bound && { bound }), span: this.since(start) };
    },
    plain,
  );

  /** In `pending sum over tp, dp` a comma goes on, in `x: .. over tp, y: ..` it begins the next parameter. */
  private continuesMeshAxes(): boolean {
    if (!this.nextIs(token.Comma) || !this.nextIsName(2)) return false;
    let ahead = 3;
    while (ahead < furthestLook && this.nextIs(token.Comma, ahead) && this.nextIsName(ahead + 1)) ahead += 2;
    return !this.nextIs(token.Colon, ahead) && !this.nextIs(token.LeftBracket, 3) && !this.nextIs(token.Equal, 3);
  }
}

/** A bare name that is no element type is a name of a type. */
function narrowed(type: TensorType): TensorType | NamedType {
  const { dtype, axes, pending, at, on, tier, span } = type;
  const bare = axes.length + pending.length + at.length === 0 && on === undefined && tier === undefined;
  if (dtype === undefined || !bare || dtypeNames.has(dtype.text) || span.end !== dtype.span.end) return type;
  return { kind: "NamedType", name: dtype, span };
}
