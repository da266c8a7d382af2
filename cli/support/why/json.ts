/** The answer to `--why`, for machines: every task of it, not by statement. */
import { describeTask } from "../../../compiler/graph/describe-task.js";
import type { WaitingTask } from "../../../compiler/graph/waits.js";
import type { Prediction } from "../../../evidence/predict.js";
import type { PositionOf } from "../../../evidence/source-places.js";
import { endsOf, fullName, type Answer } from "../../../evidence/why/answer.js";
import { regionWritten } from "../../../evidence/why/regions.js";

export function answerJson(prediction: Prediction, positionOf: PositionOf, answer: Answer): object {
  const { graph, plan } = prediction.planned;
  const { start, finish } = prediction.timeline;

  function taskJson(task: number): object {
    const [source, target] = endsOf(graph, task);
    const instance = graph.instances[graph.instance[task]!]!;
    const { location } = describeTask(graph, task);
    const block = graph.block[task]!;
    return {
      ...{ task, name: fullName(graph, task), value: instance.name, rank: source },
      ...(target !== source && { target }),
      block,
      ...(instance.rounds && { round: instance.rounds[block] }),
      ...{ file: location.file, ...positionOf(location) },
      ...{ start_ns: start[task], finish_ns: finish[task], writes: regionWritten(plan, [task]) },
    };
  }

  const waits = (list: readonly WaitingTask[]): object[] =>
    list.map(({ task, reasons, implied }) => ({ ...taskJson(task), reasons, implied }));
  const { queue, place, queueLength, last } = answer;
  return {
    ...taskJson(answer.task),
    queue: { name: queue.name, rank: queue.rank, width: queue.width, place, length: queueLength },
    last_wait:
      last === undefined
        ? null
        : { ...(last.task >= 0 && taskJson(last.task)), reason: last.reason, launched: last.launched },
    waits_for: waits(answer.waitsFor),
    waited_for_by: waits(answer.waitedForBy),
  };
}
