import { accessSync, constants, existsSync, readFileSync } from "node:fs";
import { arch, availableParallelism, freemem, platform, totalmem } from "node:os";
import { delimiter, join } from "node:path";
import type { Command } from "commander";
import { findAdapter } from "../../evidence/device.js";
import { coloursFor } from "../support/colours.js";
import type { CommandContext } from "../support/context.js";
import { packagePath, packageVersion } from "../support/package-files.js";
import { formatBytes } from "../../compiler/diagnostics/quantities.js";
import type { Session } from "../support/session.js";

/** One thing stretto needs or can use. */
interface Finding {
  readonly what: string;
  readonly state: "ok" | "absent" | "wrong";
  readonly detail: string;
  /** How to get it, where it is not there. */
  readonly remedy?: string;
}

export function addDoctorCommand(program: Command, context: CommandContext): void {
  program
    .command("doctor")
    .summary("Say what this machine has of what stretto needs and can use.")
    .description(
      "Looks at this machine: what stretto needs (Node, its own files), what it can use (cores, memory), and what is " +
        "optional (WebGPU, a browser), each with how to get it.",
    )
    .option("--json", "Print one JSON object: { version, findings: [{ what, state, detail, remedy }] }.")
    .addHelpText(
      "after",
      `
Exit codes:
  0  all that is needed is here
  1  something needed is missing or too old; optional things do not count

Examples:
  $ stretto doctor`,
    )
    .action(async (options: { json?: boolean }) => {
      const { session } = context;
      const findings = await examine(session);
      if (options.json) {
        session.output.write(`${JSON.stringify({ version: packageVersion(), findings })}\n`);
      } else {
        session.output.write(findingsText(session, findings));
      }
      context.finish(findings.some((finding) => finding.state === "wrong") ? 1 : 0);
    });
}

async function examine(session: Session): Promise<Finding[]> {
  const needed = [nodeFinding(), installationFinding(), coresFinding(), memoryFinding()];
  return [...needed, await gpuFinding(), browserFinding(session)];
}

function nodeFinding(): Finding {
  const manifest = JSON.parse(readFileSync(packagePath("package.json"), "utf8")) as { engines: { node: string } };
  const needed = manifest.engines.node.replace(/^>=/, "");
  const enough = compareVersions(process.versions.node, needed) >= 0;
  return {
    what: "Node",
    state: enough ? "ok" : "wrong",
    detail: `${process.versions.node} on ${platform()} ${arch()}, ${needed} or later is needed`,
    ...(enough ? {} : { remedy: "install a later Node: https://nodejs.org" }),
  };
}

/** Negative, zero or positive as version a is older than, as old as, or later than b; missing parts are zero. */
function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split(".").map(Number));
  for (let part = 0; part < 3; part++) {
    const difference = (left![part] ?? 0) - (right![part] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function installationFinding(): Finding {
  const missing = ["dist/std", "docs/diagnostics", "cli/templates"].filter((path) => !existsSync(packagePath(path)));
  return missing.length === 0
    ? { what: "Installation", state: "ok", detail: `stretto ${packageVersion()}, whole` }
    : {
        what: "Installation",
        state: "wrong",
        detail: `missing: ${missing.join(", ")}`,
        remedy: "run `npm ci`, or install stretto again",
      };
}

function coresFinding(): Finding {
  const cores = availableParallelism();
  return { what: "Cores", state: "ok", detail: `${cores}; ranks of \`run\` share them` };
}

function memoryFinding(): Finding {
  return { what: "Memory", state: "ok", detail: `${formatBytes(freemem())} free of ${formatBytes(totalmem())}` };
}

/** What device `webgpu` would be. */
async function gpuFinding(): Promise<Finding> {
  const what = "WebGPU (optional)";
  const found = await findAdapter();
  if ("reason" in found) {
    const remedy = !found.reason.includes("is not installed")
      ? "a graphics driver is to be installed: Vulkan, Metal or Direct3D 12; on Linux x64, `npm install @sparticuz/chromium` brings one that computes on the cores"
      : "`npm install webgpu`; until then, `run` computes on device cpu";
    return { what, state: "absent", detail: found.reason, remedy };
  }
  const { isSoftware, features } = found.facts;
  const has = ["shader-f16", "subgroups", "timestamp-query"].filter((feature) => features.has(feature));
  const kind = isSoftware ? "software, which computes on the cores" : "a GPU";
  const detail = `${found.name}: ${kind}; ${has.length === 0 ? "no feature beyond the least" : has.join(", ")}`;
  return { what, state: "ok", detail };
}

function browserFinding(session: Session): Finding {
  const names = ["chromium", "google-chrome", "chromium-browser", "chrome", "msedge", "firefox"];
  const folders = (session.environment["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  const found = folders.flatMap((folder) => names.map((name) => join(folder, name))).find(isExecutable);
  return found === undefined
    ? {
        what: "Browser (optional)",
        state: "absent",
        detail: "none on PATH",
        remedy:
          "any browser opens the pages of `simulate --timeline out.html`; one with WebGPU runs those of `compile --target webgpu`",
      }
    : { what: "Browser (optional)", state: "ok", detail: found };
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function findingsText(session: Session, findings: readonly Finding[]): string {
  const colours = coloursFor(session, session.output);
  const marks = { ok: colours.green("ok    "), absent: colours.yellow("absent"), wrong: colours.red("wrong ") };
  const width = Math.max(...findings.map((finding) => finding.what.length));
  return findings
    .map((finding) => {
      const line = `${marks[finding.state]}  ${finding.what.padEnd(width)}  ${finding.detail}\n`;
      return finding.remedy === undefined ? line : `${line}${" ".repeat(width + 10)}${colours.dim(finding.remedy)}\n`;
    })
    .join("");
}
