/** Questions that a user waits for: given up when the user does, and when the document is not what it was. */
import { LSPErrorCodes, ResponseError, type CancellationToken } from "vscode-languageserver";
import type { Workspace } from "../documents/workspace.js";
import type { Snapshot } from "../documents/snapshot.js";
import { refusalText, type Ask, type AnswerTo } from "./jobs.js";
import type { Outcome, Pending, Runner } from "./runner.js";

export interface Question<A extends Ask> {
  readonly uri: string;
  readonly ask: A;
  /** Other than the document is shown with. */
  readonly options?: Pick<Snapshot, "machine" | "profileIfThere">;
  /** Texts that files would have, by path. */
  readonly edited?: ReadonlyMap<string, string>;
  readonly token: CancellationToken;
}

export class Asker {
  private readonly open = new Map<Pending<unknown>, { readonly uri: string; readonly snapshot: Snapshot }>();

  constructor(
    private readonly workspace: Workspace,
    private readonly runner: Runner,
  ) {}

  /** Rejects with an error of the protocol where there is no answer. */
  async ask<A extends Ask>({ uri, ask, options, edited, token }: Question<A>): Promise<AnswerTo<A>> {
    const snapshot = this.workspace.snapshotOf(uri);
    if (snapshot === undefined) throw new ResponseError(LSPErrorCodes.RequestFailed, `There is no file ${uri}.`);
    const isUnlimited = ask.kind === "checks";
    const texts = snapshot.texts.map(([path, read]) => {
      const text = edited?.get(path);
      return [path, text === undefined ? read : { text }] as const;
    });
    const pending = this.runner.ask({ ...snapshot, texts, ...options }, ask, { isUrgent: true, isUnlimited });
    this.open.set(pending, { uri, snapshot });
    const listener = token.onCancellationRequested(() => pending.cancel());
    try {
      const value = valueOf(await pending.outcome, token);
      // Its places are of the text that was asked about.
      if (this.workspace.snapshotOf(uri) !== snapshot) throw hasChanged();
      return value;
    } finally {
      listener.dispose();
      this.open.delete(pending);
    }
  }

  /** Documents are not what they were. */
  update(): void {
    for (const [pending, { uri, snapshot }] of this.open)
      if (this.workspace.snapshotOf(uri) !== snapshot) pending.cancel();
  }
}

const hasChanged = (): ResponseError<void> =>
  new ResponseError(LSPErrorCodes.ContentModified, "The document has changed.");

function valueOf<T>(outcome: Outcome<T>, token: CancellationToken): T {
  if ("value" in outcome) return outcome.value;
  if ("refused" in outcome) throw new ResponseError(LSPErrorCodes.RequestFailed, refusalText(outcome.refused));
  if (outcome.failed === "gone")
    throw token.isCancellationRequested
      ? new ResponseError(LSPErrorCodes.RequestCancelled, "It is not wanted any more.")
      : hasChanged();
  throw new ResponseError(LSPErrorCodes.RequestFailed, failures[outcome.failed]);
}

const failures = {
  absent: "Nothing can be predicted here: there is no other thread.",
  crashed: "The prediction failed: a fault of ours.",
  "too long": "It takes longer than `stretto.predictionSeconds`.",
} as const;
