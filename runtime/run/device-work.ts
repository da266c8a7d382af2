/** A run on device `webgpu`: what each rank is given. */
import type { DeviceProgram } from "../../compiler/emit/webgpu/program.js";
import type { ExecutionPlan } from "../../compiler/graph/execution-plan.js";
import type { LinkShape, ShapedRoute } from "../../compiler/machine/link-shape.js";
import { allocateMemory, elementsOf } from "../numbers/memory.js";
import type { SharedGraph } from "../protocol/shared-graph.js";
import { fillInputs } from "../reference/compare.js";
import type { Reference } from "../reference/reference.js";
import { createChannels } from "../webgpu/channels.js";
import type { ChannelNeed } from "../webgpu/channels.js";
import type { DeviceWork } from "../webgpu/device-rank.js";
import { createHandover } from "../webgpu/handover.js";
import { issueOrder } from "../webgpu/issue-order.js";
import { createShapedLinks } from "../webgpu/links.js";
import { payloadSize } from "../../compiler/emit/webgpu/program.js";
import type { PreparedWork } from "./prepared-work.js";

/** A shaped transfer goes in so many pieces, so that those that share a link take turns; none is smaller than this. */
const piecesOfTransfer = 8;
const smallestPiece = 1 << 14;

export function prepareDevice(
  plan: ExecutionPlan,
  program: DeviceProgram,
  reference: Reference,
  graph: SharedGraph,
  shape: LinkShape | undefined,
): PreparedWork<{ work: DeviceWork }> {
  const outside = new Set([...plan.inputs, ...plan.outputs].map(({ buffer }) => buffer));
  const buffers = plan.buffers.map(({ rank, dtype, elements, state }, number) => ({
    ...{ rank, dtype, elements: outside.has(number) ? elements : 0 },
    ...(state && { state }),
  }));
  const memory = allocateMemory(buffers, graph.rankCount);
  const elements = (buffer: number) => elementsOf(memory, buffers, buffer);
  for (const buffer of outside) elements(buffer).fill(NaN);
  fillInputs(plan, reference, elements);
  const order = issueOrder(plan.graph, program);
  const needs = channelNeeds(program);
  const largest = Math.max(0, ...needs.map(({ payloadBytes }) => payloadBytes));
  const piece = shape && Math.max(smallestPiece, Math.ceil(largest / piecesOfTransfer));
  const channels = createChannels(needs, piece);
  const handover = createHandover(graph.isJoin, order.beginsOn, graph.rankCount);
  const links = shape && createShapedLinks(shape.resourceCount);
  const { kernels, needs: deviceNeeds } = program;
  return {
    workOf(rank) {
      const own = program.ranks[rank]!;
      const routes = new Map<number, ShapedRoute>();
      if (shape)
        for (const [task, what] of own.tasks)
          if (what.kind === "send") routes.set(task, shape.routeOf(task, payloadSize(what.payload)));
      const shaped = links && { shaped: { links, routes } };
      return {
        work: { kernels, needs: deviceNeeds, program: own, order, channels, handover, memory, buffers, ...shaped },
      };
    },
    elementsOf: elements,
  };
}

/** The pairs of ranks between which something is sent. */
function channelNeeds({ ranks }: DeviceProgram): ChannelNeed[] {
  const largest = new Map<string, ChannelNeed>();
  ranks.forEach(({ tasks }, source) => {
    for (const task of tasks.values()) {
      if (task.kind !== "send") continue;
      const { target } = task;
      const key = `${source} ${target}`;
      const payloadBytes = Math.max(largest.get(key)?.payloadBytes ?? 0, payloadSize(task.payload));
      largest.set(key, { source, target, payloadBytes });
    }
  });
  return [...largest.values()];
}
