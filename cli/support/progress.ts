import type { Session } from "./session.js";

/** One line on a terminal that says what is being done; nothing elsewhere. */
export interface Progress {
  say(what: string): void;
  clear(): void;
}

export function progressOf(session: Session): Progress {
  const { errors } = session;
  if (!errors.isTerminal) return { say() {}, clear() {} };
  let shown = false;
  const clear = (): void => {
    if (shown) errors.write("\r\x1b[K");
    shown = false;
  };
  return {
    say(what) {
      clear();
      errors.write(`${what.slice(0, errors.columns - 1)}`);
      shown = true;
    },
    clear,
  };
}
