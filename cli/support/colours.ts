import picocolors from "picocolors";
import type { Session, TextSink } from "./session.js";

export type Colours = ReturnType<typeof picocolors.createColors>;

/** Colours go to a terminal only, and not where the user asked for none (https://no-color.org). */
export function coloursFor(session: Session, sink: TextSink): Colours {
  const refused = (session.environment["NO_COLOR"] ?? "") !== "" || session.environment["TERM"] === "dumb";
  return picocolors.createColors(sink.isTerminal && !refused);
}
