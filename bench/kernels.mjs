// npm run bench:kernels: our kernels against onnxruntime-web, TensorFlow.js and a plain kernel, on one device of one page.
//   node bench/kernels.mjs [--tiles]      --tiles measures the rates that kernels are chosen by instead
// Each result is compared with one in double precision before anything is timed. The record is written to
// bench/results/kernels.json; the exit code is 1 where a target is missed. STRETTO_CHROMIUM names a browser that uses the
// machine's own GPU; else it is Chromium's SwiftShader, which computes on the cores. Needs dist/.
import { launchChromium, serveFolders } from "../scripts/chromium.mjs";
import { pageFolders } from "./kernels/build-page.mjs";
import { attentionOp, productOp } from "./kernels/ops.mjs";
import { attentionFlops, attentions, call, productFlops, products } from "./kernels/shapes.mjs";
import { writeRecord } from "./record.mjs";

/** Geometric means over all products: of the plain kernel without a GPU, of the better library with one. */
const targets = { plain: 1.25, library: 1 };
const settings = { rounds: 3, sampleMs: 100 };

const say = (line) => process.stderr.write(`${line}\n`);
const geometricMean = (numbers) => Math.exp(numbers.reduce((sum, one) => sum + Math.log(one), 0) / numbers.length);

async function onPage(work) {
  const server = await serveFolders(await pageFolders(), { isolated: true });
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    page.on("pageerror", (error) => say(`the page: ${error.message}`));
    await page.goto(server.address);
    await page.waitForFunction("globalThis.kernels !== undefined");
    const ask = (what, ...args) => page.evaluate(([name, given]) => globalThis.kernels[name](...given), [what, args]);
    return await work(ask, await ask("start", "/ort/"));
  } finally {
    await browser.close();
    await server.close();
  }
}

/** A row of the record: GFLOP/s by column, and how many times as fast as others ours is. */
function rowOf(shape, flops, { columns, wrong }) {
  const gflops = Object.fromEntries(Object.entries(columns).map(([column, { ms }]) => [column, flops / ms / 1e6]));
  const { ours, plain, onnxruntime, tensorflow } = gflops;
  return {
    ...shape,
    gflops,
    ...(plain && { to_plain: ours / plain }),
    to_library: ours / Math.max(onnxruntime, tensorflow),
    ways: Object.fromEntries(Object.entries(columns).map(([column, { way }]) => [column, way])),
    ...(wrong.length > 0 && { wrong }),
  };
}

function sayRow(name, { gflops, to_plain: toPlain, to_library: toLibrary, wrong = [] }) {
  const numbers = Object.entries(gflops).map(([column, value]) => `${column} ${value.toFixed(2).padStart(5)}`);
  const ratios = [toPlain && `${toPlain.toFixed(2)} x plain`, `${toLibrary.toFixed(1)} x the better library`];
  say([name.padEnd(18), ...numbers, ...ratios.filter(Boolean)].join("  "));
  for (const each of wrong) say(`${"".padEnd(18)}  not timed, being wrong here: ${each}`);
}

async function compareAll(ask, about) {
  say(`${about.adapter}, ${about.browser}; GFLOP/s`);
  const rows = [];
  for (const shape of products) {
    const row = rowOf(shape, productFlops(shape), await ask("product", shape, productOp(shape), settings));
    sayRow(`${shape.m} x ${shape.k} x ${shape.n}`, row);
    rows.push(row);
  }
  const attentionRows = [];
  for (const shape of attentions) {
    const row = rowOf(shape, attentionFlops(shape), await ask("attention", shape, attentionOp(shape), settings));
    sayRow(`${shape.heads} x ${shape.positions}${shape.isCausal ? ", causal" : ""}`, row);
    attentionRows.push(row);
  }
  const { columns } = await ask("product", call, productOp(call), settings);
  const callUs = Object.fromEntries(Object.entries(columns).map(([column, { ms }]) => [column, 1000 * ms]));
  say(
    `a call, us: ${Object.entries(callUs)
      .map(([column, us]) => `${column} ${us.toFixed(0)}`)
      .join(", ")}`,
  );
  const means = {
    to_plain: geometricMean(rows.map((row) => row.to_plain)),
    to_library: geometricMean(rows.map((row) => row.to_library)),
    attention_to_library: geometricMean(attentionRows.map((row) => row.to_library)),
  };
  say(
    Object.entries(means)
      .map(([name, mean]) => `${name} ${mean.toFixed(2)}`)
      .join(", "),
  );
  const missed = [];
  if (about.isSoftware && means.to_plain < targets.plain)
    missed.push(`${means.to_plain.toFixed(2)} of the plain kernel, below ${targets.plain}`);
  if (!about.isSoftware && means.to_library < targets.library)
    missed.push(`${means.to_library.toFixed(2)} of the better library, below ${targets.library}`);
  const record = { about, products: rows, attentions: attentionRows, call_us: callUs, means };
  writeRecord("kernels", record, missed, "npm run bench:kernels");
}

async function sayTiles(ask, { adapter }) {
  say(`${adapter}: flops a second, stated in compiler/emit/webgpu/traits.ts and measured`);
  for (const { tile, stated, measured } of await ask("tiles", settings)) {
    const { by, rows, fours, across, down } = tile;
    const name = `${by} ${rows} rows, ${fours} fours, ${across} across, ${down} down`;
    say(`${name.padEnd(52)} ${stated.toExponential(1)}  ${measured.toExponential(1)}`);
  }
}

await onPage(process.argv.includes("--tiles") ? sayTiles : compareAll);
