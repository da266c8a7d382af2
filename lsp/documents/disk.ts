/** What was read of files that are not open, until it is said, or seen, to have changed. */
import type { ReadResult } from "../../compiler/bind/source-host.js";
import { isStandardPath } from "../../compiler/bind/standard-library.js";
import type { Platform } from "../platform.js";

interface Known {
  readonly stamp: string | undefined;
  /**
   * By who reads: a file that is opened itself may be a link to anywhere, and what one folder's programs may read is outside of
   * another's.
   */
  readonly results: Map<string, ReadResult>;
}

export class Disk {
  private readonly known = new Map<string, Known>();

  constructor(private readonly platform: Platform) {}

  /** What a file holds, as a program that begins with `entry` may read it. */
  read(entry: string, path: string): ReadResult {
    let known = this.known.get(path);
    if (known === undefined) {
      // The stamp is of before: what is written meanwhile is read again.
      known = { stamp: this.platform.stampOf?.(path), results: new Map() };
      this.known.set(path, known);
    }
    const reader = readerOf(entry, path);
    let result = known.results.get(reader);
    if (result === undefined) known.results.set(reader, (result = this.platform.hostFor(entry).read(path)));
    return result;
  }

  forget(path: string): void {
    this.known.delete(path);
  }

  /** Files that are not as they were when they were read. */
  changed(): readonly string[] {
    return [...this.known].flatMap(([path, { stamp }]) =>
      !isStandardPath(path) && this.platform.stampOf?.(path) !== stamp ? [path] : [],
    );
  }
}

/** Two with the same name may read the same. */
function readerOf(entry: string, path: string): string {
  if (isStandardPath(path)) return "";
  return entry === path ? path : entry.slice(0, Math.max(entry.lastIndexOf("/"), entry.lastIndexOf("\\")) + 1);
}
