/** Documents that are open, files that are not, and what each means. An analysis is made when it is asked for. */
import { TextDocument } from "vscode-languageserver-textdocument";
import { createMemory, type Memory } from "../../compiler/bind/memory.js";
import type { ReadResult, SourceHost } from "../../compiler/bind/source-host.js";
import { isStandardPath } from "../../compiler/bind/standard-library.js";
import { checkFile, type CheckedFile, type CompileOptions } from "../../compiler/program.js";
import type { Platform } from "../platform.js";
import { Disk } from "./disk.js";
import { analysisOf, type Analysis } from "./analysis.js";
import type { Snapshot } from "./snapshot.js";

/** Files of a workspace that are looked through for uses of a name. */
export const mostFiles = 2000;

/** Files that are not open and were asked about, as those are whose checks are listed: more are analysed anew. */
const mostClosedEntries = 32;

interface Kept {
  readonly analysis: Analysis;
  /** What was read for it, by path. */
  readonly read: ReadonlyMap<string, ReadResult>;
  readonly snapshot: Snapshot;
}

/** What a document needs between two analyses of it. */
interface Entry {
  readonly memory: Memory;
  kept?: Kept;
}

export class Workspace {
  private readonly open = new Map<string, TextDocument>();
  private readonly entries = new Map<string, Entry>();
  private readonly disk: Disk;
  private readonly closed = new Map<string, TextDocument>();
  private folders: readonly string[] = [];
  private options: CompileOptions = {};

  constructor(private readonly platform: Platform) {
    this.disk = new Disk(platform);
  }

  /** Opens a document, or takes its text as it is now. */
  set(document: TextDocument): void {
    this.open.set(this.platform.pathOf(document.uri), document);
  }

  close(uri: string): void {
    const path = this.platform.pathOf(uri);
    this.open.delete(path);
    this.entries.delete(path);
    this.forget(path);
  }

  /** A file has changed on disk, or is gone. */
  forget(path: string): void {
    this.platform.forget?.(path);
    this.readAnew(path);
  }

  /** There is something else at hand of a file. */
  readAnew(path: string): void {
    this.disk.forget(path);
    this.closed.delete(path);
    // What is made from files of tables is made anew.
    if (!path.endsWith(".stretto")) for (const { memory } of this.entries.values()) memory.forget();
  }

  /** Files that have changed on disk without being said to. */
  changedOnDisk(): readonly string[] {
    return this.disk.changed();
  }

  setFolders(folders: readonly string[]): void {
    this.folders = folders;
  }

  /** Profile, machine and sizes that everything is checked with. */
  setOptions(options: CompileOptions): void {
    this.options = options;
    this.entries.clear();
  }

  /** Of open documents. */
  uris(): readonly string[] {
    return [...this.open.values()].map(({ uri }) => uri);
  }

  /** Open ones as they are now, by path. A document never changes: an edit makes another one. */
  documents(): ReadonlyMap<string, TextDocument> {
    return new Map(this.open);
  }

  documentOf(uri: string): TextDocument | undefined {
    return this.open.get(this.platform.pathOf(uri));
  }

  /** What an open document means as it is now; of a file that is not open, as it is on disk. */
  analysisOf(uri: string): Analysis | undefined {
    const path = this.platform.pathOf(uri);
    const document = this.open.get(path) ?? this.closedDocument(path);
    if (document === undefined) return undefined;
    const entry = this.entryOf(path);
    if (entry.kept === undefined || !this.isCurrent(entry.kept, document))
      entry.kept = this.analyse(document, path, entry.memory);
    return entry.kept.analysis;
  }

  /** All that a document was understood from, for somebody elsewhere: the same one as long as its analysis is. */
  snapshotOf(uri: string): Snapshot | undefined {
    return this.analysisOf(uri) && this.entries.get(this.platform.pathOf(uri))?.kept?.snapshot;
  }

  /** What a document would mean with other texts for some files, by path: nothing of it is kept. */
  checkWith(path: string, texts: ReadonlyMap<string, string>): CheckedFile {
    const read = (wanted: string): ReadResult => {
      const text = texts.get(wanted);
      return text === undefined ? this.readAs(path, wanted) : { text };
    };
    return checkFile(path, { read }, this.options);
  }

  /** Whether what a document means depends on a file. */
  dependsOn(uri: string, path: string): boolean {
    const kept = this.entries.get(this.platform.pathOf(uri))?.kept;
    return kept === undefined || kept.read.has(path);
  }

  /** Uris of all .stretto files of the workspace, open ones included. */
  async allFiles(): Promise<readonly string[]> {
    const listed: string[] = [];
    for (const folder of this.folders)
      listed.push(...(await this.platform.listFiles(folder, ".stretto", mostFiles - listed.length)));
    const paths = new Set([...this.open.keys(), ...listed]);
    return [...paths].filter((path) => !isStandardPath(path)).map((path) => this.platform.uriOf(path));
  }

  /** The one that was used last is the last. */
  private entryOf(path: string): Entry {
    const entry = this.entries.get(path) ?? { memory: createMemory() };
    this.entries.delete(path);
    this.entries.set(path, entry);
    if (!this.open.has(path)) {
      const ofClosed = [...this.entries.keys()].filter((one) => !this.open.has(one));
      for (const oldest of ofClosed.slice(0, -mostClosedEntries)) this.entries.delete(oldest);
    }
    return entry;
  }

  private isCurrent({ analysis, read }: Kept, document: TextDocument): boolean {
    if (analysis.version !== document.version || analysis.uri !== document.uri) return false;
    // Files that are not open have no versions.
    if (analysis.text !== document.getText()) return false;
    return [...read].every(([path, before]) => sameText(this.readAs(analysis.path, path), before));
  }

  private analyse(document: TextDocument, path: string, memory: Memory): Kept {
    const read = new Map<string, ReadResult>();
    const host: SourceHost = {
      read: (wanted) => {
        const result = wanted === path ? { text: document.getText() } : this.readAs(path, wanted);
        if (!isStandardPath(wanted) && wanted !== path) read.set(wanted, result);
        return result;
      },
    };
    const checked = checkFile(path, host, this.options, memory);
    const { profileIfThere, machine } = this.options;
    const snapshot: Snapshot = {
      ...{ path, texts: [[path, { text: document.getText() }], ...read] },
      ...(profileIfThere !== undefined && { profileIfThere }),
      ...(machine !== undefined && { machine }),
    };
    return { analysis: analysisOf(document, path, checked, (file) => this.placeOf(file)), read, snapshot };
  }

  /** What a file holds, as a program that begins with `entry` may read it. */
  private readAs(entry: string, path: string): ReadResult {
    const document = this.open.get(path);
    return document !== undefined ? { text: document.getText() } : this.disk.read(entry, path);
  }

  private closedDocument(path: string): TextDocument | undefined {
    let document = this.closed.get(path);
    if (document === undefined) {
      const result = this.readAs(path, path);
      if (!("text" in result)) return undefined;
      document = TextDocument.create(this.platform.uriOf(path), "stretto", 0, result.text);
      this.closed.set(path, document);
    }
    return document;
  }

  /** The document of a path, open or as it is on disk. */
  placeOf(path: string): { readonly uri: string; readonly document: TextDocument } | undefined {
    const document = this.open.get(path) ?? (path === "" ? undefined : this.closedDocument(path));
    return document && { uri: document.uri, document };
  }
}

function sameText(a: ReadResult, b: ReadResult): boolean {
  return "text" in a && "text" in b ? a.text === b.text : JSON.stringify(a) === JSON.stringify(b);
}
