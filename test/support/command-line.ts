import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCommandLine } from "../../cli/command-line.js";
import { recordedSession } from "../../cli/support/session.js";
import { projectRoot } from "./project.js";

export interface Outcome {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

/** Runs a command line in this process. */
export async function stretto(
  args: readonly string[],
  options: Parameters<typeof recordedSession>[0] = {},
): Promise<Outcome> {
  const session = recordedSession(options);
  const code = await runCommandLine(args, session);
  return { code, ...session.written };
}

export const builtCommand = join(projectRoot, "dist/cli/main.js");

/** Runs the built command in a process of its own; `limit` ends it. */
export function spawnStretto(
  args: readonly string[],
  options: {
    readonly folder?: string;
    readonly input?: string;
    readonly milliseconds?: number;
    readonly before?: string;
  } = {},
): Outcome & { readonly milliseconds: number } {
  if (!existsSync(builtCommand)) throw new Error("dist/ is missing: run `npm run build` first");
  const began = performance.now();
  const shared = {
    cwd: options.folder ?? projectRoot,
    input: options.input ?? "",
    encoding: "utf8",
    timeout: options.milliseconds ?? 60_000,
    maxBuffer: 1 << 28,
  } as const;
  const result =
    options.before === undefined
      ? spawnSync(process.execPath, [builtCommand, ...args], shared)
      : spawnSync(
          "bash",
          ["-c", `${options.before}; exec "$@"`, "bash", process.execPath, builtCommand, ...args],
          shared,
        );
  const milliseconds = performance.now() - began;
  return { code: result.status, output: result.stdout, errors: result.stderr, milliseconds };
}

/** A folder of its own with these files in it, and how to be rid of it. */
export function temporaryFolder(files: Readonly<Record<string, string | Uint8Array>> = {}): {
  readonly path: string;
  remove(): void;
} {
  const path = mkdtempSync(join(tmpdir(), "stretto-test-"));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(path, name), content);
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/**
 * Puts `stretto`, `npx stretto` and `npx vitest` into a folder below this one, which a shell is to find first.
 *
 * @returns the PATH that it then has
 */
export function withBuiltCommand(folder: string): string {
  const commands = join(folder, ".commands");
  mkdirSync(commands);
  const command = (name: string, text: string): void =>
    writeFileSync(join(commands, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  command("stretto", `exec "${process.execPath}" "${builtCommand}" "$@"`);
  const vitest = `exec "${process.execPath}" node_modules/vitest/vitest.mjs "$@"`;
  command(
    "npx",
    `called=$1\nshift\nif [ "$called" = vitest ]; then ${vitest}; fi\nexec "${process.execPath}" "${builtCommand}" "$@"`,
  );
  return `${commands}:${process.env["PATH"]}`;
}

/** What a shell does before a command that is not to find a package. */
export function withoutPackage(name: string): string {
  const module = (text: string): string => `data:text/javascript,${encodeURIComponent(text)}`;
  const absent = JSON.stringify(`${name}-that-is-nowhere`);
  const hook = `export const resolve = (s, c, n) => n(s === ${JSON.stringify(name)} ? ${absent} : s, c);`;
  const register = `import { register } from "node:module"; register(${JSON.stringify(module(hook))});`;
  return `export NODE_OPTIONS='--import ${module(register)}'`;
}
