import { expect, test } from "vitest";
import { forwardedTransfers } from "../../compiler/emit/webgpu/forwarding.js";
import { emitWebgpu } from "../../compiler/emit/webgpu/emit.js";
import type { TaskProgram } from "../../compiler/emit/webgpu/program.js";
import { softwareTraits } from "../../compiler/emit/webgpu/traits.js";
import { planSchedule } from "../../compiler/program.js";
import { createKeptPayloads } from "../../runtime/webgpu/kept-payloads.js";
import { graphBuilder } from "../support/graph-builder.js";
import { exampleProgram } from "../support/examples.js";

/** By rank, how many transfers leave it, and how many of those send on what has come. */
function sends(example: string, schedule: string): { readonly all: number; readonly forwarded: number }[] {
  const program = exampleProgram(example, { profile: "small", set: new Map([["ranks", "4"]]) });
  const { planned } = planSchedule(
    program,
    program.schedules.find(({ name }) => name === schedule)!,
  );
  return emitWebgpu(planned!.plan, softwareTraits).ranks.map(({ tasks }) => {
    const sent = [...tasks.values()].filter((task) => task.kind === "send");
    for (const { forwards } of sent) if (forwards !== undefined) expect(tasks.get(forwards)?.kind).toBe("receive");
    return { all: sent.length, forwarded: sent.filter(({ forwards }) => forwards !== undefined).length };
  });
}

test("a ring of keys and values sends on what has come, but for each rank's own", () => {
  expect(sends("ring-attention", "ring")).toEqual(Array(4).fill({ all: 6, forwarded: 4 }));
});

test("what is summed on its way is not what came", () => {
  expect(sends("t3", "t3")).toEqual(Array(4).fill({ all: 3, forwarded: 0 }));
});

test("only what came, and all of it, is sent on", () => {
  const build = graphBuilder(3);
  const [first, second] = [0, 1].map((rank) => build.queue(rank, { engine: "copy" }));
  const sent = build.instance("sent");
  const brought = build.transfer(first!, sent, { target: 1, wireBytes: 8 });
  build.transfer(second!, sent, { target: 2, wireBytes: 8 }, [brought]);
  const graph = build.build();
  const range = { first: 0, end: 0 };
  const payload = [{ buffer: 0, offset: 0, bytes: 8 }];
  const tasks = new Map<number, TaskProgram>([
    [0, { kind: "receive", source: 0, payload, unpack: range }],
    [1, { kind: "send", target: 2, pack: range, payload }],
  ]);
  const region = (begin: number) => [Int32Array.of(begin, begin + 2)];
  const forwards = (begin: number, from = 1) => {
    const copies = [
      { kind: "copy", from: 0, to: 1, region: region(0) },
      { kind: "copy", from, to: 2, region: region(begin) },
    ] as const;
    const plan = { graph, buffers: Array(4).fill({}), action: (task: number) => copies[task]! };
    return forwardedTransfers(plan, [{ tasks }]).get(1);
  };
  expect(forwards(0)).toBe(0);
  expect(forwards(1)).toBeUndefined();
  expect(forwards(0, 3)).toBeUndefined();
});

test("a payload is kept until all that send it on have, and its memory is used again", () => {
  const send = (forwards: number) =>
    ({ kind: "send", target: 1, pack: { first: 0, end: 0 }, payload: [], forwards }) as const;
  const payload4 = [{ buffer: 0, offset: 0, bytes: 4 }];
  const receive = { kind: "receive", source: 0, payload: payload4, unpack: { first: 0, end: 0 } } as const;
  const kept = createKeptPayloads({
    tasks: new Map<number, TaskProgram>([
      ...[1, 2, 3, 4].map((task) => [task, receive] as const),
      [10, send(1)],
      [11, send(1)],
      [12, send(2)],
      [13, send(4)],
    ]),
  });
  expect([1, 2, 3, 4].map((task) => kept.has(task))).toEqual([true, true, false, true]);
  kept.keep(1, 2, Uint8Array.of(7, 8));
  kept.keep(1, 0, Uint8Array.of(5, 6));
  const payload = kept.payloadOf(1);
  expect([...payload]).toEqual([5, 6, 7, 8]);
  kept.sent(1);
  kept.keep(2, 0, Uint8Array.of(1, 2, 3, 4));
  expect(kept.payloadOf(2)).not.toBe(payload);
  expect(kept.payloadOf(1)).toBe(payload);
  kept.sent(1);
  kept.keep(4, 0, Uint8Array.of(9, 9, 9, 9));
  expect(kept.payloadOf(4)).toBe(payload);
  kept.sent(2);
});
