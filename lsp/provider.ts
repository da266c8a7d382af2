import type { ClientCapabilities, Connection, ServerCapabilities } from "vscode-languageserver";
import type { Server } from "./server.js";

/** One feature of the language: a file of providers/ each. What the server says it can do is what its providers say. */
export interface Provider {
  /** Its part of the answer to `initialize`. */
  capabilities(client: ClientCapabilities): ServerCapabilities;
  /** Answers its requests; once, before the first of them comes. */
  register(connection: Connection, server: Server): void;
}
