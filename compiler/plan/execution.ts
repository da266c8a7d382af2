/** The planned graph as something that can be executed: a buffer for every value, state and landing place, an action a task. */
import type {
  AliasDimension,
  BufferAlias,
  BufferInfo,
  ExecutionPlan,
  Runs,
  StateInfo,
  TaskAction,
  CopyPart,
} from "../graph/execution-plan.js";
import { TaskKind } from "../graph/task-graph.js";
import type { OpStatement, ViewStatement } from "../check/ir.js";
import { componentDimensions, componentDtype, stateMonoid } from "../graph/monoid-states.js";
import { blockRegion, scansPending } from "../lower/chunks.js";
import { landsInResult } from "../lower/collective-run.js";
import { eventsOf, type OpInstance, type WordInstance } from "../lower/context.js";
import { bytesOf } from "../../grammar/dtypes.js";
import { product } from "../lower/cost.js";
import { heldByView, throughView } from "../lower/lower-view.js";
import { intervalsOf, runsFromIntervals, runsLength } from "../graph/runs.js";
import type { Planned } from "./plan.js";

type MutableBuffer = Omit<BufferInfo, "aliases" | "fill"> & {
  aliases: BufferAlias[];
  fill?: readonly number[] | undefined;
};

export function executionPlan(planned: Planned): ExecutionPlan {
  return new ExecutionBuilder(planned).build();
}

class ExecutionBuilder {
  private readonly buffers: MutableBuffer[] = [];
  private readonly valueBuffers = new Map<string, number>();
  /** Landing places, by instance, group, event and block; partial states, by instance and combination. */
  private readonly staging = new Map<string, number>();
  private readonly states = new Map<string, number>();
  /** What nothing was folded into, by instance, group and state of a run. */
  private readonly identities = new Map<string, number>();
  /** Combination of (instance, group, state, block). */
  private readonly combinationOf = new Map<string, number>();
  private readonly kernelOf = new Map<OpStatement, number>();

  constructor(private readonly planned: Planned) {}

  build(): ExecutionPlan {
    const { lowered, graph } = this.planned;
    const { layer, program, instances, domains } = lowered;
    for (const value of layer.values)
      for (let rank = 0; rank < program.mesh.rankCount; rank++) {
        if (!domains.present(value, rank)) continue;
        const domain = value.axes.map((_, d) => domains.ofValue(value, d, rank));
        const role = layer.inputs.includes(value.id) ? "input" : "value";
        this.valueBuffers.set(`${value.id} ${rank}`, this.add(rank, value.name, value.dtype, domain, role, value.id));
      }
    instances.forEach((instance, i) => {
      if (instance.kind === "word") this.addWordBuffers(instance, i);
    });
    for (const statement of layer.statements) if (statement.kind === "view") this.addView(statement);
    const kernels = layer.statements
      .filter((ir) => ir.kind === "op")
      .map((ir) => {
        this.kernelOf.set(ir, this.kernelOf.size);
        return ir.kernel;
      });
    const held = (value: number) =>
      Array.from({ length: program.mesh.rankCount }, (_, rank) => this.valueBuffers.get(`${value} ${rank}`))
        .filter((buffer) => buffer !== undefined)
        .map((buffer) => ({ value, buffer }));
    return {
      graph,
      buffers: this.buffers,
      kernels,
      monoids: program.monoids,
      tables: program.tables,
      values: layer.values,
      inputs: layer.inputs.flatMap(held),
      outputs: layer.outputs.flatMap(held),
      action: (task) => this.action(task),
    };
  }

  private add(
    rank: number,
    name: string,
    dtype: string,
    domain: readonly Runs[],
    role: BufferInfo["role"],
    value: number,
  ): number {
    const lengths = domain.map(runsLength);
    const state = this.stateOf(value, lengths);
    const elements = state ? sum(state.components.map((part) => part.elements)) : product(lengths);
    const bytes = state
      ? sum(state.components.map((part) => part.elements * bytesOf(part.dtype)))
      : elements * bytesOf(dtype);
    const size = { elements, bytes, ...(state && { state }) };
    return this.buffers.push({ rank, name, dtype, domain, ...size, role, value, aliases: [] }) - 1;
  }

  /** Of what is pending under a monoid with a state of its own. */
  private stateOf(value: number, lengths: readonly number[]): StateInfo | undefined {
    const { layer, program } = this.planned.lowered;
    const { dtype, pending } = layer.values[value]!;
    const monoid = stateMonoid({ pending }, program.monoids);
    if (monoid === undefined) return undefined;
    const components = monoid.components.map((_, component) => {
      const dimensions = componentDimensions(monoid, component, lengths.length);
      const elements = product(dimensions.map((dimension) => lengths[dimension]!));
      return { dtype: componentDtype(monoid, component, dtype), dimensions, elements };
    });
    return { monoid: monoid.name, components };
  }

