import type { MachineModel, Route } from "../../compiler/machine/model.js";
import { bindText } from "./bind-text.js";

export const rankBody = "compute f32 1 TFLOP/s\nsms 4\nmemory d 1 GB at 1 TB/s";

/** A machine of `count` ranks `g` with these links; throws for a mistake in them. */
export function linkedMachine(count: number, ...links: readonly string[]): MachineModel {
  const lines = links.map((link) => `link ${link}`).join("\n");
  const { bound, diagnostics } = bindText(
    `machine m { rank g[${count}] { ${rankBody} }\n${lines} }\nmesh on m { r: 1 }`,
  );
  if (!bound.machine) throw new Error(diagnostics.map((one) => one.message).join("\n"));
  return bound.machine;
}

/** Names of what a route goes over. */
export function namesOver(machine: MachineModel, route: Route | undefined): string[] {
  return (route?.resources ?? []).map((index) => machine.linkResources[index]!.name);
}

/** Ranks of a route over wires `g[a] -> g[b]`, from first to last; throws where one wire does not begin at the last's end. */
export function ranksAlong(machine: MachineModel, source: number, target: number): number[] | undefined {
  const route = machine.route(source, target);
  if (!route) return undefined;
  const ranks = [source];
  for (const name of namesOver(machine, route)) {
    const [, from, to] = /^g\[(\d+)\] -> g\[(\d+)\]$/.exec(name)!;
    if (Number(from) !== ranks.at(-1)) throw new Error(`${name} does not begin at rank ${ranks.at(-1)}`);
    ranks.push(Number(to));
  }
  return ranks;
}
