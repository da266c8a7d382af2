import fc from "fast-check";
import { expect, test } from "vitest";
import type { ShapedRoute } from "../../compiler/machine/link-shape.js";
import { createControl } from "../../runtime/protocol/protocol.js";
import { shareGraph } from "../../runtime/protocol/shared-graph.js";
import { channelReceiver, channelSender, createChannels } from "../../runtime/webgpu/channels.js";
import { createShapedLinks, takeRoute } from "../../runtime/webgpu/links.js";
import { graphBuilder } from "../support/graph-builder.js";

const resourceCount = 4;
const routes = fc
  .uniqueArray(
    fc.record({ resource: fc.nat(resourceCount - 1), nsPerByte: fc.double({ min: 0.01, max: 10, noNaN: true }) }),
    { minLength: 1, maxLength: resourceCount, selector: ({ resource }) => resource },
  )
  .chain((claims) =>
    fc.double({ min: 0, max: 1e4, noNaN: true }).map((latencyNs): ShapedRoute => ({
      resources: claims.map(({ resource }) => resource),
      nsPerByte: claims.map(({ nsPerByte }) => nsPerByte),
      latencyNs,
    })),
  );
const pieces = fc.array(
  fc.record({ route: routes, bytes: fc.nat(1e5), after: fc.double({ min: 0, max: 1e5, noNaN: true }) }),
  { minLength: 1, maxLength: 30 },
);

test("pieces that share a link take turns, none is early, and none waits for a link that is free", () => {
  fc.assert(
    fc.property(pieces, (drawn) => {
      const links = createShapedLinks(resourceCount);
      const freeFrom = new Array<number>(resourceCount).fill(0);
      let now = 0;
      for (const { route, bytes, after } of drawn) {
        now += after;
        const arrives = takeRoute(links, route, bytes, now);
        const start = Math.max(now, ...route.resources.map((resource) => freeFrom[resource]!));
        const takes = route.nsPerByte.map((ns) => ns * bytes);
        expect(arrives).toBeCloseTo(start + Math.max(...takes) + route.latencyNs, 3);
        route.resources.forEach((resource, index) => (freeFrom[resource] = start + takes[index]!));
      }
      expect(links.lock[0]).toBe(0);
    }),
  );
});

test("a channel hands over what was put into it, in order, and holds no more than its slots", () => {
  const control = createControl(shareGraph(graphBuilder(2).build()));
  const steps = fc.array(fc.oneof(fc.record({ put: fc.uint8Array({ maxLength: 64 }) }), fc.constant("take" as const)), {
    maxLength: 60,
  });
  fc.assert(
    fc.property(steps, (drawn) => {
      const channels = createChannels([{ source: 0, target: 1, payloadBytes: 64 }]);
      const sender = channelSender(channels, 0, control);
      const receiver = channelReceiver(channels, 0, control);
      const held: { readonly number: number; readonly bytes: readonly number[] }[] = [];
      drawn.forEach((step, number) => {
        expect(sender.isFree()).toBe(held.length < channels.slotCount);
        if (step === "take") {
          const piece = receiver.peek();
          const first = held.shift();
          expect(piece && { number: piece.task, bytes: [...piece.data] }).toEqual(first);
          if (piece !== undefined) receiver.release();
        } else if (sender.isFree()) {
          sender.put(step.put, { task: number, offset: 0, due: 0 });
          held.push({ number, bytes: [...step.put] });
        }
      });
    }),
  );
});
