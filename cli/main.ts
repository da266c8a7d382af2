#!/usr/bin/env node
import { fileURLToPath } from "node:url";
import { attend, attendantOf, isToBeAttended } from "./support/attend.js";
import { isForEditor, serveEditor } from "./support/serve-editor.js";
import { systemErrorText } from "./support/write-whole.js";
import { processSession } from "./support/session.js";

// A reader that has seen enough (`stretto --help | head`) is no fault; any other failure to write is told, once.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(process.exitCode);
  process.stderr.write(`stretto: standard output cannot be written: ${systemErrorText(error)}\n`);
  process.exit(1);
});
process.stderr.on("error", () => process.exit(process.exitCode));

const args = process.argv.slice(2);
const session = processSession();
// An editor waits for its server, which is loaded by itself: the rest of the command line takes longer to load than it does.
if (isForEditor(args)) await serveEditor();
const { runCommandLine } = await import("./command-line.js");
if (isToBeAttended(args, session.environment))
  process.exitCode = await attend(fileURLToPath(import.meta.url), args, session);
else {
  const attendant = attendantOf(session.environment);
  process.exitCode = await runCommandLine(args, { ...session, attendant });
  attendant?.({ ended: process.exitCode });
}
