// The ops that are timed, as the compiler reads them in ops.stretto.
import { fileURLToPath } from "node:url";
import { createNodeHost } from "../../dist/compiler/bind/node-host.js";
import { checkFile } from "../../dist/compiler/program.js";

const file = fileURLToPath(new URL("ops.stretto", import.meta.url));

/** The mathematics of a layer's only op, at these sizes: plain data. */
function opOf(layer, params) {
  const set = new Map(Object.entries(params).map(([name, value]) => [name, String(value)]));
  const { program, diagnostics } = checkFile(file, createNodeHost(file), { set });
  if (program === undefined) throw new Error(JSON.stringify(diagnostics));
  const [{ kernel }] = program.layers.find(({ name }) => name === layer).statements;
  return { kernel, monoids: program.monoids };
}

export const productOp = ({ m, k, n }) => opOf("product", { m, k, n });

export const attentionOp = ({ positions, heads, head, isCausal }) =>
  opOf(isCausal ? "causal_attention" : "attention", { positions, heads, head });
