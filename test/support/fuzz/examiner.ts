/** Examines cases in a thread, and ends the thread where a case takes too much of the processor's time. */
import { Worker } from "node:worker_threads";
import type { FuzzCase } from "./cases.js";
import type { Reached } from "./examine.js";
import type { Answer, Question } from "./protocol.js";

export interface Examined {
  /** Absent where a text was given. */
  readonly made?: FuzzCase;
  readonly reached?: Reached;
  /** What is wrong. */
  readonly failure?: string;
  readonly milliseconds: number;
}

export interface Examiner {
  examine(question: Question): Promise<Examined>;
  close(): Promise<void>;
}

/** Of the processor's time, for a case of at most 20 KB; one that is larger may take longer by as much. */
const hangMs = 5000;
const usualBytes = 20_000;
const watchEveryMs = 200;

/**
 * @param program the bundled worker
 * @param root of the project
 */
export function createExaminer(program: URL, root: string): Examiner {
  let worker: Worker | undefined;

  async function examine(question: Question): Promise<Examined> {
    const current = (worker ??= new Worker(program, {
      workerData: { root },
      resourceLimits: { maxOldGenerationSizeMb: 1500 },
    }));
    const began = performance.now();
    let made: FuzzCase | undefined;
    const failure = (what: string): Examined => ({ ...(made && { made }), failure: what, milliseconds: 0 });
    const result = await new Promise<Examined>((resolve) => {
      // The time of this whole process: the thread that waits here takes next to none of it.
      const before = process.cpuUsage();
      const limit = (): number => hangMs * Math.max(1, sizeOf(made?.content ?? question) / usualBytes);
      const settle = (examined: Examined): void => {
        clearInterval(watch);
        current.off("message", onMessage).off("error", onError).off("exit", onExit);
        resolve(examined);
      };
      const onMessage = (answer: Answer): void => {
        if (answer.kind === "made") made = answer.made;
        else if (answer.kind === "failed") settle(failure(answer.failure));
        else settle({ ...(made && { made }), reached: answer.reached, milliseconds: 0 });
      };
      const onError = (error: unknown): void => settle(failure(`the thread died: ${String(error)}`));
      const onExit = (code: number): void => settle(failure(`the thread ended with code ${code}`));
      const watch = setInterval(() => {
        const { user } = process.cpuUsage(before);
        if (user / 1000 > limit()) settle(failure(`hang: no end after ${Math.round(user / 1e6)} s`));
      }, watchEveryMs);
      current.on("message", onMessage).on("error", onError).on("exit", onExit);
      current.postMessage(question);
    });
    if (/^(hang|the thread)/.test(result.failure ?? "")) {
      worker = undefined;
      await current.terminate();
    }
    return { ...result, milliseconds: performance.now() - began };
  }

  return {
    examine,
    async close() {
      await worker?.terminate();
      worker = undefined;
    },
  };
}

function sizeOf(content: Question | string | Uint8Array): number {
  if (typeof content === "string" || content instanceof Uint8Array) return content.length;
  return "content" in content ? content.content.length : 0;
}
