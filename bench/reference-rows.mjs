// npm run reproduce: what the simulator predicts for published measurements, beside what was published.
//   node bench/reference-rows.mjs [--write]      --write puts the tables into docs/predictions.md
// Every prediction is of a file of the language with the sizes given; nothing is fitted to a row.
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { kernelTable, ncclTable, sweepTable } from "./reference/collectives.mjs";
import { difference, megabytes, milliseconds, ratio, section, table, timeTable } from "./reference/markdown.mjs";
import { predictor } from "./reference/predictor.mjs";
import { expertTable, leafSpineTable, volumeTable } from "./reference/volumes.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const page = resolve(root, "docs/predictions.md");
const markers = ["<!-- reference-rows: begin -->", "<!-- reference-rows: end -->"];

const flux = "examples/flux.stretto";
const comet = "bench/reference/comet-layers.stretto";
const t3 = "bench/reference/t3-sublayers.stretto";

/**
 * The tables of docs/predictions.md, as markdown.
 * @param {import("./reference-rows.mjs").Pipeline} pipeline
 * @returns {string}
 */
export function referenceTables(pipeline) {
  const predict = predictor(pipeline);
  return [
    kernelTable(predict),
    sweepTable(predict),
    fluxTable(predict),
    cometTable(predict),
    expertTable(predict),
    volumeTable(predict),
    leafSpineTable(predict),
    sublayerTable(predict),
    ncclTable(predict),
    ratioTable(predict),
  ].join("\n");
}

const eightExperts = { profile: "eight_experts" };

function fluxTable(predict) {
  const gather = predict(flux, "ag_barrier");
  const scatter = predict(flux, "rs_barrier");
  const rows = [
    ["product before a scatter, alone", 5.392, scatter.compute_ns, "it reaches 96 % of the data sheet's 119.5 TFLOP/s"],
    ["product after a gather, alone", 5.746, gather.compute_ns, "it reaches 90 % of the data sheet's 119.5 TFLOP/s"],
    [
      "gather and product, overlapped",
      5.903,
      predict(flux, "ag_flux").makespan_ns,
      "the product's distance, and 0.16 ms that did not hide",
    ],
    [
      "product and scatter, overlapped",
      5.73,
      predict(flux, "rs_flux").makespan_ns,
      "the product's distance, and 0.34 ms that did not hide",
    ],
    [
      "gather alone, by NCCL",
      11.2,
      gather.communication_ns,
      "NCCL got 7.9 GB/s through the PCIe tree; ours is one switch at the raw 32 GB/s. Not to be reproduced",
    ],
  ];
  return section(
    "R7: Flux on eight L20, 4096 x 12288 x 49152, f16",
    "Source: the repository bytedance/flux, docs/performance.md. A rank receives 88.1 MB; " +
      `predicted: ${megabytes(gather.bytes_per_rank)}.`,
    timeTable(rows),
  );
}

function cometTable(predict) {
  const bytes = predict(comet, "l0").bytes_per_rank;
  const rows = [
    [
      "L0, 32 experts, top 4",
      1.146,
      predict(comet, "l0").makespan_ns,
      "its products run at 480 of 989 TFLOP/s; ours lose nothing but what last waves leave idle",
    ],
    [
      "L0, 8 experts, top 2",
      0.657,
      predict(comet, "l0", eightExperts).makespan_ns,
      "set by the links: 178.7 GB/s published, 200 the data sheet's",
    ],
    [
      "L1, 32 experts, top 4",
      1.863,
      predict(comet, "l1").makespan_ns,
      "295 TFLOP/s published: rows that are gathered and summed disturb the products, which is not modelled",
    ],
    [
      "L1, 8 experts, top 2",
      1.019,
      predict(comet, "l1", eightExperts).makespan_ns,
      "the same, half hidden behind the links",
    ],
  ];
  return section(
    "R8: Comet's two halves on eight H800, 8192 tokens, 8192 x 8192, bf16, every expert cut over 8 ranks",
    "Source: the repository bytedance/flux, docs/performance.md. A rank receives 117.4 MB in L0; " +
      `predicted: ${megabytes(bytes)}. The table's column for PyTorch is not optimised, and not reproduced.`,
    timeTable(rows),
  );
}

