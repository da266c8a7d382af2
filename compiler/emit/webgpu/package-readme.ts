import { formatBytes, formatCount, formatTime } from "../../diagnostics/quantities.js";
import type { ShippedSchedule } from "./shipped.js";

export function packageReadme(shipped: ShippedSchedule): string {
  const { file, schedule, layer, machine, plan, reference, predicted, programs, params } = shipped;
  const { values, inputs, outputs } = reference.layer;
  const tensor = (id: number): string => {
    const { name, dtype, axes } = values[id]!;
    return `- \`${name}\`: ${dtype}[${axes.map(({ name: axis, size }) => `${axis} ${size}`).join(", ")}]`;
  };
  const bytes = Math.max(
    ...programs[0]!.program.ranks.map(({ buffers }) => buffers.reduce((sum, one) => sum + one, 0)),
  );
  return `# ${schedule}

Layer \`${layer}\` of \`${file}\` by its schedule \`${schedule}\`, compiled by Stretto: ${plan.graph.rankCount} ranks,
${formatCount(plan.graph.taskCount)} tasks, ${formatBytes(bytes)} of memory a device. On ${machine} it was predicted to take
${formatTime(predicted.makespanNs)}.

${params.map(([name, value]) => `\`${name}\` ${formatCount(value)}`).join(", ")}

Inputs, whole:

${inputs.map(tensor).join("\n")}

Results, whole:

${outputs.map(tensor).join("\n")}

## In a browser

Any static file server will do:

\`\`\`sh
python3 -m http.server --bind 127.0.0.1 8000
\`\`\`

and http://127.0.0.1:8000/ runs it: a Web Worker and a GPUDevice a rank, a progress bar, and what was predicted beside what is
measured. Ranks share memory, which a browser allows a page that is cross-origin isolated. Where the server does not send the
headers \`Cross-Origin-Opener-Policy: same-origin\` and \`Cross-Origin-Embedder-Policy: require-corp\`, the page's service worker
(\`isolation.js\`) adds them; a server that sends them is better. Pages need \`https\`, but for 127.0.0.1 and localhost.

## In Node

\`\`\`sh
npm install
node run.js
\`\`\`

On a machine without a GPU, \`npm install @sparticuz/chromium\` brings a driver that computes on the cores (Linux x64). Prints one
line, or with \`--json\` one object. Exits with 1 where the results are not the layer's.

## In a program

\`\`\`js
import { load } from "./node.js"; // in a page: "./browser.js"

const schedule = await load();
const { outputs, measuredNs } = await schedule.run({ inputs: { /* ${inputs.map((id) => values[id]!.name).join(", ")} */ } });
await schedule.close();
\`\`\`

Inputs that are not given are drawn at random, the same ones each time. \`index.d.ts\` has the rest.

## Files

- \`plan.json\`, \`plan.bin\`: what each rank does in which order, with which memory
- \`kernels/\`: WGSL, for adapters that compute on the cores and for those that are GPUs
- \`browser.js\`, \`worker.js\`, \`reference.js\`: the loader, a rank, and the layer whole; \`node.js\`, \`node-worker.js\`: the same for Node
- \`index.html\`, \`page.js\`, \`isolation.js\`: the page; \`run.js\`: the command
`;
}
