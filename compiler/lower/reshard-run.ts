/**
 * reshard, as rounds: every rank gets each part that it lacks straight from the first rank that holds it, in the order in
 * which `direct` does an all_to_all (round s: from the rank s places before). Derived from the two layouts, so that there
 * is nothing to prove. Chunk s * n + t is what of rank s's part rank t needs.
 */
import type { MeshModel, ValueIR } from "../check/ir.js";
import type { ChunkState, CollectiveEvent, CollectiveRun } from "./collective-run.js";
import { coordinatesOf, type Domains } from "./domains.js";
import { intersect } from "../graph/runs.js";

export function reshardRun(domains: Domains, mesh: MeshModel, operand: ValueIR, result: ValueIR): CollectiveRun {
  const n = mesh.rankCount;
  const ranks = Array.from({ length: n }, (_, rank) => rank);
  const holders = holdersOf(domains, mesh, operand);
  const states: ChunkState[] = [];
  const own = new Map<number, number>();
  const add = (state: ChunkState): number => states.push(state) - 1;
  const held = (source: number, target: number, final: boolean): number => {
    const chunk = source * n + target;
    let state = own.get(chunk);
    if (state === undefined) {
      const contributions = 1n << BigInt(source);
      state = add({ position: source, chunk, initial: true, event: -1, deliveries: 0, contributions, final });
      own.set(chunk, state);
    }
    return state;
  };
  const deliveries: { source: number; target: number; place: number }[] = [];
  const results = ranks.map((target): number[] => {
    if (!domains.present(result, target)) return [];
    return [...holders.values()].flatMap((group, place) => {
      if (!meets(domains, operand, result, group[0]!, target)) return [];
      if (group.includes(target)) return [held(target, target, true)];
      deliveries.push({ source: group[0]!, target, place });
      return [-1 - place];
    });
  });
  const distance = ({ source, target }: { source: number; target: number }): number => (target - source + n) % n;
  deliveries.sort((a, b) => distance(a) - distance(b) || a.source - b.source || a.place - b.place);
  const rounds = new Map<number, number>();
  const events = deliveries.map((delivery, event): CollectiveEvent => {
    const { source, target, place } = delivery;
    const far = distance(delivery);
    if (!rounds.has(far)) rounds.set(far, rounds.size);
    const chunk = source * n + target;
    const sent = held(source, target, false);
    const { contributions } = states[sent]!;
    const makes = add({ position: target, chunk, initial: false, event, deliveries: 1, contributions, final: true });
    results[target] = results[target]!.map((state) => (state === -1 - place ? makes : state));
    return { round: rounds.get(far)!, source, target, chunk, combining: false, sent, makes, into: -1, leads: false };
  });
  return { size: n, rounds: rounds.size, events, states, results, problems: [] };
}

/** Ranks that hold each distinct part, ascending. */
function holdersOf(domains: Domains, mesh: MeshModel, value: ValueIR): Map<string, number[]> {
  const cutting = value.axes.flatMap((axis) => axis.cuts.map((cut) => cut.meshAxis));
  const holders = new Map<string, number[]>();
  for (let rank = 0; rank < mesh.rankCount; rank++) {
    if (!domains.present(value, rank)) continue;
    const coordinates = coordinatesOf(mesh, rank);
    const part = cutting.map((meshAxis) => coordinates[meshAxis]).join();
    const group = holders.get(part);
    if (group === undefined) holders.set(part, [rank]);
    else group.push(rank);
  }
  return holders;
}

/** Whether a rank needs something of what another one holds. */
function meets(domains: Domains, operand: ValueIR, result: ValueIR, source: number, target: number): boolean {
  return operand.axes.every(
    (_, d) => intersect(domains.ofValue(operand, d, source), domains.ofValue(result, d, target)).length > 0,
  );
}
