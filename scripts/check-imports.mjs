// Imports go downward only, and folders never form a circle. `node scripts/check-imports.mjs` says which import breaks that and why.
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join, posix, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * The contracts: data that both sides of a stage agree on. They import only other contracts, so anyone may import them,
 * and they are no part of the folder they stand in when circles are looked for.
 */
export const contracts = [
  "grammar/ast.ts",
  "grammar/ast/expressions.ts",
  "grammar/ast/machines.ts",
  "grammar/ast/schedules.ts",
  "compiler/diagnostics/types.ts",
  "compiler/diagnostics/internal-fault.ts",
  "compiler/machine/block-shape.ts",
  "compiler/machine/model.ts",
  "compiler/machine/link-shape.ts",
  "compiler/check/ir.ts",
  "compiler/graph/task-graph.ts",
  "compiler/graph/execution-plan.ts",
  "compiler/emit/webgpu/adapter-facts.ts",
  "compiler/emit/webgpu/program.ts",
  "compiler/emit/webgpu/shipped.ts",
];

/** What each room may import besides itself and the contracts: folder prefixes. A file belongs to the longest prefix that fits. */
export const allowed = {
  grammar: [],
  compiler: ["grammar"],
  "compiler/graph": [],
  "compiler/kernels": ["compiler/graph"],
  "compiler/machine": [],
  "compiler/diagnostics": ["grammar"],
  "compiler/emit": ["compiler/graph", "compiler/kernels", "compiler/diagnostics", "compiler/machine"],
  simulator: ["compiler/graph", "compiler/machine", "compiler/diagnostics"],
  runtime: ["compiler/graph", "compiler/kernels", "compiler/machine", "compiler/diagnostics"],
  loader: ["compiler/graph", "compiler/diagnostics", "simulator", "runtime"],
  evidence: ["grammar", "compiler", "simulator", "runtime"],
  testing: ["grammar", "compiler", "simulator", "runtime", "evidence"],
  lsp: ["grammar", "compiler", "simulator", "runtime", "evidence"],
  cli: ["grammar", "compiler", "simulator", "runtime", "loader", "evidence", "lsp"],
  // Its pages draw as the simulator's pictures do.
  "vscode-extension": ["lsp", "simulator", "compiler/diagnostics"],
  bench: ["grammar", "compiler", "simulator", "runtime", "evidence", "cli"],
  test: [
    "grammar",
    "compiler",
    "simulator",
    "runtime",
    "loader",
    "evidence",
    "testing",
    "cli",
    "lsp",
    "vscode-extension",
    "scripts",
    "bench",
  ],
};

/** These run in browsers too, and read files only through a host they are given. */
const withoutNode = ["grammar", "compiler", "simulator", "runtime", "loader", "lsp"];

/** What is for Node alone, which none of them imports. */
const nodeHosts = ["compiler/bind/node-host.ts", "runtime/node/", "loader/node/", "lsp/node/"];

const isNodeHost = (path) => nodeHosts.some((host) => path === host || (host.endsWith("/") && path.startsWith(host)));

const rooms = Object.keys(allowed);
const isWithin = (path, folder) => path === folder || path.startsWith(`${folder}/`);
const roomOf = (path) =>
  rooms.filter((room) => isWithin(path, room)).reduce((a, b) => (b.length > a.length ? b : a), "");

/**
 * @param {ReadonlyMap<string, string>} sources text by path from the root, `/` between folders
 * @returns {{ from: string, to: string, line: number }[]} relative imports with `to` resolved, others as they stand
 */
