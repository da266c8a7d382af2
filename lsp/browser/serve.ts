/** The server in a worker of a browser. */
import { BrowserMessageReader, BrowserMessageWriter, createConnection } from "vscode-languageserver/browser";
import { providers } from "../providers/index.js";
import { startServer } from "../server.js";
import { isBackground, serveBackground, startBackground } from "./background.js";
import { browserPlatform } from "./platform.js";
import type { StandardTexts } from "./standard-host.js";

/** Serves the page that has started the worker, or the server that has, whose background it then is. */
export function serveWorker(worker: DedicatedWorkerGlobalScope, version: string, standard: StandardTexts): void {
  if (isBackground(worker)) return serveBackground(worker, standard);
  const connection = createConnection(new BrowserMessageReader(worker), new BrowserMessageWriter(worker));
  const platform = browserPlatform(connection, standard, () => startBackground(worker.location.href));
  startServer(connection, platform, providers, version);
  connection.onExit(() => worker.close());
  connection.listen();
}
