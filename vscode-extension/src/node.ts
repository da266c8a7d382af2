/** The extension on a desktop, or beside a remote workspace: the server is a process of Node. */
import { LanguageClient, TransportKind, type ServerOptions } from "vscode-languageclient/node";
import type { ExtensionContext } from "vscode";
import { clientOptions, languageId } from "./client-options.js";
import { registerRun } from "./commands/run.js";
import { activateWith } from "./extension.js";
import type { Server } from "./server.js";
import { setting } from "./settings.js";
import { registerTasks } from "./tasks.js";

let server: Server | undefined;

export async function activate(context: ExtensionContext): Promise<void> {
  context.subscriptions.push(registerTasks(), registerRun());
  server = await activateWith(
    context,
    () => new LanguageClient(languageId, "Stretto", serverOptions(context), clientOptions()),
  );
}

export async function deactivate(): Promise<void> {
  await server?.stop();
}

function serverOptions(context: ExtensionContext): ServerOptions {
  const path = setting("server.path");
  const node = setting("server.node");
  const runtime = node === "" ? {} : { runtime: node };
  if (path === "") {
    const module = context.asAbsolutePath("out/server/node.js");
    return { module, transport: TransportKind.stdio, ...runtime };
  }
  const args = ["lsp", "--stdio"];
  if (!/\.[cm]?js$/.test(path)) return { command: path, args };
  return { module: path, args: ["lsp"], transport: TransportKind.stdio, ...runtime };
}
