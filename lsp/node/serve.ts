/** The server on Node, over a pair of streams. */
import { createConnection } from "vscode-languageserver/node";
import { nodePlatform } from "./platform.js";
import { providers } from "../providers/index.js";
import { startServer } from "../server.js";

/** Serves until the client says goodbye, or its end of the streams is closed: the process then exits. */
export function serveStreams(input: NodeJS.ReadableStream, output: NodeJS.WritableStream, version: string): void {
  const connection = createConnection(input, output);
  startServer(connection, nodePlatform, providers, version);
  // For the benchmark of the editor: bytes that are alive, where node was started with --expose-gc.
  const collect = globalThis.gc;
  if (collect !== undefined)
    connection.onRequest("stretto/memory", () => {
      collect();
      return process.memoryUsage().heapUsed;
    });
  connection.listen();
}
