/** The memory of a plan: a buffer for every value on each rank, and for each state and landing place of a word. */
import type { AliasDimension, BufferAlias, BufferInfo, Runs, StateInfo } from "../graph/execution-plan.js";
import type { ViewStatement } from "../check/ir.js";
import { bytesOf } from "../../grammar/dtypes.js";
import { componentDimensions, componentDtype, stateMonoid } from "../graph/monoid-states.js";
import { intervalsOf, runsFromIntervals, runsLength } from "../graph/runs.js";
import { blockRegion, scansPending } from "../lower/chunks.js";
import { landsInResult } from "../lower/collective-run.js";
import { eventsOf, type WordInstance } from "../lower/context.js";
import { product } from "../lower/cost.js";
import { heldByView, throughView } from "../lower/lower-view.js";
import { leftInPlace } from "./in-place.js";
import type { Planned } from "./plan.js";

type MutableBuffer = Omit<BufferInfo, "aliases" | "fill" | "replaces"> & {
  aliases: BufferAlias[];
  replaces?: number;
  fill?: readonly number[] | undefined;
};

export class PlannedBuffers {
  readonly list: readonly BufferInfo[];
  private readonly buffers: MutableBuffer[] = [];
  /** By value * ranks + rank. */
  private readonly valueBuffers = new Map<number, number>();
  /** Landing places, by instance, group, event and block; partial states, by instance and combination. */
  private readonly staging = new Map<string, number>();
  private readonly states = new Map<string, number>();
  /** What nothing was folded into, by instance, group and state of a run. */
  private readonly identities = new Map<string, number>();
  /** Combination of (instance, group, state, block). */
  private readonly combinationOf = new Map<string, number>();

  constructor(private readonly planned: Planned) {
    const { layer, program, instances, domains } = planned.lowered;
    for (const value of layer.values)
      for (let rank = 0; rank < program.mesh.rankCount; rank++) {
        if (!domains.present(value, rank)) continue;
        const domain = value.axes.map((_, d) => domains.ofValue(value, d, rank));
        const role = layer.inputs.includes(value.id) ? "input" : "value";
        this.valueBuffers.set(
          value.id * program.mesh.rankCount + rank,
          this.add(rank, value.name, value.dtype, domain, role, value.id),
        );
      }
    instances.forEach((instance, i) => {
      if (instance.kind === "word") this.addWordBuffers(instance, i);
    });
    for (const statement of layer.statements) if (statement.kind === "view") this.addView(statement);
    this.list = this.buffers;
  }

  private add(
    rank: number,
    name: string,
    dtype: string,
    domain: readonly Runs[],
    role: BufferInfo["role"],
    value: number,
    lifetime = value,
  ): number {
    const lengths = domain.map(runsLength);
    const state = this.stateOf(value, lengths);
    const elements = state ? sum(state.components.map((part) => part.elements)) : product(lengths);
    const bytes = state
      ? sum(state.components.map((part) => part.elements * bytesOf(part.dtype)))
      : elements * bytesOf(dtype);
    const size = { elements, bytes, ...(state && { state }) };
    return this.buffers.push({ rank, name, dtype, domain, ...size, role, value, lifetime, aliases: [] }) - 1;
  }

  /** After the lifetimes of values those of words, by statement. */
  private lifetimeOf({ statement }: WordInstance): number {
    return this.planned.liveness.values.length + statement;
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
    const lifetime = this.lifetimeOf(instance);
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
          this.add(
            rank,
            `${instance.name} delivery ${e} ${block}`,
            operand.dtype,
            region,
            "staging",
            operand.id,
            lifetime,
          ),
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
      const buffer = this.add(
        ...([rank, `${instance.name} state ${c}`, operand.dtype, region, "state", operand.id, lifetime] as const),
      );
      this.states.set(`${i} ${c}`, buffer);
      const { other } = combination;
      if ("event" in other) this.buffers[buffer]!.replaces = this.staging.get(`${i} ${g} ${other.event} ${block}`)!;
    });
    if (scansPending(instance.ir)) this.addScanned(instance, i);
    else this.addAliases(instance, i);
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
          const buffer = this.add(
            rank,
            `${instance.name} identity`,
            operand.dtype,
            whole,
            "state",
            operand.id,
            this.lifetimeOf(instance),
          );
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
            ...(inPlace && !isIdentity && this.passer(i, rank)),
          });
        }
      }),
    );
  }

  /** Chunks that a word leaves where they are: the operand's buffer passes them on to the result's. */
  private addAliases(instance: WordInstance, i: number): void {
    const { monoids } = this.planned.lowered.program;
    const identity = monoids.find(({ name }) => name === instance.ir.monoid)?.identity.slice(0, 1);
    for (const { group, state, isGiven, rank } of leftInPlace(instance)) {
      const buffer = this.valueBuffer(instance.ir.result, rank);
      if (isGiven) {
        this.buffers[buffer]!.fill = identity;
        continue;
      }
      const { pieces } = instance.groups[group]!.chunk(instance.run.states[state]!.chunk);
      const region = pieces.map((runs) => runsFromIntervals(runs.flatMap(intervalsOf)));
      this.buffers[this.valueBuffer(instance.ir.operand, rank)]!.aliases.push({
        ...{ buffer, region },
        ...this.passer(i, rank),
      });
    }
  }

  private passer(i: number, rank: number): Pick<BufferAlias, "by"> {
    const by = this.planned.liveness.passer(i, rank);
    return by < 0 ? {} : { by };
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
        ...(statement.view !== "fan" && { inPlace: true }),
      });
    }
  }

  /** Of a value that is present on the rank. */
  valueBuffer(value: number, rank: number): number {
    return this.valueBuffers.get(value * this.planned.lowered.program.mesh.rankCount + rank)!;
  }

  /** Where a delivery of a word waits to be combined or passed on; undefined where it lands in the result. */
  landing(i: number, g: number, event: number, block: number): number | undefined {
    return this.staging.get(`${i} ${g} ${event} ${block}`);
  }

  /** Where a block of a state of a word lies: the operand, a landing place, a partial state, or the result. */
  bufferOfState(instance: WordInstance, i: number, g: number, s: number, block: number): number {
    const state = instance.run.states[s]!;
    const rank = instance.groups[g]!.ranks[state.position]!;
    if (state.initial && state.deliveries === 0 && !state.joins) return this.valueBuffer(instance.ir.operand, rank);
    if (state.final && !scansPending(instance.ir)) return this.valueBuffer(instance.ir.result, rank);
    const identity = this.identities.get(`${i} ${g} ${s}`);
    if (identity !== undefined) return identity;
    const combination = this.combinationOf.get(`${i} ${g} ${s} ${block}`);
    if (combination !== undefined) return this.states.get(`${i} ${combination}`)!;
    return this.landing(i, g, state.event, block)!;
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
