/**
 * `run v, .. on sms(n) | copy | nic | stores | memory | memory(n)`
 *
 * Legality. The machine has the engine, and the engine can do at least one statement of v's call: `copy`, `nic`,
 * `stores` and `memory` move (`memory` also combines, where the memory, or a switch between the ranks, reduces under the
 * word's monoid); `sms(n)` does
 * both. An engine changes cost, never values (R4).
 *
 * Effect. The statements' tasks are issued from that engine's queue. `sms(n)` is one share for all values named, reserved
 * while they are live: what overlaps them has the rest. `sms` is `sms(auto)` of a word, and all of them of an op. `memory(n)`
 * is `memory`, to which n SMs issue: a share as that of `sms(n)`. `auto` in its closed form is the least n that moves as fast
 * as the rank's fastest link, brought into its range (R8).
 */
import type { MachineModel, RankKind } from "../../machine/model.js";
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
  const words = target.statements.filter((s) => wordOf(layer, s) !== undefined);
  const kinds = machine.kinds;
  if (verb.engine !== "sms" && words.length === 0) {
    diagnostics.report("run-not-a-word", target.location, { value: target.path, engine: verb.engine });
    return;
  }
  const missing = missingEngine(context, verb.engine, words, kinds);
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
      const hint = `: it has one, which computes. Say \`run ${target.path} on ${instead}\``;
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

function missingEngine(
  context: VerbContext,
  engine: VerbOf<"run">["engine"],
  words: readonly number[],
  kinds: readonly RankKind[],
): { engine: string; hint: string } | undefined {
  if (engine === "copy" && kinds.some((kind) => kind.copyEngines < 1)) return { engine: "copy engine", hint: "" };
  if (engine === "nic" && kinds.some((kind) => kind.nics < 1)) return { engine: "NIC", hint: "" };
  if (engine !== "memory") return undefined;
  for (const s of words) {
    const { monoid } = wordOf(context.layer, s)!;
    if (monoid === undefined || kinds.every((kind) => kind.memory.reduces.includes(monoid))) return undefined;
    if (reducesInSwitch(context.program, wordOf(context.layer, s)!.meshAxes, monoid)) return undefined;
  }
  return { engine: "memory", hint: ": a memory or a switch that combines says so with `reduces`" };
}

/** Whether any two ranks of the word's first group are joined by a switch that combines under the monoid. */
function reducesInSwitch({ mesh, machine }: CheckedProgram, meshAxes: readonly number[], monoid: string): boolean {
  for (let rank = 1; rank < mesh.rankCount; rank++) {
    const isInGroup = coordinatesOf(mesh, rank).every((position, axis) => position === 0 || meshAxes.includes(axis));
    if (isInGroup && machine.route(0, rank)?.inSwitch?.reduces.includes(monoid)) return true;
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
