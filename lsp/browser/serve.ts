/** The server in a worker of a browser. */
import { BrowserMessageReader, BrowserMessageWriter, createConnection } from "vscode-languageserver/browser";
import { standardPrefix } from "../../compiler/bind/standard-library.js";
import { requests, type FileParameters } from "../protocol.js";
import { providers } from "../providers/index.js";
import { startServer } from "../server.js";
import { browserPlatform } from "./platform.js";

/**
 * Serves the page that has started the worker.
 *
 * @param standard texts of std/ by file name, `ops.stretto`
 */
export function serveWorker(
  worker: DedicatedWorkerGlobalScope,
  version: string,
  standard: Readonly<Record<string, string>>,
): void {
  const connection = createConnection(new BrowserMessageReader(worker), new BrowserMessageWriter(worker));
  const platform = browserPlatform(connection, standard);
  startServer(connection, platform, providers, version);
  connection.onRequest(requests.source, ({ uri }: FileParameters) => {
    const path = platform.pathOf(uri);
    return path.startsWith(standardPrefix) ? (standard[path.slice(standardPrefix.length)] ?? null) : null;
  });
  connection.onExit(() => worker.close());
  connection.listen();
}
