/** ExecutionPlan -> DeviceProgram: a kernel for each op, and what each task dispatches on the ranks that it touches. */
import type { KernelIR } from "../../check/ir.js";
import type { BufferAlias, CopyPart, ExecutionPlan, Runs, TaskAction } from "../../graph/execution-plan.js";
import { partsOf } from "../../graph/execution-plan.js";
import { atSamePlaces } from "../../graph/layout.js";
import { intersect } from "../../graph/runs.js";
import { createCopySteps } from "./copy-steps.js";
import { forwardedTransfers } from "./forwarding.js";
import { hostTensors } from "./host-tensors.js";
import { latePasses } from "./late-passes.js";
import { placeBuffers } from "./memory.js";
import type { DeviceMemory } from "./memory.js";
import { deviceTensor, paddedBytes } from "./tensors.js";
import type { DeviceTensor } from "./tensors.js";
import { createMovingKernels } from "./moving-kernels.js";
import { needsOf } from "./needs.js";
import { createOpSteps } from "./op-steps.js";
import type { OpTask } from "./op-task.js";
import type { DeviceProgram, Place, RankProgram, TaskProgram } from "./program.js";
import { createKernelsPool, createStepWriter } from "./steps.js";
import type { DeviceTraits } from "./traits.js";
import { asPayload, createBox, packed, type Box } from "./transfers.js";

type ComputeAction = Extract<TaskAction, { kind: "compute" }>;
type CombineAction = Extract<TaskAction, { kind: "combine" }>;

