/** A browser: no disk, the standard library as texts, and all other files through the editor. */
import { URI } from "vscode-uri";
import type { Connection } from "vscode-languageserver";
import type { ReadResult } from "../../compiler/bind/source-host.js";
import { isStandardPath } from "../../compiler/bind/standard-library.js";
import type { StartWorker } from "../background/worker.js";
import type { Platform } from "../platform.js";
import { requests, type ListParameters } from "../protocol.js";
import { standardHost, type StandardTexts } from "./standard-host.js";

/** Stands for no authority: `file:///a` is `/file/-/a`, so that a path has no empty part. */
const nowhere = "-";

export function browserPlatform(connection: Connection, texts: StandardTexts, startWorker: StartWorker): Platform {
  const standard = standardHost(texts);
  /** What the editor has sent, until it is said to have changed: several may read it. */
  const arrived = new Map<string, ReadResult>();
  const asked = new Set<string>();
  let tellArrival: (path: string) => void = () => undefined;

  async function fetchFile(path: string): Promise<void> {
    if (asked.has(path)) return;
    asked.add(path);
    const text = await connection.sendRequest<string | null>(requests.read, { uri: uriOf(path) }).catch(() => null);
    asked.delete(path);
    arrived.set(path, text === null ? { problem: { kind: "missing" } } : { text });
    tellArrival(path);
  }

  return {
    pathOf,
    uriOf,
    startWorker,
    pageOf: () => undefined,
    hostFor(entry) {
      const folder = entry.slice(0, entry.lastIndexOf("/") + 1);
      return {
        read(path) {
          if (isStandardPath(path)) return standard.read(path);
          if (!path.startsWith(folder)) return { problem: { kind: "outside" } };
          const result = arrived.get(path);
          // Nobody can wait for it here: until it has come, it is missing.
          if (result === undefined) void fetchFile(path);
          return result ?? { problem: { kind: "missing" } };
        },
      };
    },
    forget: (path) => void arrived.delete(path),
    async listFiles(folder, ending, limit) {
      const asked: ListParameters = { uri: uriOf(folder), ending, limit };
      return (await connection.sendRequest<readonly string[]>(requests.list, asked)).map(pathOf);
    },
    onArrival(listener) {
      tellArrival = listener;
    },
  };
}

function pathOf(uri: string): string {
  const { scheme, authority, path } = URI.parse(uri);
  const standard = `${scheme}:${path.slice(1)}`;
  return isStandardPath(standard) ? standard : `/${scheme}/${authority === "" ? nowhere : authority}${path}`;
}

function uriOf(path: string): string {
  if (isStandardPath(path)) return path.replace(":", ":/");
  const [, scheme = "", authority = "", ...rest] = path.split("/");
  return URI.from({ scheme, authority: authority === nowhere ? "" : authority, path: `/${rest.join("/")}` }).toString();
}
