import { commands, Disposable, window, type ExtensionContext, type WebviewPanel } from "vscode";
import { requests, type TaskGraph } from "../../../lsp/protocol.js";
import type { FromGraph, ToGraph } from "../graph-messages.js";
import type { Server } from "../server.js";
import { revealRange, subjectOf, type Subject } from "../subject.js";
import { openPage } from "../webview-page.js";

/** `Show Task Graph`: which statements wait for which. */
export function registerTaskGraph(context: ExtensionContext, server: Server): Disposable {
  let panel: WebviewPanel | undefined;
  let subject: Subject | undefined;

  async function refresh(): Promise<void> {
    if (subject === undefined || panel === undefined) return;
    const graph = await server
      .request<TaskGraph | null>(requests.taskGraph, { ...subject, uri: subject.uri.toString() })
      .catch(() => null);
    const message: ToGraph =
      graph === null
        ? { type: "problem", text: "No schedule can be planned: see Problems." }
        : { type: "graph", graph };
    void panel.webview.postMessage(message);
  }

  function open(): WebviewPanel {
    const opened = openPage(context, "graph", "Task Graph");
    opened.webview.onDidReceiveMessage((message: FromGraph) => {
      if (message.type === "ready") return refresh();
      return subject === undefined ? undefined : revealRange(subject.uri, message.range);
    });
    opened.onDidDispose(() => (panel = undefined));
    return opened;
  }

  return Disposable.from(
    commands.registerCommand("stretto.showTaskGraph", async (uri?: unknown, schedule?: unknown) => {
      subject = subjectOf(uri, schedule);
      if (subject === undefined) return void window.showInformationMessage("Open a .stretto file first.");
      panel ??= open();
      panel.reveal(undefined, true);
      await refresh();
    }),
    { dispose: () => panel?.dispose() },
  );
}
