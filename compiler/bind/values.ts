import type { Expr } from "../../grammar/ast.js";
import type { DiagnosticCollector } from "../diagnostics/collector.js";
import { locate } from "./bound-program.js";
import type { AxisDefinition, Definition, ParamDefinition } from "./bound-program.js";
import { describeKind } from "./definitions.js";
import { evaluateExpression } from "./evaluate.js";
import type { EvaluationContext } from "./evaluate.js";
import { namesIn } from "./names-in.js";
import type { Quantity } from "./quantity.js";
import type { NameReporter } from "./report-unknown-name.js";
import type { Scopes } from "./scopes.js";
import type { Setting } from "./settings.js";

/** What an expression may refer to besides params and axes, and how exact it is. */
type FurtherNames = Pick<EvaluationContext, "valueOfMember" | "rowsOf" | "inexact">;

/** The values of params and named axes, found when first asked for. */
export interface Values {
  /** Undefined where it has none, which is reported. */
  of(definition: Definition): Quantity | undefined;
  evaluate(
    expression: Expr,
    file: string,
    names?: ReadonlyMap<string, Quantity>,
    further?: FurtherNames,
  ): Quantity | undefined;
}

type Valued = ParamDefinition | AxisDefinition;
type State = "open" | { readonly quantity: Quantity | undefined };

export function createValues(
  scopes: Scopes,
  settings: ReadonlyMap<Definition, Setting>,
  diagnostics: DiagnosticCollector,
  reportUnknownName: NameReporter,
): Values {
  const states = new Map<Valued, State>();

  /** What is evaluated for a value: one expression, or of an axis made of factors without a size, those to multiply. */
  function sources(definition: Valued): { value: Expr; file: string }[] {
    const setting = settings.get(definition);
    if (setting) return [setting];
    const { file } = definition;
    if (definition.kind === "param") return [{ value: definition.node.value, file }];
    const { size, factors = [] } = definition.node;
    if (size) return [{ value: size, file }];
    const sizes = factors.flatMap((factor) => factor.size ?? []);
    return sizes.length === factors.length ? sizes.map((value) => ({ value, file })) : [];
  }

  function dependencies(definition: Valued): Valued[] {
    return sources(definition).flatMap(({ value, file }) =>
      [...namesIn(value)].flatMap((name) => scopes.lookup("names", name, file)).filter(isValued),
    );
  }

  /** Depth first with a stack of its own: a chain of params may be longer than the machine's. */
  function settle(root: Valued): void {
    const stack = [root];
    while (stack.length > 0) {
      const definition = stack.at(-1)!;
      const state = states.get(definition);
      if (state === undefined) {
        states.set(definition, "open");
        for (const needed of dependencies(definition)) {
          const its = states.get(needed);
          if (its === "open") reportCycle(needed, stack);
          else if (its === undefined) stack.push(needed);
        }
        continue;
      }
      stack.pop();
      if (state === "open") states.set(definition, { quantity: evaluateDefinition(definition) });
    }
  }

  function evaluateDefinition(definition: Valued): Quantity | undefined {
    const [first, ...others] = sources(definition).map(({ value, file }) => evaluate(value, file));
    if (!first || others.some((other) => !other)) return undefined;
    return { ...first, value: others.reduce((product, other) => product * other!.value, first.value) };
  }

  function reportCycle(closing: Valued, stack: readonly Valued[]): void {
    const open = stack.filter((definition) => states.get(definition) === "open");
    const cycle = open.slice(open.indexOf(closing));
    const shown = cycle.length > 8 ? [...cycle.slice(0, 7), undefined] : cycle;
    const related = cycle
      .slice(1, 8)
      .map((other) => ({ location: locate(other.file, other), message: `\`${other.name}\` is part of the cycle` }));
    diagnostics.report(
      "param-cycle",
      locate(closing.file, closing),
      { name: closing.name, cycle: [...shown, closing].map((one) => one?.name ?? "..").join(" -> ") },
      { related },
    );
  }

  function valueOf(definition: Definition): Quantity | undefined {
    if (!isValued(definition)) return undefined;
    if (!states.has(definition)) settle(definition);
    const state = states.get(definition);
    // Still open: part of a cycle, which is reported.
    return state === "open" ? undefined : state?.quantity;
  }

  function evaluate(
    expression: Expr,
    file: string,
    names?: ReadonlyMap<string, Quantity>,
    further?: FurtherNames,
  ): Quantity | undefined {
    return evaluateExpression(expression, {
      file,
      diagnostics,
      ...further,
      valueOf(name) {
        const given = names?.get(name.text);
        if (given) return given;
        const [definition] = scopes.lookup("names", name.text, file);
        const expected = "a param or a named axis";
        if (!definition) reportUnknownName(name, file, expected, ["param", "axis"], names?.keys());
        else if (isValued(definition)) return valueOf(definition);
        else {
          const found = describeKind(definition.kind);
          const related = [{ location: locate(definition.file, definition), message: "declared here" }];
          diagnostics.report("wrong-noun", locate(file, name), { name: name.text, found, expected }, { related });
        }
        return undefined;
      },
    });
  }

  return { of: valueOf, evaluate };
}

function isValued(definition: Definition): definition is Valued {
  return definition.kind === "param" || definition.kind === "axis";
}
