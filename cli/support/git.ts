/** What git says of the files that are here: which of them a revision has, and has otherwise. */
import { execFile } from "node:child_process";
import { lstatSync, realpathSync } from "node:fs";
import { dirname, isAbsolute, relative, resolve, sep } from "node:path";
import { createDiagnostic } from "../../compiler/diagnostics/catalogue.js";
import type { Diagnostic } from "../../compiler/diagnostics/types.js";
import type { Attempt } from "../../evidence/attempt.js";
import { commandLinePlace } from "./report.js";
import type { Session } from "./session.js";

export interface Revision {
  /**
   * Whether a file is what it was at the revision; one that is not there, whether it was not there either. False where it
   * cannot be told: a path that leads through a link, or out of the repository.
   */
  isUnchanged(path: string): boolean;
}

/** Looks a revision up in the repository around the session's folder, and compares the files that are here with it. */
export async function openRevision(session: Session, revision: string): Promise<Attempt<Revision>> {
  const refuse = (diagnostic: Diagnostic) => ({ diagnostics: [diagnostic] });
  const failed = (reason: string) => refuse(createDiagnostic("git-failed", commandLinePlace, { revision, reason }));

  const top = await git(session, ["rev-parse", "--show-toplevel"]);
  if ("missing" in top) return refuse(createDiagnostic("git-not-found", commandLinePlace, {}));
  if ("reason" in top) {
    return refuse(createDiagnostic("not-a-repository", commandLinePlace, { reason: top.reason }));
  }
  const root = top.output.replace(/\n$/, "");

  // Only here does git see what the user wrote; from here on it is given the hash alone.
  const commit = await git(session, ["rev-parse", "--verify", "--quiet", "--end-of-options", `${revision}^{commit}`]);
  if (!("output" in commit)) {
    const hint = await shallowHint(session);
    return refuse(createDiagnostic("unknown-revision", commandLinePlace, { revision, hint }));
  }
  const hash = commit.output.trim();

  const tree = await git(session, ["ls-tree", "-r", "-z", "--name-only", "--full-tree", hash, "--"]);
  if (!("output" in tree)) return failed(reasonOf(tree));
  const changes = await git(session, ["diff", "--name-only", "-z", "--no-relative", hash, "--"]);
  if (!("output" in changes)) return failed(reasonOf(changes));
  return { value: createRevision(root, session, namesIn(tree.output), namesIn(changes.output)) };
}

function createRevision(
  root: string,
  { workingDirectory }: Session,
  had: ReadonlySet<string>,
  differs: ReadonlySet<string>,
): Revision {
  const folder = realpathSync(workingDirectory);
  return {
    isUnchanged(path) {
      const absolute = resolve(folder, path);
      const below = relative(root, absolute);
      if (below === "" || below.startsWith("..") || isAbsolute(below) || leadsThroughLink(absolute)) return false;
      const parts = below.split(sep);
      const name = parts.join("/");
      if (isThere(absolute)) return had.has(name) && !differs.has(name);
      // A folder on the way that was a file, or a link to another folder, may have led to something.
      return !parts.some((_, index) => had.has(parts.slice(0, index + 1).join("/")));
    },
  };
}

function isThere(path: string): boolean {
  try {
    lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

/** Whether what is there of a path is somewhere else, so that git knows it by another name. */
function leadsThroughLink(path: string): boolean {
  let there = path;
  while (!isThere(there) && dirname(there) !== there) there = dirname(there);
  try {
    return realpathSync(there) !== there;
  } catch {
    return true;
  }
}

function namesIn(output: string): ReadonlySet<string> {
  return new Set(output.split("\0").filter((name) => name !== ""));
}

/** Checkouts of CI servers have one commit unless they are told otherwise. */
async function shallowHint(session: Session): Promise<string> {
  const shallow = await git(session, ["rev-parse", "--is-shallow-repository"]);
  if (!("output" in shallow) || shallow.output.trim() !== "true") return "";
  return " This clone has only a part of the history: fetch all of it (`fetch-depth: 0` in GitHub Actions, `GIT_DEPTH: 0` in GitLab).";
}

type GitOutcome =
  | { readonly output: string }
  /** There is no git. */
  | { readonly missing: true }
  /** Its own first words on why it failed. */
  | { readonly reason: string };

function reasonOf(outcome: Exclude<GitOutcome, { readonly output: string }>): string {
  return "reason" in outcome ? outcome.reason : "it is not there";
}

/** The names of all files of a large repository fit. */
const largestOutput = 1 << 28;

/** No shell is between, so that nothing in an argument is more than an argument. Never rejects. */
function git(session: Session, args: readonly string[]): Promise<GitOutcome> {
  const environment = { ...session.environment, LC_ALL: "C", GIT_OPTIONAL_LOCKS: "0" };
  const options = { cwd: session.workingDirectory, env: environment, maxBuffer: largestOutput, windowsHide: true };
  return new Promise((resolveOutcome) => {
    try {
      execFile("git", args, { ...options, encoding: "utf8" }, (error, output, errors) => {
        if (error === null) resolveOutcome({ output });
        else if (error.code === "ENOENT") resolveOutcome({ missing: true });
        else resolveOutcome({ reason: firstLine(errors) || firstLine(error.message) });
      });
    } catch (error) {
      // An argument that no process can be given: one with a null character, or one too long.
      resolveOutcome({ reason: firstLine((error as Error).message) });
    }
  });
}

function firstLine(text: string): string {
  return (text.trim().split("\n")[0] ?? "").replace(/^fatal: /, "");
}
