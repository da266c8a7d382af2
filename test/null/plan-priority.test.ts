import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { CheckedProgram, LayerIR, VerbIR } from "../../compiler/check/ir.js";
import { createCollector } from "../../compiler/diagnostics/collector.js";
import { TaskKind, type TaskGraph } from "../../compiler/graph/task-graph.js";
import type { Settings } from "../../compiler/lower/settings.js";
import { settingsOf } from "../../compiler/plan/settings.js";
import { operandsOf } from "../../compiler/plan/verbs/context.js";
import { findDeadlock } from "../../compiler/prove/acyclic.js";
import { simulate } from "../../simulator/simulate.js";
import { describeLayer } from "../support/describe-layer.js";
import { somewhere } from "../support/layer-builder.js";
import { planLayer } from "../support/plan-layer.js";
import { plannedText, planText } from "../support/plan-text.js";
import { drawFrom, runsOf, type Draw } from "../support/random-draw.js";
import { randomLayer } from "../support/random-layers.js";
import { settingsByVerbs } from "../support/random-settings.js";

// `priority v above w`: who is issued first where both stand in one queue.

const program = (verbs: string, more = ""): string => `
import { laptop } from "std/machines"
import { relu, gelu } from "std/ops"
param rows = 8, cols = 4
mesh on laptop { tp: 2 }
layer net(g: f32[rows/tp, cols], x: f32[rows/tp, cols]) -> (all: f32[rows, cols], out: f32[rows/tp, cols], y: f32[rows, cols]) {
  let all = all_gather(g, rows)
  let a = relu(x)
  let b = gelu(a)
  let sent = all_to_all(b, rows/tp -> cols/tp)
  let out = all_to_all(sent, cols/tp -> rows/tp)
  let y = all_gather(a, rows)
  return all, out, y
}
schedule s of net {
${verbs}
}
${more}`;

/** What rank 0 issues from its engines: names, each as often as it follows another. */
function issued(verbs: string, engine: "sms" | "copy"): string {
  const { graph } = plannedText(program(verbs)).planned;
  const names = Array.from({ length: graph.taskCount }, (_, task) => task)
    .filter((task) => graph.queue[task]! >= 0 && graph.rank[task] === 0)
    .filter((task) => graph.queues[graph.queue[task]!]!.engine === engine)
    .toSorted((a, b) => graph.place[a]! - graph.place[b]!)
    .map((task) => graph.instances[graph.instance[task]!]!.name);
  return names.filter((name, i) => name !== names[i - 1]).join(" ");
}

describe("issues what is above, and what it waits for, before what is below; the rest as it was", () => {
  test("of words", () => {
    expect(issued("async all", "copy")).toBe("all sent out y");
    expect(issued("async all\n priority sent above all", "copy")).toBe("sent all out y");
    expect(issued("async all\n priority out above all", "copy")).toBe("sent out all y");
    expect(issued("async all, y\n priority y above sent", "copy")).toBe("all y sent out");
    expect(issued("async all, y\n priority y above out\n priority out above all", "copy")).toBe("sent y out all");
    expect(issued("async all\n priority all above sent", "copy")).toBe("all sent out y");
  });

  test("of ops in parts: one after the other, not part by part", () => {
    const split = "split rows within tp into 2 as early, late";
    expect(issued(split, "sms")).toBe("a[early] b[early] a[late] b[late]");
    expect(issued(`${split}\n priority a above b`, "sms")).toBe("a[early] a[late] b[early] b[late]");
  });

  test("of words in parts: all parts of the one", () => {
    const split = "split rows within tp into 2 as early, late\n async all, y";
    expect(issued(split, "copy")).toBe(
      "all[early] all[late] sent[early] sent[late] out[early] out[late] y[early] y[late]",
    );
    expect(issued(`${split}\n priority y above all`, "copy")).toMatch(
      /^y\[early\] y\[late\] all\[early\] all\[late\] sent/,
    );
  });

  test("of words that one overlap joins: no longer round by round, unless both are above, or below, the same", () => {
    const three = (verbs: string): string => {
      const text = `
import { laptop } from "std/machines"
import { relu } from "std/ops"
param rows = 3, cols = 2
mesh on laptop { tp: 3 }
layer net(a: f32[rows/tp, cols], b: f32[rows/tp, cols], c: f32[rows/tp, cols]) -> (x: f32[rows, cols], y: f32[rows, cols], z: f32[rows, cols]) {
  let x = all_gather(a, rows)
  let y = all_gather(b, rows)
  let z = all_gather(c, rows)
  return x, y, z
}
schedule s of net { ${verbs} }`;
      const { graph } = plannedText(text).planned;
      return Array.from({ length: graph.taskCount }, (_, task) => task)
        .filter((task) => graph.kind[task] === TaskKind.transfer && graph.rank[task] === 0)
        .toSorted((p, q) => graph.place[p]! - graph.place[q]!)
        .map((task) => graph.instances[graph.instance[task]!]!)
        .map(({ name }) => name)
        .join("");
    };
    expect(three("overlap y, z  async x")).toBe("xxyzyz");
    expect(three("overlap y, z  async x  priority z above y")).toBe("xxzzyy");
    expect(three("overlap y, z  async x  priority z above x")).toBe("zzxxyy");
    expect(three("overlap y, z  async x  priority y above x  priority z above x")).toBe("yzyzxx");
  });
});

