/** Files that change beside the editor: a client that can watch tells of them, for others they are looked at again. */
import { DidChangeWatchedFilesNotification, type ClientCapabilities, type Connection } from "vscode-languageserver";

export function canWatch(client: ClientCapabilities): boolean {
  return client.workspace?.didChangeWatchedFiles?.dynamicRegistration === true;
}

/** A table is read from a file, and a layer may be imported from one. */
export function watch({ client }: Connection): Promise<unknown> {
  return client.register(DidChangeWatchedFilesNotification.type, {
    watchers: [{ globPattern: "**/*.{stretto,csv}" }],
  });
}
