import { expect } from "vitest";

/** A step of one rank, as a reader of any of the formats finds it. */
export interface ReadStep {
  readonly id: number;
  readonly kind: "compute" | "send" | "receive" | "collective";
  /** Nanoseconds of computing; bytes of a message, or that a collective states. */
  readonly size: number;
  readonly peer: number;
  readonly tag: number;
  readonly after: readonly number[];
  /** Of a collective: what it is, and its ranks. */
  readonly collective?: { readonly type: number; readonly ranks: readonly number[] };
}

/** By rank. */
export type ReadProgram = readonly (readonly ReadStep[])[];

/** What every simulator of these formats asks for, and does not check. */
export function expectRules(program: ReadProgram): void {
  const sent = new Map<string, number>();
  const received = new Map<string, number>();
  const problems: string[] = [];
  const require = (holds: boolean, what: string): void => {
    if (!holds && problems.length < 10) problems.push(what);
  };
  program.forEach((steps, rank) => {
    const ids = new Set(steps.map((step) => step.id));
    require(steps.length > 0, `rank ${rank} is empty`);
    require(ids.size === steps.length, `rank ${rank}: ids are not unique`);
    require(steps.some((step) => step.after.length === 0), `rank ${rank} has no root`);
    for (const step of steps) {
      const where = `rank ${rank} step ${step.id}`;
      require(Number.isSafeInteger(step.size) && step.size >= 1, `${where}: size ${step.size}`);
      require(new Set(step.after).size === step.after.length, `${where}: waits twice for one`);
      for (const before of step.after) require(ids.has(before), `${where}: waits for ${before}, which is not there`);
      if (step.collective !== undefined) {
        const { ranks, type } = step.collective;
        require(ranks.includes(rank) && ranks.length > 1, `${where}: a collective of ${ranks.join()}`);
        require(ranks.join() === ranks.toSorted((a, b) => a - b).join(), `${where}: ranks ${ranks.join()}`);
        require([0, 2, 6, 7].includes(type), `${where}: collective ${type}`);
        // All but an all-gather count the whole, which is of equal parts.
        require(type === 2 || step.size % ranks.length === 0, `${where}: ${step.size} bytes of ${ranks.length} ranks`);
      }
      if (step.kind === "compute" || step.kind === "collective") continue;
      require(step.peer !== rank, `${where}: a message to itself`);
      require(step.peer >= 0 && step.peer < program.length, `${where}: peer ${step.peer}`);
      const [source, target] = step.kind === "send" ? [rank, step.peer] : [step.peer, rank];
      const key = `${step.tag} ${source} ${target} ${step.size}`;
      const side = step.kind === "send" ? sent : received;
      side.set(key, (side.get(key) ?? 0) + 1);
    }
  });
  program.forEach((steps, rank) => {
    const lanes = [["compute"], ["send", "collective"]];
    for (const kinds of lanes) {
      const lane = steps.filter((step) => kinds.includes(step.kind));
      lane.forEach((step, index) => {
        if (index === 0) return;
        require(lane[index - 1]!.id < step.id, `rank ${rank} step ${step.id}: ids do not rise`);
        require(step.after.includes(lane[index - 1]!.id), `rank ${rank} step ${step.id} is not chained to its lane`);
      });
    }
  });
  problems.push(...collectiveOrderProblems(program));
  expect(problems).toEqual([]);
  expect([...received].sort()).toEqual([...sent].sort());
  expect(runLanes(program, { latencyNs: 10, bytesPerNs: 1 }).finished).toBe(
    program.reduce((count, steps) => count + steps.length, 0),
  );
}

/** The k-th collective of a group on one of its ranks is the k-th on all: nothing else tells them apart. */
export function collectiveOrderProblems(program: ReadProgram): string[] {
  const byGroup = new Map<string, Map<number, string[]>>();
  program.forEach((steps, rank) => {
    for (const { collective, size } of steps) {
      if (collective === undefined) continue;
      const key = collective.ranks.join();
      if (!byGroup.has(key)) byGroup.set(key, new Map(collective.ranks.map((member) => [member, []])));
      byGroup.get(key)!.get(rank)!.push(`${collective.type} ${size}`);
    }
  });
  return [...byGroup].flatMap(([ranks, sequences]) =>
    new Set([...sequences.values()].map((sequence) => sequence.join())).size === 1 ? [] : [`group ${ranks} disagrees`],
  );
}

/** Bytes by source and target. */
export function bytesPerPair(program: ReadProgram): Record<string, number> {
  const bytes: Record<string, number> = {};
  program.forEach((steps, rank) => {
    for (const step of steps) {
      if (step.kind !== "send") continue;
      const pair = `${rank} -> ${step.peer}`;
      bytes[pair] = (bytes[pair] ?? 0) + step.size;
    }
  });
  return bytes;
}

