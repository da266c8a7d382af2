/** In how many ways, told apart by the guards around them, the local equations of a kernel are evaluated. */
import type { ConditionIR, KernelIR, ScalarIR } from "./ir.js";

/** More ways than this are refused: dependencies are derived for each apart. */
export const mostWays = 256;

/** The number of ways of the local equation that has the most; its name, and its ways counted up to one above `mostWays`. */
export function mostGuardedLocal(kernel: KernelIR): { readonly name: string; readonly ways: number } | undefined {
  const ways = new Array<number>(kernel.locals.length).fill(0);
  addWays(kernel.body, 1, ways);
  // A local equation is read by the body and by those after it.
  for (let local = kernel.locals.length - 1; local >= 0; local--)
    addWays(kernel.locals[local]!.body, ways[local]!, ways);
  const most = Math.max(0, ...ways);
  return most === 0 ? undefined : { name: kernel.locals[ways.indexOf(most)]!.name, ways: most };
}

/** Adds what an equation that is evaluated in `own` ways makes of those it reads: each once for each of the guards around it. */
function addWays(equation: ScalarIR, own: number, ways: number[]): void {
  const found = new Map<number, Set<string>>();
  const visit = (scalar: ScalarIR, guards: string): void => {
    const under = (condition: ConditionIR, side: string) => `${guards}${side}${JSON.stringify(condition)}`;
    switch (scalar.kind) {
      case "local":
        if (!found.has(scalar.local)) found.set(scalar.local, new Set());
        found.get(scalar.local)!.add(guards);
        return;
      case "call":
        return scalar.arguments.forEach((part) => visit(part, guards));
      case "binary":
        visit(scalar.left, guards);
        return visit(scalar.right, guards);
      case "select":
        visit(scalar.whenTrue, under(scalar.condition, "if "));
        return visit(scalar.whenFalse, under(scalar.condition, "else "));
      case "reduce":
        return scalar.bodies.forEach((body) => visit(body, scalar.where ? under(scalar.where, "where ") : guards));
      default:
    }
  };
  visit(equation, "");
  for (const [local, guards] of found) ways[local] = Math.min(mostWays + 1, ways[local]! + own * guards.size);
}
