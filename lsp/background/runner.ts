/** The server's side of the background: a queue of jobs, one of which runs. Nothing here waits on the server's thread. */
import type { Diagnostic } from "../../compiler/diagnostics/types.js";
import type { Snapshot } from "../documents/snapshot.js";
import type { Ask, AnswerTo, Job, JobAnswer } from "./jobs.js";
import type { BackgroundWorker, StartWorker } from "./worker.js";

export type Outcome<T> =
  | { readonly value: T }
  /** The program is to blame: what is wrong with it. */
  | { readonly refused: readonly Diagnostic[] }
  /** `gone`: nobody wants it any more. `absent`: there is no background here. */
  | { readonly failed: "gone" | "too long" | "crashed" | "absent" };

export interface Pending<T> {
  readonly outcome: Promise<Outcome<T>>;
  /** Not wanted any more: where it runs already, its thread is ended. */
  cancel(): void;
}

export interface AskOptions {
  /** Somebody waits for it: before all that nobody does. */
  readonly isUrgent: boolean;
  /** It may take as long as it takes. */
  readonly isUnlimited?: boolean;
}

interface Queued extends AskOptions {
  readonly job: Job;
  /** Values are of the type that was asked for: whoever answers knows it. */
  readonly settle: (outcome: Outcome<never>) => void;
}

/** A thread that crashes this often, one job after the other, is not started again. */
const mostCrashes = 3;

export class Runner {
  private worker: BackgroundWorker | undefined;
  private readonly queue: Queued[] = [];
  private running: { readonly queued: Queued; readonly timer?: ReturnType<typeof setTimeout> } | undefined;
  private lastId = 0;
  private crashes = 0;

  /**
   * @param start absent where no other thread can be had
   * @param seconds that a job may take, as it is when the job begins
   * @param reportCrash is told of the first crash, not of others
   */
  constructor(
    private readonly start: StartWorker | undefined,
    private readonly seconds: () => number,
    private readonly reportCrash: (reason: string) => void,
  ) {}

  /** Those that are urgent come first; of others the newest. */
  ask<A extends Ask>(snapshot: Snapshot, ask: A, options: AskOptions): Pending<AnswerTo<A>> {
    let settle!: Queued["settle"];
    const outcome = new Promise<Outcome<AnswerTo<A>>>((resolve) => (settle = resolve));
    const queued: Queued = { job: { id: ++this.lastId, snapshot, ask }, settle, ...options };
    if (this.start === undefined || this.crashes >= mostCrashes) settle({ failed: "absent" });
    else {
      const urgent = this.queue.filter(({ isUrgent }) => isUrgent).length;
      this.queue.splice(options.isUrgent ? urgent : this.afterBatch(urgent, queued), 0, queued);
      this.next();
    }
    return { outcome, cancel: () => this.cancel(queued) };
  }

  /** Ends whatever runs, and wants nothing any more. */
  dispose(): void {
    for (const queued of [...this.queue]) this.cancel(queued);
    if (this.running) this.cancel(this.running.queued);
    this.worker?.terminate();
    this.worker = undefined;
  }

  /** Jobs about one snapshot stay in the order in which they were asked for. */
  private afterBatch(from: number, { job }: Queued): number {
    let place = from;
    while (this.queue[place]?.job.snapshot === job.snapshot) place++;
    return place;
  }

  private cancel(queued: Queued): void {
    queued.settle({ failed: "gone" });
    const place = this.queue.indexOf(queued);
    if (place >= 0) this.queue.splice(place, 1);
    else if (this.running?.queued === queued) this.endRunning();
  }

  private next(): void {
    if (this.running !== undefined) return;
    const queued = this.queue.shift();
    if (queued === undefined) return;
    if (this.worker === undefined && !this.startWorker()) return queued.settle({ failed: "absent" });
    const limit = queued.isUnlimited ? undefined : setTimeout(() => this.giveUp(queued), this.seconds() * 1000);
    this.running = { queued, ...(limit !== undefined && { timer: limit }) };
    this.worker!.post(queued.job);
  }

  private giveUp(queued: Queued): void {
    queued.settle({ failed: "too long" });
    this.endRunning();
  }

  /** A thread that computes hears nothing: it is ended, and the next job has another one. */
  private endRunning(): void {
    clearTimeout(this.running?.timer);
    this.running = undefined;
    this.worker?.terminate();
    this.worker = undefined;
    // Whoever cancels this one may be about to cancel the next.
    queueMicrotask(() => this.next());
  }

  /** Whether there is one now. */
  private startWorker(): boolean {
    let worker: BackgroundWorker;
    try {
      worker = this.start!();
    } catch (error) {
      this.crashes = mostCrashes;
      this.noteCrash(error instanceof Error ? error.message : String(error));
      for (const { settle } of this.queue.splice(0)) settle({ failed: "absent" });
      return false;
    }
    this.worker = worker;
    worker.onMessage((message) => {
      if (worker === this.worker) this.take(message as JobAnswer);
    });
    worker.onCrash((reason) => {
      if (worker === this.worker) this.crashed(reason);
    });
    return true;
  }

  private take(answer: JobAnswer): void {
    const { running } = this;
    if (running?.queued.job.id !== answer.id) return;
    clearTimeout(running.timer);
    this.running = undefined;
    if ("fault" in answer) {
      this.noteCrash(answer.fault);
      running.queued.settle({ failed: "crashed" });
    } else {
      this.crashes = 0;
      running.queued.settle("value" in answer ? { value: answer.value as never } : answer);
    }
    this.next();
  }

  private crashed(reason: string): void {
    this.noteCrash(reason);
    this.running?.queued.settle({ failed: "crashed" });
    // Not a thread that never starts, again and again.
    if (this.crashes >= mostCrashes) for (const { settle } of this.queue.splice(0)) settle({ failed: "absent" });
    this.endRunning();
  }

  private hasReported = false;

  private noteCrash(reason: string): void {
    this.crashes++;
    if (this.hasReported) return;
    this.hasReported = true;
    this.reportCrash(reason);
  }
}
