/**
 * Bandwidth as a fluid: flows that claim resources get max-min fair rates (Bertsekas & Gallager, Data Networks, 1992,
 * section 6.5), by progressive filling: all rates rise together until a resource is full or a flow has what it can use.
 *
 * A resource is *contended* where its flows, each as fast as it could go alone, would overfill it. One that is not
 * contended limits nobody, so a change is solved again only as far as contended resources connect it to other flows.
 */
export interface Fluid {
  /**
   * A flow over `resource[from .. to)`, plus `extraWeight` of `extra` where that is not -1; it can use `cap` at most. Rate 0
   * until settled.
   */
  open(
    resource: Int32Array,
    weight: Float64Array,
    from: number,
    to: number,
    extra: number,
    extraWeight: number,
    cap: number,
    owner: number,
  ): number;
  /** Changes what a flow can use. */
  setCap(flow: number, cap: number): void;
  close(flow: number): void;
  /** Solves again what has changed, and calls `onRate(owner, rate)` for each flow whose rate is another now. */
  settle(onRate: (owner: number, rate: number) => void): void;
}

/** Rates and capacities that differ by less are the same: rounding of sums must not start a cascade. */
const tolerance = 1e-12;

/**
 * @param capacity bytes per nanosecond of each resource.
 * @param maxClaims resources a flow claims, at most.
 */
