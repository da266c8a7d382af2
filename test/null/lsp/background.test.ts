import { expect, test, vi } from "vitest";
import { Runner, type Pending } from "../../../lsp/background/runner.js";
import type { Ask, Job } from "../../../lsp/background/jobs.js";
import type { BackgroundWorker } from "../../../lsp/background/worker.js";
import { heldBackground, soon } from "../../support/background.js";
import { openEditor } from "../../support/editor.js";
import { smallProgram } from "../../support/small-program.js";

/** A thread whose answers are given by hand. */
function handWorker() {
  const posted: Job[] = [];
  const log: string[] = [];
  const current: { answer(message: unknown): void; crash(reason: string): void } = {
    answer: () => undefined,
    crash: () => undefined,
  };
  const start = (): BackgroundWorker => {
    log.push("started");
    return {
      post: (job) => void posted.push(job as Job),
      onMessage: (listener) => (current.answer = listener),
      onCrash: (listener) => (current.crash = listener),
      terminate: () => void log.push("ended"),
    };
  };
  return { posted, log, current, start };
}

const snapshot = { path: "/a.stretto", texts: [] };
const predict = (schedule: number): Ask => ({ kind: "predict", schedule });
const schedulesOf = (posted: readonly Job[]) => posted.map(({ ask }) => "schedule" in ask && ask.schedule);
const turn = () => new Promise((resolve) => setImmediate(resolve));

test("one job runs at a time; those that somebody waits for come first, then the newest program", async () => {
  const { posted, current, start } = handWorker();
  const runner = new Runner(
    start,
    () => 20,
    () => undefined,
  );
  const ask = (schedule: number, isUrgent: boolean, of = snapshot) => runner.ask(of, predict(schedule), { isUrgent });
  ask(0, false);
  ask(1, false);
  ask(2, false);
  const newer = { ...snapshot };
  ask(3, false, newer);
  ask(4, false, newer);
  ask(5, true);
  for (let done = 0; done < 6; done++) current.answer({ id: posted[done]!.id, value: done });
  expect(schedulesOf(posted)).toEqual([0, 5, 3, 4, 1, 2]);
});

test("what is not wanted any more is ended where it runs, and never begun where it waits", async () => {
  const { posted, log, start } = handWorker();
  const runner = new Runner(
    start,
    () => 20,
    () => undefined,
  );
  const pending: Pending<unknown>[] = [0, 1, 2].map((schedule) =>
    runner.ask(snapshot, predict(schedule), { isUrgent: false }),
  );
  pending[0]!.cancel();
  pending[1]!.cancel();
  await turn();
  expect(schedulesOf(posted)).toEqual([0, 2]);
  expect(log).toEqual(["started", "ended", "started"]);
  expect(await pending[0]!.outcome).toEqual({ failed: "gone" });
});

test("a job that takes too long is ended", async () => {
  vi.useFakeTimers();
  try {
    const { posted, log, start } = handWorker();
    const runner = new Runner(
      start,
      () => 2,
      () => undefined,
    );
    const first = runner.ask(snapshot, predict(0), { isUrgent: false });
    runner.ask(snapshot, predict(1), { isUrgent: false });
    await vi.advanceTimersByTimeAsync(1999);
    expect(log).toEqual(["started"]);
    await vi.advanceTimersByTimeAsync(2);
    expect(await first.outcome).toEqual({ failed: "too long" });
    expect(schedulesOf(posted)).toEqual([0, 1]);
    runner.dispose();
  } finally {
    vi.useRealTimers();
  }
});

test("a thread that crashes is told of once, and is not started again for ever", async () => {
  const { posted, current, start } = handWorker();
  const reported: string[] = [];
  const runner = new Runner(
    start,
    () => 20,
    (reason) => reported.push(reason),
  );
  const pending = [0, 1, 2, 3].map((schedule) => runner.ask(snapshot, predict(schedule), { isUrgent: false }));
  for (let time = 0; time < 3; time++) {
    current.crash(`crash ${time}`);
    await turn();
  }
  expect(reported).toEqual(["crash 0"]);
  expect(schedulesOf(posted)).toEqual([0, 1, 2]);
  expect(await Promise.all(pending.map(({ outcome }) => outcome))).toEqual([
    ...Array.from({ length: 3 }, () => ({ failed: "crashed" })),
    { failed: "absent" },
  ]);
});

test("a server whose background crashes says so once and goes on", async () => {
  const background = heldBackground();
  const editor = await openEditor({ background: background.start });
  const told: string[] = [];
  editor.connection.onNotification("window/showMessage", ({ message }: { message: string }) => void told.push(message));
  const document = editor.open("a.stretto", smallProgram);
  for (const count of [1, 2]) {
    await expect.poll(() => background.jobs.length, soon).toBe(count);
    background.crash("out of memory");
  }
  await expect.poll(() => told.length, soon).toBe(1);
  expect(told[0]).toContain("out of memory");
  expect(await editor.diagnosticsOf(document)).toEqual([]);
});
