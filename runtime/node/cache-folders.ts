/** Where what takes a while to make is kept for the next time. */
import { existsSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * Folders that may hold it, the first that can be written: beside the packages, else the system's. Those that there are belong to
 * who runs this: what others may have put into a folder for all is not to be loaded.
 */
export function cacheFolders(): readonly string[] {
  const here = fileURLToPath(new URL(".", import.meta.url));
  const modules = here.split(/[\\/]node_modules[\\/]/);
  const root = modules.length > 1 ? modules[0]! : ownFolder(here);
  const folders = [
    join(root, "node_modules/.cache/stretto"),
    join(tmpdir(), `stretto-${process.getuid?.() ?? "user"}`),
  ];
  return folders.filter((folder) => !existsSync(folder) || isOwn(folder));
}

function isOwn(folder: string): boolean {
  return process.getuid === undefined || statSync(folder).uid === process.getuid();
}

/** The package that a folder is of. */
function ownFolder(folder: string): string {
  const above = dirname(folder);
  return existsSync(join(folder, "package.json")) || above === folder ? folder : ownFolder(above);
}