  private addWordBuffers(instance: WordInstance, i: number): void {
    const { layer } = this.planned.lowered;
    const operand = layer.values[instance.ir.operand]!;
    const { run } = instance;
    for (let k = 0; k < instance.transferEvent.length; k++) {
      const [g, block] = [instance.transferGroup.data[k]!, instance.transferBlock.data[k]!];
      const group = instance.groups[g]!;
      for (const e of eventsOf(instance, k)) {
        const event = run.events[e]!;
        if (landsInResult(run, event) && !scansPending(instance.ir)) continue;
        const region = blockRegion(group.chunk(run.states[event.makes]!.chunk), block);
        const rank = group.ranks[event.target]!;
        this.staging.set(
          `${i} ${g} ${e} ${block}`,
          this.add(rank, `${instance.name} delivery ${e} ${block}`, operand.dtype, region, "staging", operand.id),
        );
      }
    }
    instance.combinations.forEach((combination, c) => {
      const { group: g, state, block } = combination;
      this.combinationOf.set(`${i} ${g} ${state} ${block}`, c);
      const made = run.states[state]!;
      if (made.final && !scansPending(instance.ir)) return;
      const group = instance.groups[g]!;
      const region = blockRegion(group.chunk(made.chunk), block);
      const rank = group.ranks[made.position]!;
      this.states.set(
        `${i} ${c}`,
        this.add(rank, `${instance.name} state ${c}`, operand.dtype, region, "state", operand.id),
      );
    });
    if (scansPending(instance.ir)) this.addScanned(instance, i);
    else this.addAliases(instance);
  }

  /** Of a scan of what is pending: each state that is whole is passed on to the result, which has an index more. */
  private addScanned(instance: WordInstance, i: number): void {
    const { layer, program, domains } = this.planned.lowered;
    const operand = layer.values[instance.ir.operand]!;
    const result = layer.values[instance.ir.result]!;
    const identity = program.monoids.find(({ name }) => name === instance.ir.monoid)!.identity;
    instance.groups.forEach((group, g) =>
      instance.run.states.forEach((state, s) => {
        const chunk = group.chunk(state.chunk);
        const rank = group.ranks[state.position]!;
        const isIdentity = state.contributions === 0n;
        const whole = chunk.pieces.map((pieces) => runsFromIntervals(pieces.flatMap(intervalsOf)));
        if (isIdentity) {
          const buffer = this.add(rank, `${instance.name} identity`, operand.dtype, whole, "state", operand.id);
          this.buffers[buffer]!.fill = identity;
          this.identities.set(`${i} ${g} ${s}`, buffer);
        }
        if (!state.final) return;
        const inPlace = isIdentity || (state.initial && state.deliveries === 0 && !state.joins);
        const leading = { runs: domains.ofValue(result, 0, rank) };
        for (let block = 0; block < (inPlace ? 1 : chunk.blockCount); block++) {
          const region = inPlace ? whole : blockRegion(chunk, block);
          this.buffers[this.bufferOfState(instance, i, g, s, block)]!.aliases.push({
            buffer: this.valueBuffer(instance.ir.result, rank),
            region,
            onto: [leading, ...region.map((runs, from) => ({ runs, from }))],
          });
        }
      }),
    );
  }

  /** Chunks that a word leaves where they are: the operand's buffer passes them on to the result's. */
  private addAliases(instance: WordInstance): void {
    const { monoids } = this.planned.lowered.program;
    const identity = monoids.find(({ name }) => name === instance.ir.monoid)?.identity.slice(0, 1);
    for (const group of instance.groups)
      instance.run.results.forEach((results, position) => {
        for (const s of results) {
          const state = instance.run.states[s]!;
          const chunk = group.chunk(state.chunk);
          if (state.deliveries > 0 || chunk.blockCount === 0) continue;
          const rank = group.ranks[position]!;
          if (!state.initial) {
            this.buffers[this.valueBuffer(instance.ir.result, rank)]!.fill = identity;
            continue;
          }
          const region = chunk.pieces.map((pieces) => runsFromIntervals(pieces.flatMap(intervalsOf)));
          this.buffers[this.valueBuffer(instance.ir.operand, rank)]!.aliases.push({
            buffer: this.valueBuffer(instance.ir.result, rank),
            region,
          });
        }
      });
  }

