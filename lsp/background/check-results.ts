import type { Snapshot } from "../documents/snapshot.js";
import type { Workspace } from "../documents/workspace.js";
import type { ClaimAnswer } from "./jobs.js";

/** What came of checks, for as long as their documents are as they were. */
export class CheckResults {
  private readonly known = new WeakMap<Snapshot, Map<number, readonly ClaimAnswer[]>>();

  constructor(
    private readonly workspace: Workspace,
    private readonly onNews: () => void,
  ) {}

  note(snapshot: Snapshot, checks: readonly number[], answers: readonly ClaimAnswer[]): void {
    const known = this.known.get(snapshot) ?? new Map<number, readonly ClaimAnswer[]>();
    this.known.set(snapshot, known);
    for (const check of checks)
      known.set(
        check,
        answers.filter((answer) => answer.check === check),
      );
    this.onNews();
  }

  /** Undefined where the check was not run, or something has changed since. */
  of(uri: string, check: number): readonly ClaimAnswer[] | undefined {
    const snapshot = this.workspace.snapshotOf(uri);
    return snapshot && this.known.get(snapshot)?.get(check);
  }
}
