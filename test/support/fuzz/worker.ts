/** A thread that makes cases and examines them, so that one that does not come back can be ended from outside. */
import { parentPort, workerData } from "node:worker_threads";
import { caseOf } from "./cases.js";
import { readCorpus } from "./corpus.js";
import { examine } from "./examine.js";
import type { Answer, Question } from "./protocol.js";

process.setSourceMapsEnabled(true);
const { root } = workerData as { readonly root: string };
const corpus = readCorpus(root);

parentPort!.on("message", async (question: Question) => {
  const made = "content" in question ? undefined : caseOf(corpus, question.seed, question.number);
  const content = made?.content ?? (question as { readonly content: string | Uint8Array }).content;
  // Told before it is examined: of a case that hangs, nothing more is heard.
  if (made !== undefined) parentPort!.postMessage({ kind: "made", made } satisfies Answer);
  try {
    parentPort!.postMessage({ kind: "passed", reached: await examine(corpus, content) } satisfies Answer);
  } catch (error) {
    parentPort!.postMessage({ kind: "failed", failure: describe(error) } satisfies Answer);
  }
});

/** What was thrown, its first line and the places in our own files that it came from. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const frames = (error.stack ?? "")
    .split("\n")
    .filter((line) => /^\s+at /.test(line) && !line.includes("node_modules"));
  const broken = error.name === "BrokenPromise";
  return broken ? error.message : [`${error.name}: ${error.message}`, ...frames.slice(0, 6)].join("\n");
}
