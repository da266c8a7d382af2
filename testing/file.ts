import { dirname, isAbsolute, join, normalize, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { createNodeHost } from "../compiler/bind/node-host.js";
import { createMemoryHost } from "../compiler/bind/source-host.js";
import type { SourceHost } from "../compiler/bind/source-host.js";
import { isStandardPath } from "../compiler/bind/standard-library.js";
import { createDiagnostic } from "../compiler/diagnostics/catalogue.js";
import { checkFile } from "../compiler/program.js";
import { hasError } from "../evidence/attempt.js";
import { schedulesNamed } from "../evidence/plan.js";
import { errorOf } from "./error.js";
import { once } from "./once.js";
import type { Checked } from "./open-file.js";
import { scheduleUnderTest } from "./schedule.js";
import type { LoadOptions, Settings, StrettoFile } from "./types.js";

/**
 * Reads and checks a file of schedules.
 *
 * @param path from the working directory, or a URL: `new URL("../moe.stretto", import.meta.url)`
 * @throws StrettoError whose message is what `stretto check` prints, with each place
 */
export function load(path: string | URL, options: LoadOptions = {}): StrettoFile {
  const name = typeof path === "string" ? path : pathOf(path);
  return open(name, withFiles(name, options.files, createNodeHost(name)), options);
}

/**
 * Checks a text, as `load` a file; it is called main.stretto in messages.
 *
 * @param options `files` has what it may import, or read as tables; it reads nothing else but `std/`
 * @throws StrettoError as `load`
 */
export function loadText(text: string, options: LoadOptions = {}): StrettoFile {
  const host = createMemoryHost({ ...options.files, "main.stretto": text }, standardOnly);
  return open("main.stretto", host, options);
}

const installed = createNodeHost("main.stretto");
const standardOnly: SourceHost = {
  read: (path) => (isStandardPath(path) ? installed.read(path) : { problem: { kind: "missing" } }),
};

function withFiles(entry: string, files: LoadOptions["files"], host: SourceHost): SourceHost {
  if (files === undefined) return host;
  const beside = Object.entries(files).map(([name, text]) => [join(dirname(entry), name), text] as const);
  const given = createMemoryHost(new Map(beside));
  return {
    read(path) {
      const found = isStandardPath(path) ? undefined : given.read(normalize(path));
      return found !== undefined && "text" in found ? found : host.read(path);
    },
  };
}

/** From the working directory where the file is below it, as someone would type it. */
function pathOf(url: URL): string {
  const absolute = fileURLToPath(url);
  const near = relative(process.cwd(), absolute);
  return near.startsWith("..") || isAbsolute(near) ? absolute : near;
}

function open(path: string, host: SourceHost, options: LoadOptions): StrettoFile {
  const { profile } = options;
  const full = checked(path, host, options);
  const small = once(() => (profile === undefined ? checked(path, host, options, "small") : full));
  const { program, sources } = full;
  const file: StrettoFile = {
    path,
    schedules: program.schedules.map(({ name }) => name),
    layers: program.layers.map(({ name }) => name),
    tables: program.tables.map(({ name }) => name),
    params: Object.fromEntries(program.params),
    schedule(name) {
      const found = schedulesNamed(program, path, name);
      if (!("value" in found)) throw errorOf(found.diagnostics, sources);
      return scheduleUnderTest({ path, full, small, file }, program.schedules.indexOf(found.value[0]!));
    },
    with: (set) => open(path, host, { ...options, set: { ...options.set, ...set } }),
  };
  return file;
}

/** @throws StrettoError where there is no program to plan anything of */
function checked(path: string, host: SourceHost, options: LoadOptions, profileIfThere?: string): Checked {
  const { profile, machine, set } = options;
  const { program, sources, diagnostics } = checkFile(path, host, {
    ...(profile === undefined ? {} : { profile }),
    ...(machine === undefined ? {} : { machine }),
    ...(profileIfThere === undefined ? {} : { profileIfThere }),
    ...(set === undefined ? {} : { set: settingsOf(set) }),
  });
  if (program !== undefined && !hasError(diagnostics)) return { program, sources };
  // Without a mesh it is legal, for others to import.
  const empty = createDiagnostic(
    "no-schedule",
    { file: path, span: { start: 0, end: 0 } },
    { file: path, verb: "test" },
  );
  throw errorOf(hasError(diagnostics) ? diagnostics : [...diagnostics, empty], sources);
}

function settingsOf(set: Settings): ReadonlyMap<string, string> {
  return new Map(Object.entries(set).map(([name, value]) => [name, String(value)]));
}