export function dependencyCounts(program: ReadProgram): number[] {
  return program.map((steps) => steps.reduce((count, step) => count + step.after.length, 0));
}

/**
 * Runs a program as ASTRA-sim's congestion-unaware backend does: on each rank one compute step and one send at a time,
 * of those that could run the one of the lowest id; a send holds its lane until it has arrived. A collective holds the
 * lane of sends on all its ranks, from when the last of them has come to it; the k-th of a group on one rank is met by
 * the k-th on the others.
 */
export function runLanes(
  program: ReadProgram,
  network: { readonly latencyNs: number; readonly bytesPerNs: number },
): { readonly finished: number; readonly endNs: number } {
  const position = program.map((steps) => new Map(steps.map((step, index) => [step.id, index])));
  const waits = program.map((steps) => steps.map((step) => step.after.length));
  const dependents = program.map((steps) => steps.map((): number[] => []));
  program.forEach((steps, rank) =>
    steps.forEach((step, index) => {
      for (const before of step.after) dependents[rank]![position[rank]!.get(before)!]!.push(index);
    }),
  );
  const ready = program.map(() => ({ compute: [] as number[], send: [] as number[] }));
  const busy = program.map(() => ({ compute: false, send: false }));
  const posted = new Map<string, number[]>();
  const arrived = new Map<string, number>();
  const events: { at: number; act: () => void }[] = [];
  let now = 0;
  let finished = 0;
  const keyOf = (step: ReadStep, source: number, target: number): string =>
    `${step.tag} ${source} ${target} ${step.size}`;

  const schedule = (at: number, act: () => void): void => {
    let index = events.length;
    while (index > 0 && events[index - 1]!.at < at) index--;
    events.splice(index, 0, { at, act });
  };
  const finish = (rank: number, index: number): void => {
    finished++;
    for (const next of dependents[rank]![index]!) if (--waits[rank]![next]! === 0) makeReady(rank, next);
  };
  const makeReady = (rank: number, index: number): void => {
    const step = program[rank]![index]!;
    if (step.kind === "receive") {
      const key = keyOf(step, step.peer, rank);
      const count = arrived.get(key) ?? 0;
      if (count > 0) {
        arrived.set(key, count - 1);
        schedule(now, () => finish(rank, index));
      } else posted.set(key, [...(posted.get(key) ?? []), index]);
      return;
    }
    ready[rank]![step.kind === "compute" ? "compute" : "send"].push(index);
  };
  const met = new Map<string, { rank: number; index: number }[][]>();
  const issuedOfGroup = new Map<string, number>();
  const meet = (rank: number, index: number): void => {
    const { collective, size } = program[rank]![index]!;
    const { ranks, type } = collective!;
    const key = ranks.join();
    const place = issuedOfGroup.get(`${rank} of ${key}`) ?? 0;
    issuedOfGroup.set(`${rank} of ${key}`, place + 1);
    const meetings = met.get(key) ?? [];
    met.set(key, meetings);
    const present = (meetings[place] ??= []);
    present.push({ rank, index });
    if (present.length < ranks.length) return;
    const part = type === 2 ? size : size / ranks.length;
    const steps = (type === 0 ? 2 : 1) * (ranks.length - 1);
    schedule(now + steps * Math.trunc(network.latencyNs + part / network.bytesPerNs), () => {
      for (const each of present) {
        busy[each.rank]!.send = false;
        finish(each.rank, each.index);
      }
    });
  };
  const issue = (rank: number, lane: "compute" | "send"): void => {
    const list = ready[rank]![lane];
    if (busy[rank]![lane] || list.length === 0) return;
    list.sort((a, b) => program[rank]![b]!.id - program[rank]![a]!.id);
    const index = list.pop()!;
    const step = program[rank]![index]!;
    busy[rank]![lane] = true;
    if (step.collective !== undefined) {
      meet(rank, index);
      return;
    }
    const takes = lane === "compute" ? step.size : Math.trunc(network.latencyNs + step.size / network.bytesPerNs);
    schedule(now + takes, () => {
      busy[rank]![lane] = false;
      finish(rank, index);
      if (lane === "compute") return;
      const key = keyOf(step, rank, step.peer);
      const waiting = posted.get(key)?.shift();
      if (waiting === undefined) arrived.set(key, (arrived.get(key) ?? 0) + 1);
      else finish(step.peer, waiting);
    });
  };
  program.forEach((steps, rank) => steps.forEach((_, index) => waits[rank]![index] === 0 && makeReady(rank, index)));
  for (;;) {
    program.forEach((_, rank) => {
      issue(rank, "compute");
      issue(rank, "send");
    });
    const event = events.pop();
    if (event === undefined) return { finished, endNs: now };
    now = event.at;
    event.act();
  }
}