export function importsOf(sources) {
  const found = [];
  const pattern = /^\s*(?:import|export)\b(?:[^"';]*?\bfrom)?\s*"([^"]+)"|\bimport\(\s*"([^"]+)"\s*\)/gm;
  for (const [from, text] of sources) {
    for (const match of text.matchAll(pattern)) {
      const target = match[1] ?? match[2];
      const line = text.slice(0, match.index + match[0].length).split("\n").length;
      const to = target.startsWith(".") ? posix.join(posix.dirname(from), target).replace(/\.js$/, ".ts") : target;
      found.push({ from, to: sources.has(to) || !target.startsWith(".") ? to : to.replace(/\.ts$/, ".js"), line });
    }
  }
  return found;
}

/** Folder of a file, or the file itself where it is a contract. */
const unitOf = (path) => (contracts.includes(path) ? path : posix.dirname(path));

/**
 * The shortest circle through each folder that is in one, each circle once.
 * @returns {string[][]} folders in order, the first repeated at the end
 */
export function folderCircles(imports, sources) {
  const edges = new Map();
  for (const { from, to } of imports) {
    if (!sources.has(to)) continue;
    const [a, b] = [unitOf(from), unitOf(to)];
    // A folder inside another is a part of it; between their files, the linter's no-cycle holds.
    if (!isWithin(a, b) && !isWithin(b, a)) edges.set(a, (edges.get(a) ?? new Set()).add(b));
  }
  const circles = new Map();
  for (const start of edges.keys()) {
    const cameFrom = new Map([[start, undefined]]);
    const queue = [start];
    for (let unit = queue.shift(); unit !== undefined; unit = queue.shift()) {
      for (const next of edges.get(unit) ?? []) {
        if (next === start) {
          const circle = [start];
          for (let at = unit; at !== start; at = cameFrom.get(at)) circle.splice(1, 0, at);
          const key = [...circle].sort().join(" ");
          if (!circles.has(key)) circles.set(key, [...circle, start]);
        }
        if (!cameFrom.has(next)) {
          cameFrom.set(next, unit);
          queue.push(next);
        }
      }
    }
  }
  return [...circles.values()];
}

/** @returns {string[]} one line for each import that may not be, and for each circle */
export function checkImports(sources) {
  const imports = importsOf(sources);
  const problems = [];
  for (const { from, to, line } of imports) {
    const room = roomOf(from);
    const place = `${from}:${line}`;
    const inBrowsers = withoutNode.some((folder) => isWithin(from, folder)) && !isNodeHost(from);
    if (inBrowsers && (to.startsWith("node:") || isNodeHost(to))) {
      problems.push(
        `${place} imports ${to}: ${room} runs in browsers too and reads files only through the host it is given`,
      );
    }
    if (!isWithin(to, roomOf(to)) || roomOf(to) === "") continue;
    if (contracts.includes(to)) continue;
    if (contracts.includes(from)) {
      problems.push(`${place} imports ${to}: a contract imports only other contracts`);
    } else if (!isWithin(to, room) && !allowed[room].some((folder) => isWithin(to, folder))) {
      const may = allowed[room].length > 0 ? `may import ${allowed[room].join(", ")}` : "imports nothing of ours";
      problems.push(`${place} imports ${to}: ${room} ${may}, and the contracts; imports go downward only`);
    }
  }
  for (const circle of folderCircles(imports, sources)) {
    const steps = circle.slice(1).map((to, step) => {
      const edge = imports.find(
        (each) => unitOf(each.from) === circle[step] && sources.has(each.to) && unitOf(each.to) === to,
      );
      return `${edge.from}:${edge.line} imports ${edge.to}`;
    });
    problems.push(`folders import each other: ${circle.join(" -> ")} (${steps.join("; ")})`);
  }
  return problems;
}

/** @returns {Map<string, string>} every .ts file of the rooms */
export function readSources(root) {
  const sources = new Map();
  for (const folder of new Set(rooms.map((room) => room.split("/")[0]))) {
    let entries = [];
    try {
      entries = readdirSync(join(root, folder), { recursive: true, withFileTypes: true });
    } catch {
      continue; // a room that is not built yet
    }
    for (const entry of entries) {
      if (!entry.isFile() || !entry.name.endsWith(".ts")) continue;
      const path = join(entry.parentPath, entry.name);
      sources.set(relative(root, path).split(sep).join("/"), readFileSync(path, "utf8"));
    }
  }
  return sources;
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const root = dirname(dirname(fileURLToPath(import.meta.url)));
  const problems = checkImports(readSources(root));
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
}
