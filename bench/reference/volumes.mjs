// R14, R16 and R23: bounds, bytes and loads, which are exact or a mean.
import { difference, ratio, section, table } from "./markdown.mjs";

const experts = "bench/reference/expert-bound.stretto";
const volumes = "bench/reference/sequence-volumes.stretto";
const fabric = "bench/reference/leaf-spine.stretto";

const header = ["what", "source", "ours", "difference", "why"];

export function expertTable(predict) {
  const micros = (machine) =>
    ["dispatch", "combine"].reduce((sum, schedule) => sum + predict(experts, schedule, { machine }).makespan_ns, 0) /
    1e3;
  const exact = "3 bytes x 32 tokens x 9 experts x 7000 numbers, and nothing but the network";
  const [slow, fast] = [micros("infiniband"), micros("nvl72")];
  // 61 layers, two micro-batches that take turns on the network.
  const perToken = (us) => (us * 2 * 61) / 1e3;
  const rows = [
    ["there and back, 50 GB/s", "120.96 us", `${slow.toFixed(2)} us`, difference(slow, 120.96), exact],
    [
      "a token, 61 layers, twice",
      "14.76 ms",
      `${perToken(slow).toFixed(2)} ms`,
      difference(perToken(slow), 14.76),
      "the same, times 122",
    ],
    [
      "tokens a second",
      "67",
      (1e3 / perToken(slow)).toFixed(1),
      difference(1e3 / perToken(slow), 67),
      "rounded down in the source",
    ],
    ["there and back, 900 GB/s", "6.72 us", `${fast.toFixed(2)} us`, difference(fast, 6.72), exact],
  ];
  return section(
    "R14: the bound on expert parallelism",
    "Source: DeepSeek's analysis of its own models, recalled. Every rank sends 32 tokens to nine experts on other ranks, f8 there and bf16 back.",
    table(header, rows, [1, 2, 3]),
  );
}

/** Sizes of bench/reference/sequence-volumes.stretto. */
const whole = 1024 * 512 * 2;

export function volumeTable(predict) {
  const perRank = (schedule, ranks) => predict(volumes, schedule, { ranks }).bytes_moved / ranks / whole;
  const own = "in units of S h, all but the own part: (N - 1) / N of it";
  const rows = [4, 8].flatMap((n) => {
    const share = (n - 1) / n;
    const [ulysses, megatron, lightseq] = ["ulysses", "megatron", "lightseq"].map((name) => perRank(name, n));
    return [
      [`Ulysses, N = ${n}`, ratio(4 / n), ratio(ulysses / share), difference(ulysses / share, 4 / n), own],
      [
        `Megatron-LM with sequence parallelism, N = ${n}`,
        ratio(4),
        ratio(megatron / share),
        difference(megatron / share, 4),
        own,
      ],
      [
        `Megatron-LM over Ulysses, N = ${n}`,
        ratio(n),
        ratio(megatron / ulysses),
        difference(megatron / ulysses, n),
        "exact",
      ],
      [
        `LightSeq, forward, N = ${n}`,
        ratio(1),
        ratio(lightseq / share),
        difference(lightseq / share, 1),
        `${own}; half of K and V, for attention is causal`,
      ],
    ];
  });
  return section(
    "R16: bytes a rank sends in a layer, forward",
    "Sources: DeepSpeed's page on Ulysses (4 S h / N against 4 S h); LightSeq's 3 S h against Megatron's 14 S h is recalled, " +
      "forward and backward together, of which the forward parts are 1 and 4: the other 2 and 10 wait for the backward pass.",
    table(header, rows, [1, 2, 3]),
  );
}

const [leaves, below] = [16, 16];
const seeds = 20;

export function leafSpineTable(predict) {
  const fullest = (policy) => {
    const program = predict.check(fabric, {}, (text) => text.replaceAll("ecmp seed 1", policy));
    return meanFullest(program.machine);
  };
  const hashed = Array.from({ length: seeds }, (_, seed) => fullest(`ecmp seed ${seed}`));
  const mean = hashed.reduce((sum, each) => sum + each, 0) / seeds;
  const rows = [
    ["ECMP, mean", 3.07, mean, `over ${seeds} seeds and ${leaves} leaves: sixteen balls thrown into sixteen bins`],
    ["planned", 1, fullest("planned"), "a path each"],
    ["split flows", 1, fullest("split"), "as many whole flows as spines, and none left over"],
    ["sprayed packets", 1, fullest("spray"), "a sixteenth of each flow on each path"],
  ].map(([what, source, own, why]) => [what, ratio(source), ratio(own), difference(own, source), why]);
  return section(
    "R23: the fullest uplink of a leaf of sixteen, on sixteen spines",
    "Flows of a ring, one from every rank to the next leaf; loads in flows. Source: the mean of the fullest of sixteen bins, exact.",
    table(header, rows, [1, 2, 3]),
  );
}

/** Mean over the leaves of the flows on the fullest uplink of each. */
function meanFullest(machine) {
  const loads = new Map();
  for (let rank = 0; rank < leaves * below; rank++) {
    const { resources, shares } = machine.route(rank, (rank + below) % (leaves * below));
    resources.forEach((link, i) => {
      const [, leaf] = /^leaf (\d+) ->/.exec(machine.linkResources[link].name) ?? [];
      if (leaf !== undefined) loads.set(link, { leaf, load: (loads.get(link)?.load ?? 0) + (shares?.[i] ?? 1) });
    });
  }
  const most = new Map();
  for (const { leaf, load } of loads.values()) most.set(leaf, Math.max(most.get(leaf) ?? 0, load));
  return [...most.values()].reduce((sum, load) => sum + load, 0) / leaves;
}
