// R5 and R25: collectives alone, on eight H100.
import { measured, sendrecvFit } from "./alpha-beta.mjs";
import { difference, section, table } from "./markdown.mjs";

const kernels = "bench/reference/nvls-kernels.stretto";
const nccl = "bench/reference/nccl.stretto";

const micro = (us) => `${us.toFixed(us < 100 ? 1 : 0)} us`;
const header = ["what", "published", "predicted", "difference", "why"];
const row = ([what, us, ns, why]) => [what, micro(us), micro(ns / 1e3), difference(ns / 1e3, us), why];

export function kernelTable(predict) {
  const time = (schedule, tokens) => predict(kernels, schedule, { tokens }).makespan_ns;
  const small = "fourteen rounds of 1.5 us and a launch; a real round of a ring costs more";
  const large = "the data sheet's 450 GB/s; NCCL gets 87 % of it";
  const apart = "ours reads, then writes, each V over a port; the kernel does both at once";
  const rows = [
    ["NCCL, 1024 tokens", 137, time("nccl", 1024), small],
    ["NCCL, 8192 tokens", 646, time("nccl", 8192), "the same, and large messages below"],
    ["NCCL, 32768 tokens", 2402, time("nccl", 32768), large],
    ["multimem, 1024 tokens", 75, time("multimem", 1024), apart],
    ["multimem, 8192 tokens", 500, time("multimem", 8192), apart],
    ["multimem, 32768 tokens", 1957, time("multimem", 32768), apart],
  ];
  return section(
    "R5: all-reduces on eight H100 with NVLink SHARP, hidden 8192, bf16",
    "Source: the artifact of TokenWeave, csvs of its figures 4, 7 and 10. NCCL as a ring; multimem as two rounds in the switch " +
      "(`run out on memory`), which adds what is read and copies what is written. The kernels that also do a norm are not in the table.",
    table(header, rows.map(row), [1, 2, 3]),
  );
}

/** Microseconds of the multimem kernel by its thread blocks. */
const sweep = [
  [2, 3006],
  [4, 1990],
  [8, 1959],
  [16, 1957],
  [32, 1962],
];

export function sweepTable(predict) {
  const few =
    "bound by SMs: V/8 read and V/8 written at 15 GB/s a block; the kernel's blocks reach 22.3 GB/s so counted";
  const link = "bound by links in both, and as far off as the whole kernel above: ours reads, then writes";
  const rows = sweep.map(([ctas, us]) => {
    const ns = predict(kernels, "swept", { tokens: 32768, ctas }).makespan_ns;
    return [`${ctas} thread blocks`, us, ns, ctas < 4 ? few : link];
  });
  return section(
    "R5: the same at 32768 tokens, on few thread blocks",
    "The same two rounds on `memory(n)`, an SM a thread block, each of which moves 15 GB/s: one load or store for all that the " +
      "switch adds or copies. That figure was fitted to sweeps of TokenWeave's kernels, so the rows say what the term is worth, and test nothing.",
    table(header, rows.map(row), [1, 2, 3]),
  );
}

export function ncclTable(predict) {
  const { alphaUs, gigabytesPerSecond } = sendrecvFit;
  const time = (schedule, bytes) => predict(nccl, schedule, { bytes }).makespan_ns;
  const why = {
    sendrecv: "what the fit leaves: NCCL changes protocol with the size, and a line does not",
    "1 KB": "two messages one after the other",
    "1 MB": "NCCL's own steps, beyond two messages, are in no figure of one message",
    "16 MB": "as sendrecv at this size, which the fit is short of too",
    "128 MB": "the fit's bandwidth is too low for large messages, and NCCL may add in the switch",
  };
  const rows = [
    ...measured.map(({ name, bytes, sendrecv }) => [
      `sendrecv, ${name}`,
      sendrecv,
      time("sendrecv", bytes),
      why.sendrecv,
    ]),
    ...measured.map(({ name, bytes, allReduce }) => [
      `all-reduce, ${name}`,
      allReduce,
      time("all_reduce", bytes),
      why[name],
    ]),
  ];
  return section(
    "R25: NCCL on eight H100",
    "Source: the repository of APEX+, profile/comm/H100-SXM-80GB. The machine's link is the least-squares fit of the relative errors of " +
      `alpha + bytes / beta over the four sendrecvs: ${alphaUs.toFixed(3)} us and ${gigabytesPerSecond.toFixed(2)} GB/s ` +
      "(`bench/reference/alpha-beta.mjs`), so these are its residuals; the all-reduces, in two rounds, are predicted from it.",
    table(header, rows.map(row), [1, 2, 3]),
  );
}
