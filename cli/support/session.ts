/** What a command may touch of the world outside: two streams of text, standard input, the environment, a folder. */
export interface Session {
  readonly output: TextSink;
  readonly errors: TextSink;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Absolute; relative paths of the command line start here. */
  readonly workingDirectory: string;
  /** All of standard input. */
  readInput(): Promise<Uint8Array>;
  /** Is told what this process does, and says so should it die; absent where nobody attends. */
  readonly attendant?: ((state: Doing | Ended) => void) | undefined;
}

/** All is said that a command has to say; what is left is to exit. */
export interface Ended {
  readonly ended: number;
}

/** A schedule that is run. */
export interface Doing {
  readonly file: string;
  readonly schedule: string;
  readonly json: boolean;
  /** Which rank executes what. */
  readonly at: string;
}

export interface TextSink {
  write(text: string): void;
  readonly isTerminal: boolean;
  /** Width in characters; 80 where it is not a terminal. */
  readonly columns: number;
}

/** 0: done and everything held. 1: the input is wrong or a check failed. 2: the command line is wrong. 3: a fault of ours. */
export type ExitCode = 0 | 1 | 2 | 3;

/** The session of this process. */
export function processSession(): Session {
  return {
    output: sinkOf(process.stdout),
    errors: sinkOf(process.stderr),
    environment: process.env,
    workingDirectory: process.cwd(),
    async readInput() {
      const chunks: Buffer[] = [];
      for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
      return Buffer.concat(chunks);
    },
  };
}

function sinkOf(stream: NodeJS.WriteStream): TextSink {
  return {
    write: (text) => void stream.write(text),
    isTerminal: stream.isTTY === true,
    get columns() {
      return stream.columns ?? 80;
    },
  };
}

/** A session that keeps what is written, for tests of the command line without a process. */
export function recordedSession(
  options: {
    workingDirectory?: string;
    input?: string;
    isTerminal?: boolean;
    columns?: number;
    environment?: Session["environment"];
  } = {},
): Session & { readonly written: { output: string; errors: string } } {
  const written = { output: "", errors: "" };
  const sink = (stream: "output" | "errors"): TextSink => ({
    write(text) {
      written[stream] += text;
    },
    isTerminal: options.isTerminal ?? false,
    columns: options.columns ?? 100,
  });
  return {
    output: sink("output"),
    errors: sink("errors"),
    environment: options.environment ?? {},
    workingDirectory: options.workingDirectory ?? process.cwd(),
    readInput: async () => new TextEncoder().encode(options.input ?? ""),
    written,
  };
}
