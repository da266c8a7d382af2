/** Options that several commands share, each in one wording. */
import { InvalidArgumentError, Option } from "commander";
import type { CompileOptions } from "../../compiler/program.js";

export interface ProgramOptions {
  readonly profile?: string;
  readonly set?: ReadonlyMap<string, string>;
  readonly schedule?: string;
  readonly json?: boolean;
}

export function setOption(): Option {
  return new Option(
    "--set <name=value>",
    "Give a param, a table, a table's `NAME seed`, `inputs seed` or `links speed` another value; can be repeated.",
  ).argParser((text: string, previous: ReadonlyMap<string, string> | undefined) => {
    const at = text.indexOf("=");
    if (at <= 0 || at === text.length - 1) throw new InvalidArgumentError("Write it as name=value: tokens=4096.");
    return new Map(previous).set(text.slice(0, at).trim(), text.slice(at + 1).trim());
  });
}

export function profileOption(text: string): Option {
  return new Option("--profile <name>", text);
}

export function scheduleOption(text: string): Option {
  return new Option("--schedule <name>", text);
}

export function jsonOption(): Option {
  return new Option("--json", "Print one JSON object on standard output, and nothing else there.");
}

/** A whole number in `least` .. `most`, or a refusal that says so. */
export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isSafeInteger(value) || value < least || value > most) {
      const bounds = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
      throw new InvalidArgumentError(`It must be a whole number ${bounds}.`);
    }
    return value;
  };
}

/** What the compiler needs to know of the options. */
export function compileOptions(
  options: ProgramOptions & { readonly machine?: string; readonly profileIfThere?: string },
): CompileOptions {
  return {
    ...(options.profile === undefined ? {} : { profile: options.profile }),
    ...(options.profileIfThere === undefined ? {} : { profileIfThere: options.profileIfThere }),
    ...(options.set === undefined ? {} : { set: options.set }),
    ...(options.machine === undefined ? {} : { machine: options.machine }),
  };
}
