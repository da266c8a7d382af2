/** The extension in a browser: the server is a worker, and reads files through the editor. */
import {
  BrowserMessageReader,
  BrowserMessageWriter,
  LanguageClient,
  type MessageTransports,
} from "vscode-languageclient/browser";
import { Uri, workspace, type ExtensionContext } from "vscode";
import { clientOptions, languageId } from "./client-options.js";
import { activateWith } from "./extension.js";
import type { Server } from "./server.js";

let server: Server | undefined;

export async function activate(context: ExtensionContext): Promise<void> {
  const program = Uri.joinPath(context.extensionUri, "out/server/browser.js");
  server = await activateWith(
    context,
    () => new LanguageClient(languageId, "Stretto", () => startWorker(program), clientOptions()),
  );
}

export async function deactivate(): Promise<void> {
  await server?.stop();
}

/** Hosts put something of their own for `Worker`, which the client does not take for one: it is given both ends instead. */
async function startWorker(program: Uri): Promise<MessageTransports> {
  const worker = new Worker(await addressOf(program));
  return { reader: new BrowserMessageReader(worker), writer: new BrowserMessageWriter(worker) };
}

/** Where the extension is installed beside a remote workspace, its files have no address that a worker could be loaded from. */
async function addressOf(program: Uri): Promise<string> {
  if (program.scheme !== "vscode-remote") return program.toString(true);
  const text = new TextDecoder().decode(await workspace.fs.readFile(program));
  return URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
}
