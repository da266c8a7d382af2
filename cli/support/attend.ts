/**
 * Drivers of devices may take a whole process with them, and so does a thread that dies while it awaits one. A command that uses
 * devices therefore runs in a process of its own, attended by this one, which then says what it was doing.
 */
import { fork } from "node:child_process";
import { constants } from "node:os";
import { createDiagnostic } from "../../compiler/diagnostics/catalogue.js";
import { reportDiagnostics } from "./report.js";
import type { Doing, Ended, Session } from "./session.js";

/** Set for a process that is attended. */
const variable = "STRETTO_ATTENDED";

/** Whether a command line uses devices, and nobody attends it yet. */
export function isToBeAttended([command, ...args]: readonly string[], environment: Session["environment"]): boolean {
  const usesDevices =
    command === "calibrate" ||
    command === "doctor" ||
    (command === "run" && args.some((arg) => /^(--device=)?webgpu$/.test(arg)));
  return usesDevices && environment[variable] === undefined;
}

/** What tells the attendant, in an attended process, which ends when that does. */
export function attendantOf(environment: Session["environment"]): Session["attendant"] {
  if (environment[variable] === undefined || process.channel === undefined) return undefined;
  process.channel!.unref();
  process.once("disconnect", () => process.exit(1));
  return (state) => void process.send?.(state);
}

/** Signals by which people end a program. */
const wanted: readonly string[] = ["SIGINT", "SIGTERM", "SIGHUP"];
/** Exit codes of a command that came to its own end. */
const codes: readonly (number | null)[] = [0, 1, 2, 3];

/** Runs the command line `main` is given in a process of its own. Resolves with the exit code. */
export function attend(main: string, args: readonly string[], session: Session): Promise<number> {
  const child = fork(main, args, { env: { ...process.env, [variable]: "1" }, stdio: "inherit" });
  let state: Doing | Ended = {
    ...{ file: "", schedule: args[0] ?? "", json: args.includes("--json") },
    at: "before any of its ranks began",
  };
  child.on("message", (message) => (state = message as Doing | Ended));
  for (const signal of wanted) process.on(signal, () => child.kill(signal as NodeJS.Signals));
  return new Promise((resolve) => {
    const die = (how: string): void => resolve("ended" in state ? state.ended : reportDeath(session, how, state));
    child.on("error", ({ message }) => die(message));
    child.on("exit", (code, signal) => {
      if (codes.includes(code)) resolve(code!);
      else if (signal !== null && wanted.includes(signal)) resolve(128 + constants.signals[signal]);
      else die(signal ?? `code ${code}`);
    });
  });
}

function reportDeath(session: Session, how: string, { file, schedule, json, at }: Doing): number {
  const reason = `the process of its ranks ended with ${how}, of a driver or a thread that died; ${at}`;
  const diagnostics = [createDiagnostic("run-failed", { file, span: { start: 0, end: 0 } }, { schedule, reason })];
  return reportDiagnostics(session, { diagnostics, sources: new Map(), ...(json && { json: { file } }) });
}