export function createFluid(capacity: Float64Array, maxClaims: number): Fluid {
  const resourceCount = capacity.length;
  /** What all flows of the resource would take, each as fast as it could go alone. */
  const potential = new Float64Array(resourceCount);
  /** Flows that claim the resource, as `flow * maxClaims + claim`. */
  const members: Int32Array[] = Array.from({ length: resourceCount }, () => new Int32Array(4));
  const memberCount = new Int32Array(resourceCount);
  const left = new Float64Array(resourceCount);
  const weightLeft = new Float64Array(resourceCount);
  const flowsLeft = new Int32Array(resourceCount);
  const resourceSeen = new Int32Array(resourceCount);
  const resourceDirty = new Uint8Array(resourceCount);
  const resourceFull = new Uint8Array(resourceCount);

  let flowCount = 0;
  const freeFlows: number[] = [];
  const ownerOf: number[] = [];
  /** Highest rate the flow can have: its cap, and what each of its resources would give it alone. */
  const highest: number[] = [];
  const rateOf: number[] = [];
  const claimCount: number[] = [];
  const flowSeen: number[] = [];
  const flowDirty: boolean[] = [];
  const flowOpen: boolean[] = [];
  let claimResource = new Int32Array(16 * maxClaims);
  let claimWeight = new Float64Array(16 * maxClaims);
  /** Where the claim stands in its resource's members. */
  let claimPosition = new Int32Array(16 * maxClaims);

  const dirtyFlows: number[] = [];
  const dirtyResources: number[] = [];
  let epoch = 0;

  const isContended = (resource: number): boolean =>
    potential[resource]! > capacity[resource]! * (1 + tolerance) && memberCount[resource]! > 1;

  function markFlow(flow: number): void {
    if (flowDirty[flow]) return;
    flowDirty[flow] = true;
    dirtyFlows.push(flow);
  }

  function markResource(resource: number): void {
    if (resourceDirty[resource] === 1) return;
    resourceDirty[resource] = 1;
    dirtyResources.push(resource);
  }

  function acquireFlow(): number {
    const recycled = freeFlows.pop();
    if (recycled !== undefined) return recycled;
    if ((flowCount + 1) * maxClaims > claimResource.length) {
      claimResource = doubled(claimResource);
      claimWeight = doubled(claimWeight);
      claimPosition = doubled(claimPosition);
    }
    flowDirty[flowCount] = false;
    flowSeen[flowCount] = 0;
    return flowCount++;
  }

  function highestRate(flow: number, cap: number): number {
    let rate = cap;
    const first = flow * maxClaims;
    for (let claim = first; claim < first + claimCount[flow]!; claim++) {
      rate = Math.min(rate, capacity[claimResource[claim]!]! / claimWeight[claim]!);
    }
    return rate;
  }

  function addClaim(flow: number, resource: number, weight: number): void {
    const claim = flow * maxClaims + claimCount[flow]!++;
    const position = memberCount[resource]!++;
    if (position === members[resource]!.length) members[resource] = doubled(members[resource]!);
    members[resource]![position] = claim;
    claimResource[claim] = resource;
    claimWeight[claim] = weight;
    claimPosition[claim] = position;
  }

  /** Moves the flow's part of every potential from `before` to `after`; marks what was or becomes contended. */
  function shiftPotential(flow: number, before: number, after: number): void {
    const first = flow * maxClaims;
    for (let claim = first; claim < first + claimCount[flow]!; claim++) {
      const resource = claimResource[claim]!;
      const was = isContended(resource);
      potential[resource]! += (after - before) * claimWeight[claim]!;
      if (was || isContended(resource)) markResource(resource);
    }
  }

  function open(
    resource: Int32Array,
    weight: Float64Array,
    from: number,
    to: number,
    extra: number,
    extraWeight: number,
    cap: number,
    owner: number,
  ): number {
    const flow = acquireFlow();
    ownerOf[flow] = owner;
    flowOpen[flow] = true;
    rateOf[flow] = 0;
    claimCount[flow] = 0;
    for (let index = from; index < to; index++) addClaim(flow, resource[index]!, weight[index]!);
    if (extra >= 0) addClaim(flow, extra, extraWeight);
    highest[flow] = highestRate(flow, cap);
    shiftPotential(flow, 0, highest[flow]!);
    markFlow(flow);
    return flow;
  }

  function setCap(flow: number, cap: number): void {
    const before = highest[flow]!;
    const after = highestRate(flow, cap);
    highest[flow] = after;
    shiftPotential(flow, before, after);
    markFlow(flow);
  }

  function close(flow: number): void {
    shiftPotential(flow, highest[flow]!, 0);
    const first = flow * maxClaims;
    for (let claim = first; claim < first + claimCount[flow]!; claim++) {
      const resource = claimResource[claim]!;
      const list = members[resource]!;
      const last = list[--memberCount[resource]!]!;
      list[claimPosition[claim]!] = last;
      claimPosition[last] = claimPosition[claim]!;
      // Sums that come and go gather rounding; an empty resource is a chance to begin afresh.
      if (memberCount[resource] === 0) potential[resource] = 0;
    }
    flowOpen[flow] = false;
    freeFlows.push(flow);
  }

  const flows: number[] = [];
  const resources: number[] = [];

  /** Gathers the flows and contended resources that a change of `seed` can reach. */
  function gather(seed: number): void {
    flows.length = 0;
    resources.length = 0;
    flowSeen[seed] = epoch;
    flows.push(seed);
    for (let next = 0; next < flows.length; next++) {
      const first = flows[next]! * maxClaims;
      for (let claim = first; claim < first + claimCount[flows[next]!]!; claim++) {
        const resource = claimResource[claim]!;
        if (resourceSeen[resource] === epoch || !isContended(resource)) continue;
        resourceSeen[resource] = epoch;
        resources.push(resource);
        const list = members[resource]!;
        let weights = 0;
        for (let m = 0; m < memberCount[resource]!; m++) {
          const flow = Math.floor(list[m]! / maxClaims);
          weights += claimWeight[list[m]!]!;
          if (flowSeen[flow] === epoch) continue;
          flowSeen[flow] = epoch;
          flows.push(flow);
        }
        left[resource] = capacity[resource]!;
        weightLeft[resource] = weights;
        flowsLeft[resource] = memberCount[resource]!;
      }
    }
  }

  function fix(flow: number, rate: number, onRate: (owner: number, rate: number) => void): void {
    const first = flow * maxClaims;
    for (let claim = first; claim < first + claimCount[flow]!; claim++) {
      const resource = claimResource[claim]!;
      if (resourceSeen[resource] !== epoch) continue;
      left[resource] = Math.max(0, left[resource]! - rate * claimWeight[claim]!);
      weightLeft[resource]! -= claimWeight[claim]!;
      flowsLeft[resource]!--;
    }
    const before = rateOf[flow]!;
    if (rate === before || Math.abs(rate - before) <= tolerance * before) return;
    rateOf[flow] = rate;
    onRate(ownerOf[flow]!, rate);
  }

  /** Progressive filling over what `gather` found. */
  function fill(onRate: (owner: number, rate: number) => void): void {
    let active = flows.length;
    while (active > 0) {
      let level = Infinity;
      for (const resource of resources) {
        if (flowsLeft[resource]! > 0) level = Math.min(level, left[resource]! / weightLeft[resource]!);
      }
      level *= 1 + tolerance;
      // Flows that can use no more than the level stop there first; only if there are none is a resource full.
      let kept = 0;
      for (let index = 0; index < active; index++) {
        const flow = flows[index]!;
        if (highest[flow]! <= level) fix(flow, highest[flow]!, onRate);
        else flows[kept++] = flow;
      }
      if (kept === active) kept = fixAtFullResources(active, level, onRate);
      active = kept;
    }
  }

  const full: number[] = [];

  function fixAtFullResources(active: number, level: number, onRate: (owner: number, rate: number) => void): number {
    full.length = 0;
    for (const resource of resources) {
      if (flowsLeft[resource]! > 0 && left[resource]! / weightLeft[resource]! <= level) full.push(resource);
    }
    for (const resource of full) resourceFull[resource] = 1;
    let kept = 0;
    for (let index = 0; index < active; index++) {
      const flow = flows[index]!;
      if (claimsFull(flow)) fix(flow, level / (1 + tolerance), onRate);
      else flows[kept++] = flow;
    }
    for (const resource of full) resourceFull[resource] = 0;
    return kept;
  }

  function claimsFull(flow: number): boolean {
    const first = flow * maxClaims;
    for (let claim = first; claim < first + claimCount[flow]!; claim++) {
      if (resourceFull[claimResource[claim]!] === 1) return true;
    }
    return false;
  }

  function settle(onRate: (owner: number, rate: number) => void): void {
    if (dirtyFlows.length === 0 && dirtyResources.length === 0) return;
    for (const resource of dirtyResources) {
      resourceDirty[resource] = 0;
      const list = members[resource]!;
      for (let m = 0; m < memberCount[resource]!; m++) markFlow(Math.floor(list[m]! / maxClaims));
    }
    dirtyResources.length = 0;
    epoch++;
    for (const flow of dirtyFlows) {
      flowDirty[flow] = false;
      if (!flowOpen[flow] || flowSeen[flow] === epoch) continue;
      gather(flow);
      fill(onRate);
    }
    dirtyFlows.length = 0;
  }

  return { open, setCap, close, settle };
}

function doubled<T extends Int32Array | Float64Array>(from: T): T {
  const to = (from instanceof Int32Array ? new Int32Array(from.length * 2) : new Float64Array(from.length * 2)) as T;
  to.set(from);
  return to;
}
