import type { SourceHost } from "../../../compiler/bind/source-host.js";
import { isStandardPath } from "../../../compiler/bind/standard-library.js";
import { checkFile } from "../../../compiler/program.js";
import type { Attempt } from "../../../evidence/attempt.js";
import { openRevision } from "../git.js";
import { hostFor } from "../load.js";
import { compileOptions } from "../options.js";
import type { ProgramOptions } from "../options.js";
import type { Session } from "../session.js";

/** The files that were given, parted, each part in the order given. */
export interface Affected {
  readonly affected: readonly string[];
  readonly unaffected: readonly string[];
}

/**
 * Which of these files may be found otherwise than at the revision. What is found of a file depends on the texts that are
 * read for it alone, and which are read depends on those read before: where each of them, those that were sought and are
 * missing included, is as it was, so is all that is said of the file.
 */
export async function affectedSince(
  session: Session,
  files: readonly string[],
  options: ProgramOptions,
  revision: string,
): Promise<Attempt<Affected>> {
  const opened = await openRevision(session, revision);
  if (!("value" in opened)) return opened;
  const { isUnchanged } = opened.value;
  const isAffected = (file: string): boolean => {
    const { paths, isReadable } = pathsRead(session, file, options);
    // One that is not there, and was not, is a mistake of the command line that is still to be told.
    return !isReadable || paths.some((path) => !isUnchanged(path));
  };
  const affected = files.filter(isAffected);
  return { value: { affected, unaffected: files.filter((file) => !affected.includes(file)) } };
}

/** Every path that is read, or sought, to check a file: its own, those of imports and of tables. */
function pathsRead(session: Session, file: string, options: ProgramOptions) {
  const host = hostFor(session, file);
  const paths = new Set<string>();
  let isReadable = false;
  const recording: SourceHost = {
    read(path) {
      const result = host.read(path);
      // The standard library is of the installation, not of the user's repository.
      if (!isStandardPath(path)) paths.add(path);
      if (path === file && "text" in result) isReadable = true;
      return result;
    },
  };
  // As it is checked: at full size, and at the size where results are computed.
  checkFile(file, recording, compileOptions(options));
  checkFile(file, recording, compileOptions({ ...options, profileIfThere: "small" }));
  return { paths: [...paths], isReadable };
}
