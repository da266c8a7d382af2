/** What `stretto check --format json` says of one file. */
import { stretto } from "./command-line.js";
import { readProjectFile } from "./project.js";

export interface CheckedClaim {
  readonly subject: string;
  readonly claim: string;
  readonly state: "holds" | "fails";
  readonly measured: number | null;
  readonly limit: number | null;
  readonly line: number;
  /** Of what a `for` ranges over. */
  readonly runs?: number;
  readonly seed?: number;
  readonly counterexample?: { readonly settings: Readonly<Record<string, string>>; readonly command: string };
}

export interface CheckAnswer {
  readonly files: readonly {
    readonly file: string;
    readonly claims: readonly CheckedClaim[];
    readonly diagnostics: readonly {
      readonly code: string;
      readonly name: string;
      readonly line: number;
      readonly message: string;
      readonly related: readonly { readonly message: string }[];
    }[];
  }[];
}

/** A program as `stretto new overlap` makes it. */
export const template = readProjectFile("cli/templates/overlap/mlp.stretto");
/** A layer with a barrier and an overlapped schedule, of which nothing is claimed yet. */
export const templateWithoutCheck = template.slice(0, template.indexOf("// What must be true"));

/** Throws where the command tells of more than one file. */
export async function answerOf(args: readonly string[], workingDirectory: string) {
  const outcome = await stretto(args, { workingDirectory });
  const { files } = JSON.parse(outcome.output) as CheckAnswer;
  if (files.length !== 1) throw new Error(`${files.length} files are told of: ${outcome.output}`);
  return { ...outcome, ...files[0]! };
}
