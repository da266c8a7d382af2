// A program as large as asked for, for the benchmark of the editor: layers of a transformer and of mixtures of experts with
// ops, schedules and checks of their own, each with the comments and blank lines that people write.
const head = `// A program of many layers, made for a benchmark.

import { h800_node } from "std/machines"
import { combine, dispatch, grouped_matmul, matmul, silu } from "std/ops"

param tokens = 4096, hidden = 1024, ffn = 2048, experts = 8, topk = 2, ranks = 8
profile small { tokens = 256, hidden = 64, ffn = 128, ranks = 4 }

mesh on h800_node { ep: ranks }

table gate: tokens -> experts, top(topk) = uniform seed 7
`;

const block = (i) => `
/// How wide layer ${i} is.
param width${i} = ${512 + 64 * (i % 8)}, cols${i} = 128

/// Twice the square of what is positive.
op square_relu${i}(x: T[..]) -> T[..] = 2 * max(x[..], 0) * max(x[..], 0)

/// Experts spread over the ranks: rows travel to their experts and back.
layer experts${i}(
  x:    bf16[tokens/ep, hidden],
  up:   bf16[experts/ep, hidden, width${i}],
  down: bf16[experts/ep, width${i}, hidden],
) -> out: bf16[tokens/ep, hidden] {
  let sent = dispatch(x, gate) // each row to the rank of its expert
  let h = square_relu${i}(grouped_matmul(sent, up))
  let y = grouped_matmul(h, down)
  return combine(y, gate)
}

schedule experts_barrier${i} of experts${i}

schedule experts_overlapped${i} of experts${i} {
  tile h, y by (128, 128)
  overlap sent -> h by rows // as they arrive
  order h as sent
  run sent on copy
  overlap y -> out by hidden(cols${i})
  order y as out
}

check experts_overlapped${i} {
  same result as experts${i} within 1e-2
  no deadlock, no race
  memory <= 80 GB
  hides 10 % of communication
}

/// A block of two products, cut over the ranks: partial sums are scattered.
layer block${i}(x: bf16[tokens/ep, hidden], w1: bf16[hidden, ffn/ep], w2: bf16[ffn/ep, hidden]) -> y: bf16[tokens/ep, hidden] {
  let full = all_gather(x, tokens)
  let h = silu(matmul(full, w1))
  let part = matmul(h, w2) // pending sum over ep
  return reduce_scatter(part, tokens)
}

schedule block_ring${i} of block${i} {
  overlap full -> h by shard
  order h as full
}
`;

/** @returns {string} the text, of at least so many lines */
export function programOf(lines) {
  const perBlock = block(0).split("\n").length - 1;
  const blocks = Math.ceil((lines - head.split("\n").length) / perBlock);
  return head + Array.from({ length: blocks }, (_, i) => block(i)).join("");
}
