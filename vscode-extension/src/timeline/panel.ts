import {
  commands,
  Disposable,
  window,
  workspace,
  type ExtensionContext,
  type TextEditor,
  type Uri,
  type WebviewPanel,
} from "vscode";
import { requests, type Timeline } from "../../../lsp/protocol.js";
import type { Server } from "../server.js";
import { setting } from "../settings.js";
import { editorOf, revealRange, subjectOf, type Subject } from "../subject.js";
import { openPage } from "../webview-page.js";
import type { FromTimeline, ToTimeline } from "./messages.js";

/** From the last keystroke to a new prediction. */
const pauseMilliseconds = 400;

/** `Simulate` and `Open Timeline`: one panel, of the schedule asked for last. */
export function registerTimeline(context: ExtensionContext, server: Server): Disposable {
  let panel: TimelinePanel | undefined;
  const open = async (uri?: unknown, schedule?: unknown): Promise<void> => {
    const subject = subjectOf(uri, schedule);
    if (subject === undefined) return void window.showInformationMessage("Open a .stretto file first.");
    panel ??= new TimelinePanel(context, server, () => (panel = undefined));
    await panel.show(subject);
  };
  return Disposable.from(
    commands.registerCommand("stretto.simulate", open),
    commands.registerCommand("stretto.openTimeline", open),
    { dispose: () => panel?.dispose() },
  );
}

class TimelinePanel {
  private readonly panel: WebviewPanel;
  private readonly subscriptions: Disposable[];
  private subject: Subject | undefined;
  private pause: ReturnType<typeof setTimeout> | undefined;
  private isReady = false;
  /** Counts requests: an answer to an older one is not shown. */
  private asked = 0;

  constructor(
    context: ExtensionContext,
    private readonly server: Server,
    onClose: () => void,
  ) {
    this.panel = openPage(context, "timeline", "Timeline");
    this.subscriptions = [
      this.panel.webview.onDidReceiveMessage((message: FromTimeline) => this.receive(message)),
      window.onDidChangeTextEditorSelection(({ textEditor }) => this.follow(textEditor)),
      workspace.onDidChangeTextDocument(({ document }) => this.refreshAfter(document.uri)),
      workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration("stretto")) void this.refresh();
      }),
    ];
    this.panel.onDidDispose(() => {
      clearTimeout(this.pause);
      Disposable.from(...this.subscriptions).dispose();
      onClose();
    });
  }

  dispose(): void {
    this.panel.dispose();
  }

  async show(subject: Subject): Promise<void> {
    this.subject = subject;
    this.panel.reveal(undefined, true);
    await this.refresh();
  }

  private async refresh(): Promise<void> {
    const { subject } = this;
    if (subject === undefined || !this.isReady) return;
    const request = ++this.asked;
    const machine = setting("machine");
    const profile = setting("profile");
    const answer = await this.server
      .request<Timeline | null>(requests.timeline, {
        uri: subject.uri.toString(),
        ...(subject.schedule !== undefined && { schedule: subject.schedule }),
        ...(machine !== "" && { machine }),
        ...(profile !== "" && { profile }),
      })
      .catch((error: unknown) => String(error instanceof Error ? error.message : error));
    if (request !== this.asked) return;
    if (answer === null) this.tell({ type: "problem", text: "No schedule can be predicted: see Problems." });
    else if (typeof answer === "string") this.tell({ type: "problem", text: answer });
    else {
      this.panel.title = `Timeline: ${answer.schedule}`;
      this.tell({ type: "timeline", timeline: answer });
      const editor = editorOf(subject.uri);
      if (editor !== undefined) this.follow(editor);
    }
  }

  private refreshAfter(changed: Uri): void {
    if (changed.toString() !== this.subject?.uri.toString()) return;
    clearTimeout(this.pause);
    this.pause = setTimeout(() => void this.refresh(), pauseMilliseconds);
  }

  private follow({ document, selection }: TextEditor): void {
    if (document.uri.toString() === this.subject?.uri.toString())
      this.tell({ type: "cursor", line: selection.active.line });
  }

  private async receive(message: FromTimeline): Promise<void> {
    if (message.type === "ready") this.isReady = true;
    if (this.subject === undefined) return;
    if (message.type === "reveal") return revealRange(this.subject.uri, message.range);
    if (message.type === "schedule") this.subject = { ...this.subject, schedule: message.name };
    await this.refresh();
  }

  private tell(message: ToTimeline): void {
    void this.panel.webview.postMessage(message);
  }
}
