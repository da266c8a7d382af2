/**
 * Drivers of devices may take a whole process with them, and so does a thread that dies while it awaits one. A command that uses
 * devices therefore runs in a process of its own, attended by this one, which then says what it was doing.
 */
import { fork } from "node:child_process";
import { constants } from "node:os";
import { createDiagnostic } from "../../compiler/diagnostics/catalogue.js";
import { reportDiagnostics } from "./report.js";
import type { Doing, Session } from "./session.js";

/** Set for a process that is attended. */
const variable = "STRETTO_ATTENDED";

/** Whether a command line uses devices, and nobody attends it yet. */
export function isToBeAttended(args: readonly string[], environment: Session["environment"]): boolean {
  const usesDevices =
    args[0] === "calibrate" || (args[0] === "run" && args.some((arg) => /^(--device=)?webgpu$/.test(arg)));
  return usesDevices && environment[variable] === undefined;
}

/** What tells the attendant, in an attended process, which ends when that does. */
export function attendantOf(environment: Session["environment"]): Session["attendant"] {
  if (environment[variable] === undefined || process.channel === undefined) return undefined;
  process.channel!.unref();
  process.once("disconnect", () => process.exit(1));
  return (doing) => void process.send?.(doing);
}

/** Signals by which people end a program. */
const wanted = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Runs the command line `main` is given in a process of its own. Resolves with the exit code. */
export function attend(main: string, args: readonly string[], session: Session): Promise<number> {
  const child = fork(main, args, { env: { ...process.env, [variable]: "1" }, stdio: "inherit" });
  let doing: Doing | undefined;
  child.on("message", (message) => (doing = message as Doing));
  for (const signal of wanted) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => {
    child.on("exit", (code, signal) => {
      const died = signal !== null && !(wanted as readonly string[]).includes(signal);
      if (died && doing !== undefined) resolve(reportDeath(session, signal, doing));
      else resolve(code ?? 128 + constants.signals[signal!]);
    });
  });
}

function reportDeath(session: Session, signal: string, { file, schedule, json, at }: Doing): number {
  const reason = `the process of its ranks ended with ${signal}, of a driver or a thread that died; ${at}`;
  const diagnostics = [createDiagnostic("run-failed", { file, span: { start: 0, end: 0 } }, { schedule, reason })];
  return reportDiagnostics(session, { diagnostics, sources: new Map(), ...(json && { json: { file } }) });
}