describe("refused, with the reason", () => {
  const cases: readonly [string, RegExp][] = [
    [
      "priority sent above all",
      /^priority-waits: .*`sent` comes after `all` in program order: say `overlap all, sent` or `async all`\.$/,
    ],
    ["priority out above sent", /^priority-waits: `out` cannot be issued before `sent`: `out` needs `sent`\.$/],
    ["async sent, out\n priority b above a", /^priority-waits: .*`b` needs `a`\.$/],
    [
      "overlap all, out\n priority out above all",
      /^priority-waits: .*`out` needs `sent`, which comes after `all` in program order: say `overlap all, sent`/,
    ],
    [
      "async all\n priority sent above all\n priority all above sent",
      /^priority-waits: .*`all` has `sent` above it\.$/,
    ],
    ["async all, y\n priority all above y\n priority y above out\n priority sent above all", /^$/],
    [
      "async all, y\n priority all above y\n priority y above sent\n priority out above all",
      /^priority-waits: .*`out` needs `sent`, which has `y` above it, which has `all` above it\.$/,
    ],
    ["priority all above all", /^priority-waits: .*they are one/],
    ["async all\n priority a above all", /^priority-apart: `a` is issued from sms, `all` from copy:/],
    ["async all\n run sent on sms(1)\n priority sent above all", /^priority-apart: .*from sms\(1\), `all` from copy/],
    ["priority g above all", /^verb-on-input: `g`/],
  ];
  test.each(cases)("%s", (verbs, said) => {
    const machine = program(verbs).replace(/laptop/g, "h800_node");
    const messages = planText(machine).diagnostics.map(({ name, message }) => `${name}: ${message}`);
    expect(messages.join("\n")).toMatch(said);
  });
});

