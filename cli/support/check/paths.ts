/** Files as a CI server names them: from the root of its checkout, `/` between folders. */
import { realpathSync } from "node:fs";
import { isAbsolute, relative, resolve, sep } from "node:path";
import { isStandardPath } from "../../../compiler/bind/standard-library.js";
import type { Session } from "../session.js";

/** The path of a file from the root of the checkout; undefined where it is not in it, or no file. */
export type PathFromRoot = (file: string) => string | undefined;

/**
 * The root is what GitHub Actions or GitLab say it is, as long as the session's folder lies in it; else that folder.
 * `""` (the command line), texts of `--set` and the standard library are no files of a checkout.
 */
export function pathsFromRoot({ environment, workingDirectory }: Session): PathFromRoot {
  const folder = realOf(workingDirectory);
  const stated = [environment["GITHUB_WORKSPACE"], environment["CI_PROJECT_DIR"]]
    .filter((root) => root !== undefined && isAbsolute(root))
    .map((root) => realOf(root!));
  const root = stated.find((each) => within(each, folder) !== undefined) ?? folder;
  return (file) => (isFile(file) ? within(root, resolve(folder, file)) : undefined);
}

function isFile(file: string): boolean {
  return file !== "" && !file.startsWith("--set ") && !isStandardPath(file);
}

function within(root: string, path: string): string | undefined {
  const below = relative(root, path);
  if (below === ".." || below.startsWith(`..${sep}`) || isAbsolute(below)) return undefined;
  return below.split(sep).join("/");
}

function realOf(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return resolve(folder);
  }
}