/** Sizes recalled from the paper: sequences x their tokens, and hidden. */
const models = [
  { model: "Mega-GPT-2", tokens: 16 * 1024, hidden: 3072 },
  { model: "T-NLG", tokens: 8 * 1024, hidden: 4256 },
];
const sublayers = [
  { name: "attention's output", share: 1 },
  { name: "second of the mlp", share: 4 },
  { name: "first of the mlp, backward", share: 4 },
  { name: "attention's input, backward", share: 3 },
];

/** One a model, width and sublayer: times of both schedules, with the gather that follows and without. */
function predictSublayers(predict) {
  return models.flatMap(({ model, tokens, hidden }) =>
    [8, 16].flatMap((ranks) =>
      sublayers.map(({ name, share }) => {
        const set = { tokens, hidden, depth: share * hidden, ranks };
        const time = (schedule) => predict(t3, schedule, set).makespan_ns;
        return {
          model,
          ranks,
          name,
          barrier: time("barrier"),
          t3: time("t3"),
          alone: time("scattered_barrier") / time("scattered_t3"),
        };
      }),
    ),
  );
}

function sublayerTable(predict) {
  const rows = predictSublayers(predict).map(({ model, ranks, name, barrier, t3: own, alone }) => [
    model,
    ranks,
    name,
    milliseconds(barrier),
    milliseconds(own),
    ratio(barrier / own),
    ratio(alone),
  ]);
  return section(
    "R24: T3's sublayers",
    "Sizes recalled: Mega-GPT-2 has 16 sequences of 1024 tokens and hidden 3072, T-NLG 8 of 1024 and 4256. The paper " +
      "gives no absolute times. A sublayer is the product, the scatter of its sum, and the gather that follows; the last column leaves the gather out.",
    table(["model", "ranks", "sublayer", "barrier", "T3", "speedup", "without the gather"], rows, [1, 3, 4, 5, 6]),
  );
}

function ratioTable(predict) {
  const time = (file, schedule, settings) => predict(file, schedule, settings).makespan_ns;
  const speedups = predictSublayers(predict).map(({ barrier, t3: own }) => barrier / own);
  const geometricMean = Math.exp(speedups.reduce((sum, value) => sum + Math.log(value), 0) / speedups.length);
  const gather = time(flux, "ag_flux") / predict(flux, "ag_barrier").compute_ns;
  const scatter = time(flux, "rs_flux") / predict(flux, "rs_barrier").compute_ns;
  const rows = [
    [
      "R7: gather and product over the product alone",
      5.903 / 5.746,
      gather,
      "both hide nearly all; ours has no stalls within a tile",
    ],
    [
      "R7: product and scatter over the product alone",
      5.73 / 5.392,
      scatter,
      "the same; stores of an epilogue stall its tile, which is not modelled",
    ],
    [
      "R8: L0 of 32 experts over that of 8",
      1.146 / 0.657,
      time(comet, "l0") / time(comet, "l0", eightExperts),
      "theirs is bound by products with 32 experts; ours nearly by the links in both",
    ],
    [
      "R8: L1 of 32 experts over that of 8",
      1.863 / 1.019,
      time(comet, "l1") / time(comet, "l1", eightExperts),
      "the same",
    ],
    ["R24: speedup, geometric mean", 1.3, geometricMean, "abstract: 30 % on average; over more models than these two"],
    ["R24: speedup, largest", 1.47, Math.max(...speedups), "abstract: 47 %"],
  ];
  return section(
    "Ratios",
    "After the times, for they depend on a baseline too.",
    table(
      ["ratio", "published", "predicted", "difference", "why"],
      rows.map(([name, source, own, why]) => [name, ratio(source), ratio(own), difference(own, source), why]),
      [1, 2, 3],
    ),
  );
}

/** The page with the tables between its markers. */
export function withTables(text, tables) {
  const [begin, end] = markers.map((marker) => text.indexOf(marker));
  if (begin < 0 || end < begin) throw new Error("docs/predictions.md has lost its markers");
  return `${text.slice(0, begin)}${markers[0]}\n\n${tables}\n${text.slice(end)}`;
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const { checkFile, planSchedule } = await import("../dist/compiler/program.js");
  const { createNodeHost } = await import("../dist/compiler/bind/node-host.js");
  const { simulate } = await import("../dist/simulator/simulate.js");
  const { measure } = await import("../dist/simulator/measure.js");
  const tables = referenceTables({ checkFile, planSchedule, createNodeHost, simulate, measure });
  if (process.argv.includes("--write")) writeFileSync(page, withTables(readFileSync(page, "utf8"), tables));
  else process.stdout.write(tables);
}
