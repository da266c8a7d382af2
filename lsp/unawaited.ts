import type { Connection } from "vscode-languageserver";

/** Does what nobody waits for. Where it throws, or a client refuses it, that is told, and the server goes on. */
export type Unawaited = (work: () => unknown) => void;

export function createUnawaited({ console }: Connection): Unawaited {
  const tell = (error: unknown): void =>
    console.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return (work) => {
    try {
      Promise.resolve(work()).catch(tell);
    } catch (error) {
      tell(error);
    }
  };
}
