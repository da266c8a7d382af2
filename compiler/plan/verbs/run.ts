/**
 * `run v, .. on sms(n) | copy | nic | stores | memory | memory(n)`
 *
 * Legality. The machine has the engine, and the engine can do at least one statement of v's call: `copy`, `nic`,
 * `stores` and `memory` move (`memory` where the memory, or a switch between the ranks, reduces, under the word's monoid if
 * it has one, or the switch multicasts what has none); `sms(n)` does both. Only `copy` and `sms(n)` reach a tier. An engine changes cost, never values (R4).
 *
 * Effect. The statements' tasks are issued from that engine's queue. `sms(n)` is one share for all values named, reserved
 * while they are live: what overlaps them has the rest. `sms` is `sms(auto)` of a word, and all of them of an op. `memory(n)`
 * is `memory`, to which n SMs issue: a share as that of `sms(n)`. `auto` in its closed form is the least n that moves as fast
 * as the rank's fastest link, brought into its range (R8).
 */
import type { MachineModel, SwitchWork } from "../../machine/model.js";
import { wordOf, type VerbContext, type VerbOf } from "./context.js";
import type { CheckedProgram, Target } from "../../check/ir.js";
import { coordinatesOf } from "../../lower/domains.js";

export function applyRun(context: VerbContext, verb: VerbOf<"run">): void {
  const of = Math.min(...verb.targets.flatMap((target) => target.statements));
  for (const target of verb.targets) applyToTarget(context, verb, target, of);
}

function applyToTarget(context: VerbContext, verb: VerbOf<"run">, target: Target, of: number): void {
  const { program, layer, settings, diagnostics } = context;
  const { machine } = program;
  const moving = target.statements.filter((s) => wordOf(layer, s) !== undefined);
  const words = moving.filter((s) => canDo(context, verb.engine, s));
  const kinds = machine.kinds;
  if (verb.engine !== "sms" && moving.length === 0) {
    diagnostics.report("run-not-a-word", target.location, { value: target.path, engine: verb.engine });
    return;
  }
  const missing = missingEngine(context, verb.engine, moving, words);
  if (missing !== undefined) {
    diagnostics.report("run-no-such-engine", verb.location, { machine: machine.name, ...missing });
    return;
  }
  let share: number | undefined;
  if (verb.engine === "sms" && verb.amount === undefined && words.length > 0) {
    // What moves has a share of its own, else it would stand in the queue of what computes.
    const most = Math.max(1, Math.min(...kinds.map((kind) => kind.sms)) - 1);
    for (const s of words) {
      settings.statements[s]!.engine = "sms";
      settings.statements[s]!.share = { sms: automaticShare(machine, 1, most), of };
    }
    return;
  }
  if (verb.amount !== undefined) {
    const all = Math.min(...kinds.map((kind) => kind.sms));
    if (all < 2) {
      const instead = verb.engine === "memory" ? "memory" : "copy";
      const say = moving.length > 0 ? `Say \`run ${target.path} on ${instead}\`` : `Leave \`run ${target.path}\` out`;
      const hint = `: it has one, which computes. ${say}`;
      diagnostics.report("run-no-such-engine", verb.location, { machine: machine.name, engine: "SM to spare", hint });
      return;
    }
    const { low, high } = typeof verb.amount === "number" ? { low: verb.amount, high: verb.amount } : verb.amount;
    const most = all - 1;
    if (!Number.isInteger(low) || !Number.isInteger(high) || low < 1 || low > high || low > most) {
      const amount = low === high ? String(low) : `auto in ${low} .. ${high}`;
      const { engine } = verb;
      diagnostics.report("run-sms-range", verb.location, { engine, amount, most, machine: machine.name, all });
      return;
    }
    share = typeof verb.amount === "number" ? verb.amount : automaticShare(machine, low, Math.min(high, most));
  }
  for (const s of verb.engine === "sms" ? target.statements : words) {
    settings.statements[s]!.engine = verb.engine;
    settings.statements[s]!.share = share === undefined ? undefined : { sms: share, of };
  }
}

/** Why no word can be done by an engine; undefined where one can. */
function missingEngine(
  { layer }: VerbContext,
  engine: VerbOf<"run">["engine"],
  moving: readonly number[],
  able: readonly number[],
): { engine: string; hint: string } | undefined {
  if (engine === "sms" || able.length > 0) return undefined;
  const names = { copy: "copy engine", nic: "NIC", stores: "store", memory: "memory" };
  if (engine !== "copy" && moving.every((s) => wordOf(layer, s)!.tier !== undefined)) {
    return { engine: names[engine], hint: ": `load` and `store` are done by copy engines or SMs" };
  }
  const hint = engine === "memory" ? ": a memory or a switch that combines says so with `reduces`" : "";
  return { engine: names[engine], hint };
}

/** Whether the machine has an engine that can do a word: nothing but copy engines and SMs reaches a tier. */
function canDo({ program, layer }: VerbContext, engine: VerbOf<"run">["engine"], s: number): boolean {
  const { monoid, tier, meshAxes } = wordOf(layer, s)!;
  const { kinds } = program.machine;
  if (engine === "sms") return true;
  if (engine === "copy") return kinds.every((kind) => kind.copyEngines > 0);
  if (tier !== undefined) return false;
  if (engine === "nic") return kinds.every((kind) => kind.nics > 0);
  if (engine === "stores") return true;
  const combines = (monoids: readonly string[]): boolean =>
    monoid === undefined ? monoids.length > 0 : monoids.includes(monoid);
  return (
    kinds.every((kind) => combines(kind.memory.reduces)) ||
    isInSwitch(program, meshAxes, (work) => combines(work.reduces) || (monoid === undefined && work.multicasts))
  );
}

/** Whether any two ranks of the word's first group are joined by a switch that does work of a kind. */
function isInSwitch(
  { mesh, machine }: CheckedProgram,
  meshAxes: readonly number[],
  does: (work: SwitchWork) => boolean,
): boolean {
  for (let rank = 1; rank < mesh.rankCount; rank++) {
    const isInGroup = coordinatesOf(mesh, rank).every((position, axis) => position === 0 || meshAxes.includes(axis));
    const work = isInGroup ? machine.route(0, rank)?.inSwitch : undefined;
    if (work !== undefined && does(work)) return true;
  }
  return false;
}

/** Of the ways out of the first rank, by which it sends to others. */
function fastestLink({ rankCount, linkResources, route }: MachineModel): number {
  let fastest = 0;
  for (let rank = 1; rank < rankCount; rank++) {
    const out = route(0, rank)?.resources[0];
    if (out !== undefined) fastest = Math.max(fastest, linkResources[out]!.bytesPerSecond);
  }
  return fastest;
}

/** Least n SMs that together move as fast as the fastest link of a rank, within [low, high]. */
export function automaticShare(machine: MachineModel, low: number, high: number): number {
  const fastest = fastestLink(machine);
  const each = Math.min(...machine.kinds.map((kind) => kind.smMovesBytesPerSecond));
  const wanted = Number.isFinite(each) && each > 0 ? Math.ceil(fastest / each) : low;
  return Math.min(high, Math.max(low, wanted));
}
