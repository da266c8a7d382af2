/** The command line as a program, which is bundled: `main.ts` starts it. */
import { runCommandLine } from "./command-line.js";
import { attend, attendantOf, isToBeAttended } from "./support/attend.js";
import { processSession } from "./support/session.js";
import { systemErrorText } from "./support/write-whole.js";

/** @param main path of what started it, for a process that this one attends */
export async function runProgram(main: string, args: readonly string[]): Promise<void> {
  // A reader that has seen enough (`stretto --help | head`) is no fault; any other failure to write is told, once.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(process.exitCode);
    process.stderr.write(`stretto: standard output cannot be written: ${systemErrorText(error)}\n`);
    process.exit(1);
  });
  process.stderr.on("error", () => process.exit(process.exitCode));
  const session = processSession();
  if (isToBeAttended(args, session.environment)) {
    process.exitCode = await attend(main, args, session);
    return;
  }
  const attendant = attendantOf(session.environment);
  process.exitCode = await runCommandLine(args, { ...session, attendant });
  attendant?.({ ended: process.exitCode });
}
