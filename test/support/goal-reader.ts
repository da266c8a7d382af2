/** Reads GOAL, as text and as binary, by its published grammar and layout; nothing of the writers is used. */
import type { ReadProgram, ReadStep } from "./message-programs.js";

export interface GoalStep extends ReadStep {
  readonly cpu: number;
  readonly nic: number;
}

export type GoalProgram = ReadProgram & readonly (readonly GoalStep[])[];

const operation =
  /^([a-zA-Z][a-zA-Z0-9_]*): (?:calc (\d+) cpu (\d+)|(send|recv) (\d+)b (to|from) (\d+) tag (\d+) cpu (\d+) nic (\d+))$/;
const requirement = /^([a-zA-Z][a-zA-Z0-9_]*) requires ([a-zA-Z][a-zA-Z0-9_]*)$/;

export function readGoalText(text: string): GoalProgram {
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("//"));
  const count = Number(/^num_ranks (\d+)$/.exec(lines.shift() ?? "")?.[1] ?? NaN);
  const program: GoalStep[][] = [];
  let steps: (GoalStep & { after: number[] })[] | undefined;
  let labels = new Map<string, number>();
  for (const line of lines) {
    if (steps === undefined) {
      if (line !== `rank ${program.length} {`) throw new Error(`not rank ${program.length}: ${line}`);
      steps = [];
      labels = new Map();
    } else if (line === "}") {
      program.push(steps);
      steps = undefined;
    } else {
      const waits = requirement.exec(line);
      if (waits !== null) {
        const [later, before] = [labels.get(waits[1]!), labels.get(waits[2]!)];
        if (later === undefined || before === undefined) throw new Error(`a label is not there yet: ${line}`);
        steps[later]!.after.push(before);
        continue;
      }
      const match = operation.exec(line);
      if (match === null) throw new Error(`no statement: ${line}`);
      const [, label, time, computeCpu, direction, bytes, preposition, peer, tag, cpu, nic] = match;
      if (labels.has(label!)) throw new Error(`the label ${label} is there twice`);
      if (direction !== undefined && (direction === "send") !== (preposition === "to")) throw new Error(line);
      labels.set(label!, steps.length);
      const kind = direction === undefined ? "compute" : direction === "send" ? "send" : "receive";
      const numbers = { size: time ?? bytes, peer: peer ?? 0, tag: tag ?? 0, cpu: computeCpu ?? cpu, nic: nic ?? 0 };
      const { size, ...rest } = Object.fromEntries(Object.entries(numbers).map(([key, value]) => [key, Number(value)]));
      steps.push({
        id: steps.length,
        kind,
        size: size!,
        after: [],
        ...(rest as { peer: number; tag: number; cpu: number; nic: number }),
      });
    }
  }
  if (program.length !== count) throw new Error(`${program.length} ranks, not ${count}`);
  return program;
}

const kinds = { 1: "send", 2: "receive", 3: "compute" } as const;

export function readGoalBinary(bytes: Uint8Array): GoalProgram {
  const whole = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (whole.getBigUint64(0, true) !== 4223n) throw new Error("the magic number is another");
  const view = new DataView(bytes.buffer, bytes.byteOffset + 8, bytes.byteLength - 8);
  const ranks = view.getUint32(0, true);
  const [highestCpu, highestNic] = [view.getUint8(4), view.getUint8(5)];
  const program: GoalStep[][] = [];
  let end = 6 + 16 * ranks;
  const cpus = new Set<number>();
  for (let rank = 0; rank < ranks; rank++) {
    const start = Number(view.getBigUint64(6 + 16 * rank, true));
    if (start !== end) throw new Error(`rank ${rank} begins at ${start}, not at ${end}`);
    end = Number(view.getBigUint64(14 + 16 * rank, true));
    const nodes = view.getUint32(start, true);
    const roots = Array.from({ length: view.getUint32(start + 4, true) }, (_, i) =>
      view.getUint32(start + 8 + 4 * i, true),
    );
    const nodesAt = start + 8 + 4 * roots.length;
    const listAt = nodesAt + 39 * nodes;
    const after: number[][] = Array.from({ length: nodes }, () => []);
    const counts: number[] = [];
    const steps: GoalStep[] = [];
    let listed = 0;
    for (let node = 0; node < nodes; node++) {
      const at = nodesAt + 39 * node;
      counts.push(view.getUint32(at, true));
      const kind = kinds[view.getUint8(at + 4) as 1 | 2 | 3];
      if (kind === undefined) throw new Error(`node ${node} of rank ${rank} has no kind`);
      const [peer, size, tag] = [
        view.getUint32(at + 5, true),
        view.getBigUint64(at + 9, true),
        view.getUint32(at + 17, true),
      ];
      const [cpu, nic] = [view.getUint8(at + 21), view.getUint8(at + 22)];
      cpus.add(cpu);
      const [dependents, first] = [view.getUint32(at + 23, true), view.getUint32(at + 27, true)];
      const [startDependents, firstStart] = [view.getUint32(at + 31, true), view.getUint32(at + 35, true)];
      if (first !== listed || firstStart !== listed + dependents || startDependents !== 0)
        throw new Error("lists overlap");
      for (let i = 0; i < dependents; i++) after[view.getUint32(listAt + 4 * (first + i), true)]!.push(node);
      listed += dependents;
      if (nic > highestNic) throw new Error(`nic ${nic} of ${highestNic}`);
      steps.push({ id: node, kind, size: Number(size), peer, tag, after: after[node]!, cpu, nic });
    }
    if (listAt + 4 * listed !== end) throw new Error(`rank ${rank} ends at ${end}, not at ${listAt + 4 * listed}`);
    counts.forEach((count, node) => {
      if (count !== after[node]!.length) throw new Error(`node ${node} waits for ${after[node]!.length}, not ${count}`);
    });
    const isRoot = counts.flatMap((count, node) => (count === 0 ? [node] : []));
    if (isRoot.join() !== roots.join()) throw new Error(`the roots of rank ${rank} are others`);
    program.push(steps);
  }
  if (Math.max(...cpus) !== highestCpu) throw new Error(`the highest cpu is not ${highestCpu}`);
  if (end !== view.byteLength) throw new Error("bytes are left over");
  return program;
}
