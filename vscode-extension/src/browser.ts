/** The extension in a browser: the server is a worker, and reads files through the editor. */
import { LanguageClient } from "vscode-languageclient/browser";
import { Uri, type ExtensionContext } from "vscode";
import { clientOptions, languageId } from "./client-options.js";
import { activateWith } from "./extension.js";
import type { Server } from "./server.js";

let server: Server | undefined;

export async function activate(context: ExtensionContext): Promise<void> {
  const program = Uri.joinPath(context.extensionUri, "out/server/browser.js").toString(true);
  server = await activateWith(
    context,
    () => new LanguageClient(languageId, "Stretto", new Worker(program), clientOptions()),
  );
}

export async function deactivate(): Promise<void> {
  await server?.stop();
}
