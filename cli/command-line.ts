/** The whole command line: which commands there are, and what becomes of what they throw. One command a file in commands/. */
import { Command, CommanderError } from "commander";
import { InternalFault } from "../compiler/diagnostics/internal-fault.js";
import { addCheckCommand } from "./commands/check.js";
import { addCompileCommand } from "./commands/compile.js";
import { addCalibrateCommand } from "./commands/calibrate.js";
import { addDoctorCommand } from "./commands/doctor.js";
import { addExplainCommand } from "./commands/explain.js";
import { addFmtCommand } from "./commands/fmt.js";
import { addLspCommand } from "./commands/lsp.js";
import { addNewCommand } from "./commands/new.js";
import { addRunCommand } from "./commands/run.js";
import { addSimulateCommand } from "./commands/simulate.js";
import type { CommandContext } from "./support/context.js";
import { packageVersion } from "./support/package-files.js";
import type { ExitCode, Session } from "./support/session.js";

/**
 * Runs one command line.
 *
 * @param args what stands after `stretto`
 * @returns the exit code; nothing is thrown, whatever happens
 */
export async function runCommandLine(args: readonly string[], session: Session): Promise<ExitCode> {
  let code: ExitCode = 0;
  const context: CommandContext = {
    session,
    finish(result) {
      code = result;
    },
  };
  try {
    await buildCommandLine(context).parseAsync([...args], { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    session.errors.write(faultText(error));
    return 3;
  }
}

/** The commands and their options, without running any: `--help` and the docs are made from it. */
export function buildCommandLine(context: CommandContext): Command {
  const { session } = context;
  const program = new Command("stretto")
    .description("Write a layer once, say how it should overlap, and get a proof, a prediction and a program.")
    .version(packageVersion(), "-V, --version", "Print the version.")
    .helpOption("-h, --help", "Print this help.")
    .helpCommand("help [command]", "Print the help of a command.")
    .exitOverride()
    .showHelpAfterError("(--help says what can be given)")
    .configureHelp({ showGlobalOptions: false })
    .configureOutput({
      writeOut: (text) => session.output.write(text),
      writeErr: (text) => session.errors.write(text),
      getOutHelpWidth: () => (session.output.isTerminal ? Math.min(session.output.columns, 110) : 100),
      getErrHelpWidth: () => 100,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
  program.addHelpText(
    "after",
    `
Examples:
  $ stretto new                                  write a small commented project
  $ stretto run examples/comet.stretto           run it, sharded, and compare with the whole
  $ stretto simulate examples/comet.stretto      predict every schedule at full size
  $ stretto check examples/comet.stretto         show that its claims hold
  $ stretto explain ST2303                       what a diagnostic means and how to repair it

Exit codes:
  0  done, and everything held
  1  the input is wrong, or a check failed
  2  the command line is wrong
  3  a fault of stretto itself`,
  );
  addRunCommand(program, context);
  addSimulateCommand(program, context);
  addCheckCommand(program, context);
  addCompileCommand(program, context);
  addFmtCommand(program, context);
  addExplainCommand(program, context);
  addLspCommand(program);
  addNewCommand(program, context);
  addCalibrateCommand(program, context);
  addDoctorCommand(program, context);
  return program;
}

function faultText(error: unknown): string {
  const stage = error instanceof InternalFault ? error.stage : "unknown stage";
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return (
    `stretto: a fault of stretto itself (${stage}), not of your file.\n` +
    `Please report it, with the file, the command line and this text:\n\n${detail}\n`
  );
}
