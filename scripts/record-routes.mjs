// Makes examples/routes/comet-small.csv: what a gate of comet's small profile might have chosen. `node scripts/record-routes.mjs`
// writes it; a test compares.
import { mkdirSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

const tokens = 256;
const experts = 8;
/** Tokens of one sentence lean to the same experts. */
const sentence = 32;

/** @returns {string} */
export function recordedRoutes() {
  let state = 7;
  /** Sum of four numbers of 16 bits, less its mean: whole, and close to normal. */
  const noise = () => {
    let sum = -2 * 65535;
    for (let part = 0; part < 4; part += 1) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      sum += state >>> 16;
    }
    return sum;
  };
  const lines = [
    "# 256 tokens, 8 experts, the 2 highest scores of each token; made by scripts/record-routes.mjs",
    "from,to,weight",
  ];
  let leaning = [];
  for (let token = 0; token < tokens; token += 1) {
    if (token % sentence === 0) leaning = Array.from({ length: experts }, noise);
    const scores = leaning.map((lean, expert) => ({ expert, score: lean + noise() }));
    scores.sort((one, other) => other.score - one.score || one.expert - other.expert);
    const lead = scores[0].score - scores[1].score;
    // Of two choices, the first has from a half to three quarters: whole thousandths, so that each pair sums to 1.
    const first = 500 + Math.min(250, Math.floor(lead / 1000));
    for (const [rank, weight] of [first, 1000 - first].entries()) {
      lines.push(`${token},${scores[rank].expert},${(weight / 1000).toFixed(3)}`);
    }
  }
  return `${lines.join("\n")}\n`;
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const folder = fileURLToPath(new URL("../examples/routes/", import.meta.url));
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}comet-small.csv`, recordedRoutes());
}
