/** Tasks by the names that people write: as timelines, messages and comparisons print them. */
import { TaskKind, type TaskGraph } from "./task-graph.js";

/** `h[3] on rank 2`: block 3 of h there, or part 3 of h where it is split. What is left out may be anything. */
export interface TaskName {
  /** `h`, `sent.take`. */
  readonly value: string;
  /** What stands in brackets: `3`, `a`. */
  readonly indices: readonly string[];
  readonly block?: number;
  readonly rank?: number;
  readonly round?: number;
  readonly source?: number;
  readonly target?: number;
}

/** Why there are none: what the name says that is not so, and what there is instead. */
export type NoTasks =
  | { readonly kind: "unknown"; readonly value: string; readonly known: readonly string[] }
  | { readonly kind: "ambiguous"; readonly known: readonly string[] }
  | { readonly kind: "nowhere"; readonly what: string; readonly there: string };

/**
 * Reads `h[3] on rank 2`, `h, block 3, on rank 2`, `keys 0 -> 1`, `keys from 0 to 1 round 2`, `h[1]`, `h`.
 *
 * @returns undefined where it is none of these
 */
export function readTaskName(text: string): TaskName | undefined {
  const plain = text.replaceAll("`", "").trim();
  const head = /^([\p{L}_][\p{L}\p{N}_.]*)((?:\[[^[\]]*\])*)/u.exec(plain);
  if (head === null) return undefined;
  const name: { -readonly [K in keyof TaskName]: TaskName[K] } = {
    value: head[1]!,
    indices: [...head[2]!.matchAll(/\[([^\]]*)\]/g)].map(([, index]) => index!.trim()),
  };
  let rest = plain.slice(head[0].length);
  while (rest !== "") {
    const clause = clauses.find(({ pattern }) => pattern.test(rest));
    if (clause === undefined) return undefined;
    const match = clause.pattern.exec(rest)!;
    clause.take(name, Number(match[1]), Number(match[2]));
    rest = rest.slice(match[0].length);
  }
  return name;
}

type Writable = { -readonly [K in keyof TaskName]: TaskName[K] };

const clauses: readonly { readonly pattern: RegExp; take(name: Writable, first: number, second: number): void }[] = [
  {
    pattern: /^[\s,]+(?:from\s+)?(?:rank\s+)?(\d{1,9})\s*(?:->|→|to\b)\s*(?:rank\s+)?(\d{1,9})(?!\d)/,
    take: (name, source, target) => Object.assign(name, { source, target }),
  },
  { pattern: /^[\s,]+block\s+(\d{1,9})(?!\d)/, take: (name, block) => (name.block = block) },
  { pattern: /^[\s,]+(?:on\s+)?rank\s+(\d{1,9})(?!\d)/, take: (name, rank) => (name.rank = rank) },
  { pattern: /^[\s,]+round\s+(\d{1,9})(?!\d)/, take: (name, round) => (name.round = round) },
];

/** The tasks of a name, in order of their numbers; at least one. */
export function findTasks(graph: TaskGraph, name: TaskName): { readonly tasks: readonly number[] } | NoTasks {
  const named = instancesNamed(graph, name);
  if ("kind" in named) return named;
  const wanted = new Set(named.instances);
  const block = name.block ?? named.block;
  const all = tasksWhere(graph, (task) => wanted.has(graph.instance[task]!));
  const ends = (task: number): [number, number] => {
    const cost = graph.classes[graph.classOf[task]!];
    return cost?.kind === "transfer" ? [cost.source, cost.target] : [graph.rank[task]!, graph.rank[task]!];
  };
  const { value, rank, source, target, round } = name;
  if (rank !== undefined && rank >= graph.rankCount)
    return { kind: "nowhere", what: `there is no rank ${rank}`, there: `ranks are 0 .. ${graph.rankCount - 1}` };
  const narrowings: { readonly what: string; there(tasks: readonly number[]): string; is(task: number): boolean }[] =
    [];
  if (rank !== undefined)
    narrowings.push({
      what: `\`${value}\` does nothing on rank ${rank}`,
      there: (tasks) => `it has tasks on ${list("rank", tasks.flatMap(ends))}`,
      is: (task) => ends(task).includes(rank),
    });
  if (source !== undefined)
    narrowings.push({
      what: `\`${value}\` sends nothing from rank ${source} to rank ${target}`,
      there: (tasks) => sends(tasks.map(ends)),
      is: (task) => graph.kind[task] === TaskKind.transfer && ends(task).join() === `${source},${target}`,
    });
  if (round !== undefined)
    narrowings.push({
      what: `\`${value}\` has no round ${round} there`,
      there: (tasks) =>
        `it has ${list(
          "round",
          tasks.flatMap((task) => roundOf(graph, task) ?? []),
        )}`,
      is: (task) => roundOf(graph, task) === round,
    });
  if (block !== undefined)
    narrowings.push({
      what: `\`${value}\` has no block ${block} there`,
      there: (tasks) =>
        `it has ${list(
          "block",
          tasks.map((task) => graph.block[task]!),
        )}`,
      is: (task) => graph.block[task] === block,
    });
  let tasks = all;
  for (const { what, there, is } of narrowings) {
    const left = tasks.filter(is);
    if (left.length === 0) return { kind: "nowhere", what, there: there(tasks) };
    tasks = left;
  }
  return { tasks };
}