describe("of random schedules", () => {
  interface Case {
    readonly program: CheckedProgram;
    readonly layer: LayerIR;
    readonly settings: Settings;
  }

  function randomCase(draw: Draw): Case {
    const { program, layer } = randomLayer(draw);
    const { verbs } = settingsByVerbs(draw, program, layer);
    const target = (s: number) => {
      const { result } = layer.statements[s]!;
      return { path: layer.values[result]!.name, statements: [s], value: result, location: somewhere };
    };
    // Mostly a later one above one that is out of program order: else little passes.
    const last = layer.statements.length - 1;
    const more = Array.from({ length: draw.integer(1, 4) }, (): VerbIR[] => {
      const below = draw.integer(0, last);
      const alike = layer.statements.flatMap(({ kind }, s) =>
        s > below && kind === layer.statements[below]!.kind ? [s] : [],
      );
      const above = alike.length === 0 || draw.oneIn(5) ? draw.integer(0, last) : draw.pick(alike);
      const priority: VerbIR = { verb: "priority", target: target(above), above: target(below), location: somewhere };
      return draw.oneIn(4) ? [priority] : [priority, { verb: "async", targets: [target(below)], location: somewhere }];
    }).flat();
    // A number of slots may deadlock by itself.
    const all = [...verbs.filter(({ verb }) => verb !== "keep"), ...more];
    const schedule = { name: "s", layer: 0, verbs: all, location: somewhere };
    return { program, layer, settings: settingsOf(program, layer, schedule, createCollector()) };
  }

  const graphOf = ({ program, layer }: Case, settings: Settings): TaskGraph =>
    planLayer(program, layer, settings).planned.graph;

  function forCases(check: (random: Case, graph: TaskGraph, without: TaskGraph) => void): void {
    let judged = 0;
    fc.assert(
      fc.property(fc.gen(), (generate) => {
        const random = randomCase(drawFrom(generate));
        if (random.settings.priorities.length === 0) return;
        judged++;
        check(random, graphOf(random, random.settings), graphOf(random, { ...random.settings, priorities: [] }));
      }),
      { numRuns: runsOf(500) },
    );
    expect(judged).toBeGreaterThan(50);
  }

  const statementOf = (graph: TaskGraph, task: number): number => graph.instances[graph.instance[task]!]!.statement;

  /** All tasks of what is above come before all of what is below. */
  function expectPriorities({ settings }: Case, graph: TaskGraph): void {
    const first = new Map<string, number>();
    const last = new Map<string, number>();
    for (let task = 0; task < graph.taskCount; task++) {
      if (graph.queue[task]! < 0) continue;
      const key = `${graph.queue[task]} ${statementOf(graph, task)}`;
      first.set(key, Math.min(first.get(key) ?? Infinity, graph.place[task]!));
      last.set(key, Math.max(last.get(key) ?? -1, graph.place[task]!));
    }
    for (const { above, below } of settings.priorities)
      graph.queues.forEach((_, q) =>
        expect(last.get(`${q} ${above}`) ?? -1).toBeLessThan(first.get(`${q} ${below}`) ?? Infinity),
      );
  }

  /** No schedule that passes comes to a stop for its priorities. */
  function expectNoDeadlock(random: Case, graph: TaskGraph, without: TaskGraph): void {
    if (findDeadlock(without) !== undefined || findDeadlock(graph) === undefined) return;
    const { program, layer, settings } = random;
    expect.fail(`${describeLayer(program, layer, settings)}\n${JSON.stringify(settings.priorities)}`);
  }

  /** Only what is above something, and what that waits for, comes before what it came after. */
  function expectTheRestUnmoved({ layer, settings }: Case, graph: TaskGraph, without: TaskGraph): void {
    const producer = new Map(layer.statements.map((ir, s) => [ir.result, s]));
    const lifted = new Set(settings.priorities.map(({ above }) => above));
    const count = layer.statements.length;
    for (const s of lifted) {
      for (const operand of operandsOf(layer.statements[s]!))
        if (producer.has(operand)) lifted.add(producer.get(operand)!);
      for (const { above, below } of settings.priorities) if (below === s) lifted.add(above);
      for (let a = 0; a < s; a++) {
        const isFree =
          settings.statements[a]!.async || settings.statements[s]!.async || settings.relaxed.has(a * count + s);
        if (!isFree) lifted.add(a);
      }
    }
    // Words that an overlap joins are issued round by round, or not: within them the order may change.
    const joined = (s: number) => settings.overlapGroups.some((group) => group.includes(s));
    for (let queue = 0; queue < graph.queues.length; queue++) {
      const others = Array.from({ length: graph.taskCount }, (_, task) => task)
        .filter((task) => graph.queue[task] === queue)
        .filter((task) => !lifted.has(statementOf(graph, task)) && !joined(statementOf(graph, task)));
      const by = ({ place }: TaskGraph) => others.toSorted((a, b) => place[a]! - place[b]!);
      expect(by(graph)).toEqual(by(without));
    }
  }

  test("hold, stop nothing, and move nothing else", () => {
    forCases((...random) => {
      expectPriorities(random[0], random[1]);
      expectNoDeadlock(...random);
      expectTheRestUnmoved(...random);
    });
  });
});

describe("takes what is urgent past what is long", () => {
  const bandwidth = 100e9;
  const rate = 1e12;
  const text = (long: number, rows: number, verbs: string) => `
machine pair {
  rank gpu[2] {
    compute f32 1 TFLOP/s
    sms 1
    memory hbm 80 GB at 100000 TB/s
    copy engines 1
  }
  link gpu <-> gpu: switch { 100 GB/s each way }
}
import { matmul } from "std/ops"
param long = ${long}, rows = ${rows}, cols = 256
mesh on pair { tp: 2 }
layer net(w: f32[long/tp, cols], x: f32[rows/tp, cols], v: f32[cols, cols]) -> (weights: f32[long, cols], out: f32[rows, cols]) {
  let weights = all_gather(w, long)
  let now = all_gather(x, rows)
  let out = matmul(now, v)
  return weights, out
}
schedule s of net { async weights  ${verbs} }`;

  const seconds = (text: string): number => {
    const { planned } = plannedText(text);
    return simulate(planned.graph, planned.program.machine).makespanNs / 1e9;
  };

  test.each([
    [4096, 1024],
    [16384, 1024],
    [1024, 4096],
    [65536, 64],
  ])("of %d rows to prefetch and %d now: A + B + C becomes A + max(B, C)", (long, rows) => {
    const [prefetch, needed] = [long, rows].map((n) => ((n / 2) * 256 * 4) / bandwidth) as [number, number];
    const computed = (2 * rows * 256 * 256) / rate;
    expect(seconds(text(long, rows, "")) / (prefetch + needed + computed)).toBeCloseTo(1, 9);
    const wanted = needed + Math.max(prefetch, computed);
    expect(seconds(text(long, rows, "priority now above weights")) / wanted).toBeCloseTo(1, 9);
  });
});
