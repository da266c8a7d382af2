/** The planned graph as something that can be executed: its buffers (buffers.ts), and an action a task. */
import { partsOf } from "../graph/execution-plan.js";
import type { CopyPart, ExecutionPlan, Overwrite, Runs, TaskAction } from "../graph/execution-plan.js";
import { TaskKind } from "../graph/task-graph.js";
import type { OpStatement } from "../check/ir.js";
import { blockRegion } from "../lower/chunks.js";
import { eventsOf, type OpInstance, type OpOnRank, type WordInstance } from "../lower/context.js";
import { PlannedBuffers } from "./buffers.js";
import type { Planned } from "./plan.js";

export function executionPlan(planned: Planned): ExecutionPlan {
  return new ExecutionBuilder(planned).build();
}

const nothing: readonly Overwrite[] = [];

type ComputeAction = Extract<TaskAction, { kind: "compute" }>;
type Work = Pick<ComputeAction, "kernel" | "output" | "operands">;

class ExecutionBuilder {
  private readonly buffers: PlannedBuffers;
  private readonly kernelOf = new Map<OpStatement, number>();
  /** Of all tasks of an op on a rank. */
  private readonly works = new Map<OpOnRank, Work>();

  constructor(private readonly planned: Planned) {
    this.buffers = new PlannedBuffers(planned);
  }

  build(): ExecutionPlan {
    const { lowered, graph, liveness } = this.planned;
    const { layer, program, domains } = lowered;
    const kernels = layer.statements
      .filter((ir) => ir.kind === "op")
      .map((ir) => {
        this.kernelOf.set(ir, this.kernelOf.size);
        return ir.kernel;
      });
    const held = (value: number) =>
      Array.from({ length: program.mesh.rankCount }, (_, rank) => rank)
        .filter((rank) => domains.present(layer.values[value]!, rank))
        .map((rank) => ({ value, buffer: this.buffers.valueBuffer(value, rank) }));
    const lifetimes = [...liveness.values, ...liveness.words];
    return {
      graph,
      buffers: this.buffers.list,
      apart: (lifetime, other) => liveness.areApart(lifetimes[lifetime]!, lifetimes[other]!),
      kernels,
      monoids: program.monoids,
      tables: program.tables,
      values: layer.values,
      inputs: layer.inputs.flatMap(held),
      outputs: layer.outputs.flatMap(held),
      action: (task) => this.action(task),
      overwrites: (task) => this.overwrites(task),
    };
  }

  private action(task: number): TaskAction {
    const { graph, lowered } = this.planned;
    const i = graph.instance[task]!;
    const block = graph.block[task]!;
    if (i < 0 || block < 0) return { kind: "none" };
    const instance = lowered.instances[i]!;
    if (instance.kind === "op") return this.compute(instance, task, block);
    return graph.kind[task] === TaskKind.transfer
      ? this.transfer(instance, i, block)
      : this.combine(instance, i, block);
  }

  private overwrites(task: number): readonly Overwrite[] {
    const before = this.planned.replaced.get(task);
    if (before === undefined || this.action(task).kind !== "copy") return nothing;
    const action = this.action(before);
    if (action.kind !== "copy") return nothing;
    return partsOf(action).map(({ to, region, place }) => ({ buffer: to, region: place ?? region }));
  }

  private compute(instance: OpInstance, task: number, block: number): TaskAction {
    const { graph, contributions } = this.planned;
    const rank = graph.rank[task]!;
    const onRank = instance.onRank[rank]!;
    const { partitions, accumulate, accumulateVariable, ranges } = onRank;
    const region = new Array<Runs>(partitions.length);
    let rest = Math.floor(block / accumulate.length);
    for (let d = partitions.length - 1; d >= 0; d--) {
      const { blocks } = partitions[d]!;
      region[d] = blocks[rest % blocks.length]!;
      rest = Math.floor(rest / blocks.length);
    }
    const taskRanges = ranges.map((range, v) => {
      if (v < region.length) return region[v]!;
      return v === accumulateVariable ? accumulate[block % accumulate.length]! : range;
    });
    const { kernel, output, operands } = this.workOf(instance, onRank, rank);
    const action: ComputeAction = { kind: "compute", kernel, output, operands, region, ranges: taskRanges };
    const place = contributions.place[task]!;
    const { body } = instance.ir.kernel;
    if (place < 0 || body.kind !== "reduce") return action;
    const last = place === contributions.count[task]! - 1;
    return { ...action, accumulate: { monoid: body.monoid, first: place === 0, last } };
  }

  private workOf({ ir }: OpInstance, onRank: OpOnRank, rank: number): Work {
    let work = this.works.get(onRank);
    if (work === undefined) {
      const operands = ir.operands.map((value) => this.buffers.valueBuffer(value, rank));
      work = { kernel: this.kernelOf.get(ir)!, output: this.buffers.valueBuffer(ir.result, rank), operands };
      this.works.set(onRank, work);
    }
    return work;
  }

  private transfer(instance: WordInstance, i: number, k: number): TaskAction {
    const [first, ...rest] = eventsOf(instance, k).map((e) => this.delivery(instance, i, k, e));
    return { kind: "copy", ...first!, ...(rest.length > 0 && { rest }) };
  }

  /** One chunk that a transfer takes along. */
  private delivery(instance: WordInstance, i: number, k: number, e: number): CopyPart {
    const [g, block] = [instance.transferGroup.data[k]!, instance.transferBlock.data[k]!];
    const event = instance.run.events[e]!;
    const group = instance.groups[g]!;
    const landing = this.buffers.landing(i, g, e, block);
    const { states } = instance.run;
    const arrived = states[event.makes]!;
    const chunk = landing === undefined ? group.placed(arrived.chunk, event.target) : group.chunk(arrived.chunk);
    const region = blockRegion(group.chunk(states[event.sent]!.chunk), block);
    const place = blockRegion(chunk, block);
    const moves = place.some((runs, d) => runs[0] !== region[d]![0]);
    return {
      from: this.buffers.bufferOfState(instance, i, g, event.sent, block),
      to: landing ?? this.buffers.valueBuffer(instance.ir.result, group.ranks[event.target]!),
      region,
      ...(moves && { place }),
    };
  }

  private combine(instance: WordInstance, i: number, c: number): TaskAction {
    const { group: g, state, own, other, block } = instance.combinations[c]!;
    const group = instance.groups[g]!;
    const first = this.buffers.bufferOfState(instance, i, g, own, block);
    const second =
      "state" in other
        ? this.buffers.bufferOfState(instance, i, g, other.state, block)
        : this.buffers.landing(i, g, other.event, block)!;
    const leads = "event" in other && other.leads;
    return {
      kind: "combine",
      monoid: instance.ir.monoid!,
      into: this.buffers.bufferOfState(instance, i, g, state, block),
      left: leads ? second : first,
      right: leads ? first : second,
      region: blockRegion(group.chunk(instance.run.states[state]!.chunk), block),
    };
  }
}
