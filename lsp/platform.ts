/** What the server stands on: Node, or the worker of a browser. */
import type { SourceHost } from "../compiler/bind/source-host.js";
import type { StartWorker } from "./background/worker.js";

/** Of programs, and of what tables are read from. */
export type FileEnding = ".stretto" | ".csv";

export interface Platform {
  /** Reads files beside an entry, and the standard library, as they are on disk; beside what is not on it, the library alone. */
  hostFor(entry: string): SourceHost;
  /**
   * Path of a document, as the compiler is given it; that of a file of the standard library begins with `stretto:std/`. Documents
   * of different schemes have different paths: an older version of a file that is shown beside it is not the file.
   */
  pathOf(uri: string): string;
  uriOf(path: string): string;
  /** Where the page of a diagnostic can be read; undefined where it is not at hand. */
  pageOf(code: string, name: string): string | undefined;
  /** Paths of all files below a folder whose names end so, at most `limit`. */
  listFiles(folder: string, ending: FileEnding, limit: number): Promise<readonly string[]>;
  /** Another one once a file has changed, at little cost, undefined where there is none; absent where only the editor can tell. */
  stampOf?(path: string): string | undefined;
  /** What is at hand of a file is not to be given any more. */
  forget?(path: string): void;
  /** Where files come later than they are asked for: told of each that has come. */
  onArrival?(listener: (path: string) => void): void;
  /** Where planning and simulating are done; absent where no other thread can be had: then nothing is predicted. */
  readonly startWorker?: StartWorker;
}