/** Throws InternalFault for a dtype that no device executes (`deviceDtypes`). */
export function emitWebgpu(plan: ExecutionPlan, traits: DeviceTraits): DeviceProgram {
  const { graph, buffers } = plan;
  const monoids = new Map(plan.monoids.map((monoid) => [monoid.name, monoid]));
  const memory = placeBuffers(plan);
  const kernels = createKernelsPool();
  const ops = createOpSteps({ monoids, tables: plan.tables, kernels, traits });
  const copies = createCopySteps(kernels);
  const moving = createMovingKernels();
  const ranks = Array.from({ length: graph.rankCount }, (_, rank) => ({
    steps: createStepWriter(traits),
    tasks: new Map<number, TaskProgram>(),
    // One for each rank that it sends to or receives from: payloads of different ones are under way at once.
    outboxes: boxesByRank(memory, rank),
    inboxes: boxesByRank(memory, rank),
  }));
  const stepsOf = (buffer: number) => ranks[buffers[buffer]!.rank]!.steps;
  const finishes = (from: number, to: number): boolean =>
    buffers[from]!.state !== undefined && buffers[to]!.state === undefined;
  const outputsOf = (buffer: number): OpTask["outputs"] => {
    const { state, domain } = buffers[buffer]!;
    const all = domain.map((_, dimension) => dimension);
    return memory.tensors(buffer).map((tensor, component) => ({
      tensor,
      dimensions: state?.components[component]!.dimensions ?? all,
    }));
  };

  const partials = new Map<number, DeviceTensor>();
  const partialOf = ({ output, accumulate }: ComputeAction): DeviceTensor => {
    let tensor = partials.get(output);
    if (tensor === undefined) {
      const { rank, domain } = buffers[output]!;
      const count = monoids.get(accumulate!.monoid)!.components.length;
      const bytes = count * paddedBytes("f32", domain);
      tensor = deviceTensor("f32", domain, memory.add(rank, bytes));
      partials.set(output, tensor);
    }
    return tensor;
  };

  const compute = (action: ComputeAction): void => {
    const { kernel, output, operands, region, ranges, accumulate } = action;
    const isPart = accumulate !== undefined && !(accumulate.first && accumulate.last);
    ops.add(
      {
        kernel: plan.kernels[kernel]!,
        domain: buffers[output]!.domain,
        outputs: outputsOf(output),
        operands: operands.map((operand) => memory.tensors(operand)[0]!),
        ranges: ranges.map((runs, variable) => region[variable] ?? runs),
        writesState: buffers[output]!.state !== undefined,
        ...(isPart && {
          accumulate: {
            monoid: accumulate.monoid,
            stage: accumulate.first ? "first" : accumulate.last ? "last" : "next",
            partial: partialOf(action),
          },
        }),
      },
      stepsOf(output),
    );
    if (accumulate?.last ?? true) passOn(output, region);
  };

  /** Applies an elementwise kernel to one component of a buffer after another. */
  const elementwise = (
    into: number,
    kernelOf: (component: number) => KernelIR,
    operands: readonly DeviceTensor[],
    region: readonly Runs[],
  ): void =>
    outputsOf(into).forEach(({ tensor, dimensions }, component) =>
      ops.add(
        {
          kernel: kernelOf(component),
          domain: tensor.domain,
          outputs: [{ tensor, dimensions: dimensions.map((_, dimension) => dimension) }],
          operands,
          ranges: dimensions.map((dimension) => region[dimension]!),
          ...{ writesState: false, sharesBuffers: true },
        },
        stepsOf(into),
      ),
    );

  const combine = ({ monoid: name, into, left, right, region }: CombineAction): void => {
    const monoid = monoids.get(name)!;
    const operands = [...memory.tensors(left), ...memory.tensors(right)];
    const isLast = finishes(left, into);
    elementwise(into, (component) => moving.combine(monoid, component, region.length, isLast), operands, region);
    passOn(into, region);
  };

  /** Components of a state are finished where none is kept; `region` is of `to`, which may have further dimensions first. */
  const deliver = (sent: readonly DeviceTensor[], from: number, to: number, region: readonly Runs[]): void => {
    const monoid = monoids.get(buffers[from]!.state!.monoid)!;
    const rank = buffers[from]!.domain.length;
    elementwise(to, () => moving.finish(monoid, rank, region.length), sent, region);
  };

  const componentRegion = (buffer: number, component: number, region: readonly Runs[]): readonly Runs[] =>
    buffers[buffer]!.state?.components[component]!.dimensions.map((dimension) => region[dimension]!) ?? region;

  /** Copies within a rank: region of `from` to `place` of `to`. */
  const copyWithin = (from: number, region: readonly Runs[], to: number, place: readonly Runs[]): void => {
    if (finishes(from, to)) return deliver(memory.tensors(from), from, to, place);
    memory
      .tensors(from)
      .forEach((tensor, component) =>
        copies.add(
          { tensor, region: componentRegion(from, component, region) },
          { tensor: memory.tensors(to)[component]!, region: componentRegion(to, component, place) },
          stepsOf(to),
        ),
      );
  };

  /** What stays in place under a new name is copied there, if that is another place. */
  const passOn = (written: number, region: readonly Runs[]): void => {
    for (const alias of buffers[written]!.aliases) if (alias.by === undefined) pass(written, region, alias);
  };
  const pass = (written: number, region: readonly Runs[], { buffer, region: aliased, onto }: BufferAlias): void => {
    const common = region.map((runs, d) => intersect(runs, aliased[d]!));
    if (common.some((runs) => runs.length === 0)) return;
    const place = onto?.map(({ runs, from }) =>
      from === undefined ? runs : atSamePlaces(common[from]!, aliased[from]!, runs),
    );
    if (!memory.isWindow(buffer)) copyWithin(written, common, buffer, place ?? common);
    passOn(buffer, place ?? common);
  };
  const passes = latePasses(plan);
  /** What a task passes on although it has not written it. */
  const passLate = (task: number, rank: number): void => {
    for (const { from, alias } of passes.get(task) ?? [])
      if (buffers[from]!.rank === rank) pass(from, alias.region, alias);
  };

  const send = (task: number, parts: readonly CopyPart[], rank: number, target: number): void => {
    const { steps, outboxes, tasks } = ranks[rank]!;
    const outbox = outboxes(target);
    const payload: Place[] = [];
    outbox.begin();
    const pack = steps.range(() => {
      passLate(task, rank);
      for (const { from, region } of parts)
        memory.tensors(from).forEach((tensor, component) => {
          const source = { tensor, region: componentRegion(from, component, region) };
          payload.push(packed(source, outbox, copies, steps));
        });
    });
    tasks.set(task, { kind: "send", target, pack, payload });
  };

  const receive = (task: number, parts: readonly CopyPart[], rank: number, source: number): void => {
    const { steps, inboxes, tasks } = ranks[rank]!;
    const inbox = inboxes(source);
    const payload: Place[] = [];
    inbox.begin();
    const unpack = steps.range(() => {
      passLate(task, rank);
      for (const { from, to, region, place = region } of parts) {
        const packets = memory.tensors(from).map((tensor, component): DeviceTensor | undefined => {
          const target = memory.tensors(to)[component];
          const direct =
            finishes(from, to) || target === undefined
              ? undefined
              : asPayload({ tensor: target, region: componentRegion(to, component, place) });
          if (direct !== undefined) {
            payload.push(direct);
            return undefined;
          }
          const packet = inbox.take(tensor.dtype, componentRegion(from, component, region));
          payload.push(packet.place);
          return packet;
        });
        if (finishes(from, to)) {
          // Under the indices that they will have, so that a kernel reads them there.
          const named = packets.map((packet, component) => {
            const own = componentRegion(from, component, place.slice(place.length - region.length));
            return deviceTensor(packet!.dtype, own, packet!.place);
          });
          deliver(named, from, to, place);
        } else
          packets.forEach((packet, component) => {
            if (packet === undefined) return;
            const target = { tensor: memory.tensors(to)[component]!, region: componentRegion(to, component, place) };
            copies.add({ tensor: packet, region: packet.domain }, target, steps);
          });
        passOn(to, place);
      }
    });
    tasks.set(task, { kind: "receive", source, payload, unpack });
  };

  const prepared = ranks.map(({ steps }, rank) =>
    steps.range(() => {
      buffers.forEach(({ rank: own, fill, domain }, buffer) => {
        if (own !== rank || fill === undefined) return;
        elementwise(
          buffer,
          (component) => moving.constant(fill[component]!, outputsOf(buffer)[component]!.dimensions.length),
          [],
          domain,
        );
        passOn(buffer, domain);
      });
      for (const { buffer } of plan.inputs) if (buffers[buffer]!.rank === rank) passOn(buffer, buffers[buffer]!.domain);
    }),
  );

  for (let task = 0; task < graph.taskCount; task++) {
    const action = plan.action(task);
    if (action.kind === "none") continue;
    if (action.kind === "copy") {
      const parts = partsOf(action);
      const [source, target] = [buffers[action.from]!.rank, buffers[action.to]!.rank];
      if (source !== target) {
        send(task, parts, source, target);
        receive(task, parts, target, source);
        continue;
      }
    }
    const rank =
      buffers[action.kind === "compute" ? action.output : action.kind === "combine" ? action.into : action.to]!.rank;
    const range = ranks[rank]!.steps.range(() => {
      passLate(task, rank);
      if (action.kind === "compute") compute(action);
      else if (action.kind === "combine") combine(action);
      else
        for (const { from, to, region, place = region } of partsOf(action)) {
          copyWithin(from, region, to, place);
          passOn(to, place);
        }
    });
    ranks[rank]!.tasks.set(task, { kind: "compute", ...range });
  }

  const forwarded = forwardedTransfers(plan, ranks);
  for (const { tasks } of ranks)
    for (const [task, program] of tasks) {
      const forwards = forwarded.get(task);
      if (program.kind === "send" && forwards !== undefined) tasks.set(task, { ...program, forwards });
    }
  const programs = ranks.map(({ steps, tasks }, rank): RankProgram => {
    const finished = steps.finish();
    return {
      buffers: memory.buffers[rank]!,
      valueBytes: memory.valueBytes[rank]!,
      tables: steps.tables.words(),
      fields: finished.fields,
      steps: finished.steps,
      tasks,
      prepare: prepared[rank]!,
      inputs: hostTensors(plan, plan.inputs, memory, rank),
      outputs: hostTensors(plan, plan.outputs, memory, rank),
    };
  });
  return { kernels: kernels.kernels, ranks: programs, needs: needsOf(programs, kernels.kernels) };
}

function boxesByRank(memory: DeviceMemory, rank: number): (other: number) => Box {
  const boxes = new Map<number, Box>();
  return (other) => {
    let box = boxes.get(other);
    if (box === undefined) boxes.set(other, (box = createBox(memory, rank)));
    return box;
  };
}
