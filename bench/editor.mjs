// npm run bench:editor: what the language server costs while one types: a keystroke to its diagnostics, completion, hover, a cold
// start, and memory over many edits, on files of 2,000 and 10,000 lines (bench/editor-file.mjs), over stdio as editors talk to it.
//   node bench/editor.mjs [edits]      of each file for the times; 10,000 for memory
// The record is written to bench/results/editor.json; it fails where a target is missed. Needs dist/.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { createProtocolConnection, StreamMessageReader, StreamMessageWriter } from "vscode-languageserver/node";
import { TextDocument } from "vscode-languageserver-textdocument";
import { programOf } from "./editor-file.mjs";
import { writeRecord } from "./record.mjs";

/** Milliseconds: p95 of a keystroke to its diagnostics; of completion and hover; from start to the first diagnostics. */
const targets = new Map([
  [2000, { keystroke: 30, ask: 20, cold: 500 }],
  [10_000, { keystroke: 120, ask: 20 }],
]);
const edits = Number(process.argv[2] ?? 600);
/** For memory; what is alive at the end, beside what was at two fifths of them, when all code is compiled. */
const manyEdits = 10_000;
const memoryGrowth = 1.05;
const main = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));

/** Numbers that look random and are the same each time. */
function drawer(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const quantile = (times, share) =>
  times.toSorted((a, b) => a - b)[Math.min(times.length - 1, Math.floor(share * times.length))];

/** The code that V8 made of the server is no longer kept: the next start is the first. */
function forgetCode() {
  const cache = fileURLToPath(new URL("../node_modules/.cache/stretto", import.meta.url));
  const names = existsSync(cache) ? readdirSync(cache).filter((name) => name.startsWith("server.cjs-")) : [];
  for (const name of names) rmSync(join(cache, name));
}

/**
 * A server with one document open.
 *
 * @param options of Node: with others than an editor gives, V8 keeps other code
 */
async function openServer(path, text, options = ["--expose-gc"]) {
  const began = performance.now();
  const child = spawn(process.execPath, [...options, main, "lsp", "--stdio"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const connection = createProtocolConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  const uri = pathToFileURL(path).toString();
  let told;
  connection.onNotification("textDocument/publishDiagnostics", (params) => told?.(params));
  connection.onRequest("workspace/configuration", ({ items }) => items.map(() => null));
  connection.listen();
  const nextDiagnostics = (version) =>
    new Promise((resolve) => {
      told = (params) => {
        if (params.uri === uri && params.version >= version) resolve(params.diagnostics);
      };
    });
  await connection.sendRequest("initialize", {
    processId: process.pid,
    rootUri: null,
    workspaceFolders: null,
    capabilities: {},
  });
  await connection.sendNotification("initialized", {});
  let document = TextDocument.create(uri, "stretto", 1, text);
  const first = nextDiagnostics(1);
  await connection.sendNotification("textDocument/didOpen", {
    textDocument: { uri, languageId: "stretto", version: 1, text },
  });
  await first;
  return {
    coldMs: performance.now() - began,
    text: () => document.getText(),
    positionAt: (offset) => document.positionAt(offset),
    /** Replaces a part, and waits for what is wrong then. @returns milliseconds */
    async edit(start, end, inserted) {
      const range = { start: document.positionAt(start), end: document.positionAt(end) };
      const version = document.version + 1;
      document = TextDocument.update(document, [{ range, text: inserted }], version);
      const diagnostics = nextDiagnostics(version);
      const before = performance.now();
      void connection.sendNotification("textDocument/didChange", {
        textDocument: { uri, version },
        contentChanges: [{ range, text: inserted }],
      });
      await diagnostics;
      return performance.now() - before;
    },
    async ask(method, offset) {
      const before = performance.now();
      await connection.sendRequest(method, { textDocument: { uri }, position: document.positionAt(offset) });
      return performance.now() - before;
    },
    /** Bytes that are alive once garbage is collected. */
    aliveBytes: () => connection.sendRequest("stretto/memory", {}),
    async close() {
      await connection.sendRequest("shutdown");
      await connection.sendNotification("exit");
      await new Promise((resolve) => child.once("exit", resolve));
      connection.dispose();
    },
  };
}

/** What people type: names and numbers letter by letter, and all of it taken back. @returns times of each keystroke */
async function type(server, draw, count, between = async () => undefined) {
  const times = [];
  const words = ["hidden", "overlap", "4096", "// as they arrive", "let z = y\n", "sent", "x)"];
  while (times.length < count) {
    const word = words[draw(words.length)];
    let at = draw(server.text().length);
    const start = at;
    for (const letter of word) {
      times.push(await server.edit(at, at, letter));
      at += letter.length;
      await between(at);
    }
    while (at > start) {
      times.push(await server.edit(at - 1, at, ""));
      at -= 1;
    }
  }
  return times.slice(0, count);
}

const folder = mkdtempSync(join(tmpdir(), "stretto-bench-"));
const rows = [];
const missed = [];
try {
  for (const [lines, target] of targets) {
    const text = programOf(lines);
    const path = join(folder, `${lines}.stretto`);
    writeFileSync(path, text);
    forgetCode();
    const colds = [];
    for (let run = 0; run < 12; run++) {
      const server = await openServer(path, text, []);
      colds.push(server.coldMs);
      await server.close();
    }
    const [first, ...later] = colds;
    const server = await openServer(path, text);
    const draw = drawer(lines);
    await type(server, draw, 100); // code is compiled meanwhile
    const asked = { "textDocument/completion": [], "textDocument/hover": [] };
    const keystrokes = await type(server, draw, edits, async (at) => {
      for (const [method, times] of Object.entries(asked)) times.push(await server.ask(method, at));
    });
    await server.close();
    const row = {
      lines: text.split("\n").length - 1,
      keystrokes: keystrokes.length,
      first_start_ms: first,
      cold_start_ms: quantile(later, 0.5),
      keystroke_ms: { p50: quantile(keystrokes, 0.5), p95: quantile(keystrokes, 0.95), max: Math.max(...keystrokes) },
      ...Object.fromEntries(
        Object.entries(asked).map(([method, times]) => [
          `${method.split("/")[1]}_ms`,
          { p50: quantile(times, 0.5), p95: quantile(times, 0.95), max: Math.max(...times) },
        ]),
      ),
    };
    rows.push(row);
    process.stderr.write(`${JSON.stringify(row)}\n`);
    const hold = (what, value, limit) => {
      if (limit !== undefined && value > limit)
        missed.push(`${what} at ${lines} lines: ${value.toFixed(1)} ms, over ${limit} ms`);
    };
    hold("a keystroke to its diagnostics, p95", row.keystroke_ms.p95, target.keystroke);
    hold("completion, p95", row.completion_ms.p95, target.ask);
    hold("hover, p95", row.hover_ms.p95, target.ask);
    hold("cold start", row.cold_start_ms, target.cold);
  }
  const text = programOf(2000);
  const server = await openServer(join(folder, "2000.stretto"), text);
  const draw = drawer(7);
  const alive = [];
  for (let part = 0; part < 5; part++) {
    await type(server, draw, manyEdits / 5);
    alive.push((await server.aliveBytes()) / 2 ** 20);
  }
  await server.close();
  rows.push({ lines: text.split("\n").length - 1, edits: manyEdits, alive_mib: alive });
  process.stderr.write(
    `alive after each ${manyEdits / 5} edits: ${alive.map((mib) => mib.toFixed(1)).join(", ")} MiB\n`,
  );
  if (alive.at(-1) > memoryGrowth * alive[1])
    missed.push(`memory grows from ${alive[1].toFixed(1)} to ${alive.at(-1).toFixed(1)} MiB over ${manyEdits} edits`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
writeRecord("editor", rows, missed, "npm run bench:editor");
