/** A program that is planned and simulated in a moment: a layer with one word, two schedules, a check. */
export const smallProgram = `import { h800_node } from "std/machines"
import { matmul } from "std/ops"
param tokens = 1024, hidden = 512
mesh on h800_node { tp: 4 }
layer mlp(x: bf16[tokens, hidden/tp], w: bf16[hidden/tp, hidden]) -> out: bf16[tokens/tp, hidden] {
  let y = matmul(x, w)
  return reduce_scatter(y, tokens)
}
schedule plain of mlp
schedule eager of mlp {
  use ring for out
  tile y by (128, 128)
  overlap y -> out by shard
  order y as out
}
check eager {
  no deadlock
  rounds == 3
  hides 100 % of communication
}
`;