  /** What a view leaves where it is, under the result's indices; of `fan`, the identity beside it. */
  private addView(statement: ViewStatement): void {
    const { lowered } = this.planned;
    const { program, domains, layer } = lowered;
    for (let rank = 0; rank < program.mesh.rankCount; rank++) {
      if (!domains.present(layer.values[statement.operand]!, rank)) continue;
      const held = heldByView(lowered, statement, rank);
      const buffer = this.valueBuffer(statement.result, rank);
      const identity = program.monoids.find(({ name }) => name === statement.monoid)?.identity.slice(0, 1);
      if (statement.view === "fan") this.buffers[buffer]!.fill = identity;
      if (held.some((runs) => runs.length === 0)) continue;
      const onto = viewDimensions(statement, held);
      this.buffers[this.valueBuffer(statement.operand, rank)]!.aliases.push({
        buffer,
        region: throughView(lowered, statement, rank, held),
        ...(onto && { onto }),
      });
    }
  }

  private valueBuffer(value: number, rank: number): number {
    return this.valueBuffers.get(`${value} ${rank}`)!;
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

  private compute(instance: OpInstance, task: number, block: number): TaskAction {
    const { graph, contributions } = this.planned;
    const rank = graph.rank[task]!;
    const { partitions, accumulate, accumulateVariable, ranges } = instance.onRank[rank]!;
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
    const place = contributions.place[task]!;
    const { body } = instance.ir.kernel;
    return {
      kind: "compute",
      kernel: this.kernelOf.get(instance.ir)!,
      output: this.valueBuffer(instance.ir.result, rank),
      operands: instance.ir.operands.map((value) => this.valueBuffer(value, rank)),
      region,
      ranges: taskRanges,
      ...(place >= 0 && body.kind === "reduce"
        ? { accumulate: { monoid: body.monoid, first: place === 0, last: place === contributions.count[task]! - 1 } }
        : {}),
    };
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
    const landing = this.staging.get(`${i} ${g} ${e} ${block}`);
    const { states } = instance.run;
    const arrived = states[event.makes]!;
    const chunk = landing === undefined ? group.placed(arrived.chunk, event.target) : group.chunk(arrived.chunk);
    const region = blockRegion(group.chunk(states[event.sent]!.chunk), block);
    const place = blockRegion(chunk, block);
    const moves = place.some((runs, d) => runs[0] !== region[d]![0]);
    return {
      from: this.bufferOfState(instance, i, g, event.sent, block),
      to: landing ?? this.valueBuffer(instance.ir.result, group.ranks[event.target]!),
      region,
      ...(moves && { place }),
    };
  }

  private combine(instance: WordInstance, i: number, c: number): TaskAction {
    const { group: g, state, own, other, block } = instance.combinations[c]!;
    const group = instance.groups[g]!;
    const first = this.bufferOfState(instance, i, g, own, block);
    const second =
      "state" in other
        ? this.bufferOfState(instance, i, g, other.state, block)
        : this.staging.get(`${i} ${g} ${other.event} ${block}`)!;
    const leads = "event" in other && other.leads;
    return {
      kind: "combine",
      monoid: instance.ir.monoid!,
      into: this.bufferOfState(instance, i, g, state, block),
      left: leads ? second : first,
      right: leads ? first : second,
      region: blockRegion(group.chunk(instance.run.states[state]!.chunk), block),
    };
  }

  /** Where a block of a state of a word lies: the operand, a landing place, a partial state, or the result. */
  private bufferOfState(instance: WordInstance, i: number, g: number, s: number, block: number): number {
    const state = instance.run.states[s]!;
    const rank = instance.groups[g]!.ranks[state.position]!;
    if (state.initial && state.deliveries === 0 && !state.joins) return this.valueBuffer(instance.ir.operand, rank);
    if (state.final && !scansPending(instance.ir)) return this.valueBuffer(instance.ir.result, rank);
    const identity = this.identities.get(`${i} ${g} ${s}`);
    if (identity !== undefined) return identity;
    const combination = this.combinationOf.get(`${i} ${g} ${s} ${block}`);
    if (combination !== undefined) return this.states.get(`${i} ${combination}`)!;
    return this.staging.get(`${i} ${g} ${state.event} ${block}`)!;
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}

/** Where a view's result has its operand's dimensions; undefined where it has them all, in place. */
function viewDimensions({ view, dimension }: ViewStatement, held: readonly Runs[]): AliasDimension[] | undefined {
  if (view === "shard" || view === "fan") return undefined;
  return held.map((runs, d) => {
    if (view === "partials") return { runs, from: d < dimension ? d : d + 1 };
    return d === dimension ? { runs } : { runs, from: d < dimension ? d : d - 1 };
  });
}
