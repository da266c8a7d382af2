import type { ExitCode, Session } from "./session.js";

/** What a command is given: the session, and where its exit code goes. */
export interface CommandContext {
  readonly session: Session;
  finish(code: ExitCode): void;
}