function tasksWhere(graph: TaskGraph, is: (task: number) => boolean): number[] {
  const tasks: number[] = [];
  for (let task = 0; task < graph.taskCount; task++)
    if (graph.kind[task] !== TaskKind.join && graph.instance[task]! >= 0 && is(task)) tasks.push(task);
  return tasks;
}

function roundOf(graph: TaskGraph, task: number): number | undefined {
  return graph.instances[graph.instance[task]!]!.rounds?.[graph.block[task]!];
}

/** Instances, and the block where the last index is no part's. */
function instancesNamed(
  graph: TaskGraph,
  { value, indices }: TaskName,
): { readonly instances: readonly number[]; readonly block?: number } | NoTasks {
  const bases = [...new Set(graph.instances.map(baseName))];
  const exact = bases.includes(value) ? [value] : [];
  const longer = bases.filter((base) => base.endsWith(`.${value}`) || base.startsWith(`${value}.`));
  const fitting = exact.length > 0 ? exact : longer;
  if (fitting.length === 0) return { kind: "unknown", value, known: bases };
  if (fitting.length > 1) return { kind: "ambiguous", known: fitting };
  const base = fitting[0]!;
  const numbered = [...graph.instances.keys()].filter((i) => baseName(graph.instances[i]!) === base);
  const suffix = (own: readonly string[]): string => own.map((index) => `[${index}]`).join("");
  const parts = numbered.filter((i) => graph.instances[i]!.name.slice(base.length).startsWith(suffix(indices)));
  if (parts.length > 0) return { instances: parts };
  const last = Number(indices.at(-1));
  const whole = numbered.filter((i) => graph.instances[i]!.name === base + suffix(indices.slice(0, -1)));
  if (whole.length > 0 && Number.isSafeInteger(last) && indices.at(-1) !== "") return { instances: whole, block: last };
  const names = numbered.map((i) => `\`${graph.instances[i]!.name}\``);
  const there =
    names.length > 1 ? `its parts are ${shortened(names)}` : "it is not split: one number in brackets is a block";
  return { kind: "nowhere", what: `\`${base}\` has no part \`${base}${suffix(indices)}\``, there };
}

/** Without its part. */
function baseName({ name, part }: TaskGraph["instances"][number]): string {
  return part.length === 0 ? name : name.slice(0, name.indexOf("["));
}

function sends(pairs: readonly (readonly [number, number])[]): string {
  const between = [...new Set(pairs.filter(([a, b]) => a !== b).map(([a, b]) => `${a} -> ${b}`))];
  return between.length === 0 ? "it sends nothing between ranks" : `it sends ${shortened(between)}`;
}

/** `blocks 0 .. 31`, `ranks 0, 2, 4`, `block 7`. */
function list(noun: string, numbers: readonly number[]): string {
  const sorted = [...new Set(numbers)].toSorted((a, b) => a - b);
  if (sorted.length === 0) return `no ${noun}`;
  const first = sorted[0]!;
  const last = sorted.at(-1)!;
  if (sorted.length === 1) return `${noun} ${first}`;
  const dense = last - first === sorted.length - 1;
  return `${noun}s ${dense && sorted.length > 2 ? `${first} .. ${last}` : shortened(sorted.map(String))}`;
}

const mostListed = 8;

function shortened(names: readonly string[]): string {
  const rest = names.length - mostListed;
  return names.slice(0, mostListed).join(", ") + (rest > 0 ? `, .. (${rest} more)` : "");
}
