import type { BaseLanguageClient } from "vscode-languageclient";
import { commands, workspace, type ExtensionContext } from "vscode";
import { requests, type ListParameters, type ReadParameters } from "../../lsp/protocol.js";
import { registerChecks } from "./checks/controller.js";
import { standardScheme } from "./client-options.js";
import { registerNewFile } from "./commands/new-file.js";
import { registerTaskGraph } from "./commands/task-graph.js";
import { registerWhy } from "./commands/why.js";
import { Server } from "./server.js";
import { serverSettings } from "./settings.js";
import { registerTimeline } from "./timeline/panel.js";
import { listWorkspaceFiles, readWorkspaceFile } from "./workspace-files.js";

/** What the extension is on a desktop and in a browser alike. */
export async function activateWith(context: ExtensionContext, create: () => BaseLanguageClient): Promise<Server> {
  const server = new Server(create, (client) => {
    client.onRequest(requests.read, ({ uri }: ReadParameters) => readWorkspaceFile(uri));
    client.onRequest(requests.list, (asked: ListParameters) => listWorkspaceFiles(asked));
  });
  context.subscriptions.push(
    server,
    commands.registerCommand("stretto.restartServer", () => server.restart()),
    workspace.onDidChangeConfiguration((change) => {
      if (serverSettings.some((name) => change.affectsConfiguration(name))) void server.restart();
    }),
    workspace.registerTextDocumentContentProvider(standardScheme, {
      provideTextDocumentContent: (uri) => server.request<string>(requests.source, { uri: uri.toString() }),
    }),
    registerTimeline(context, server),
    registerTaskGraph(context, server),
    registerChecks(server),
    registerWhy(server),
    registerNewFile(),
  );
  await server.start();
  return server;
}
