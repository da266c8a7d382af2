/** The sending half of a rank's transfers: packs payloads, reads them back in pieces, and puts those into channels. */
import type { RankProgram, TaskProgram } from "../../compiler/emit/webgpu/program.js";
import { TaskState } from "../protocol/protocol.js";
import type { ShapedRoute } from "../../compiler/machine/link-shape.js";
import type { SharedControl } from "../protocol/protocol.js";
import { channelSender } from "./channels.js";
import type { ChannelSender, SharedChannels } from "./channels.js";
import { takeRoute } from "./links.js";
import type { ShapedLinks } from "./links.js";
import type { KeptPayloads } from "./kept-payloads.js";
import { payloadSize } from "../../compiler/emit/webgpu/program.js";
import { rangesOf } from "./rank-memory.js";
import type { RankMemory } from "./rank-memory.js";
import { createReadbackRing } from "./staging.js";

type SendProgram = Extract<TaskProgram, { kind: "send" }>;

export interface Outgoing {
  /** Begins a transfer; those to one rank go one after another. */
  send(task: number, queue: number, program: SendProgram): void;
  /** Whether a queue may have one more transfer under way. */
  hasRoom(queue: number): boolean;
  /** Does what can be done now; whether that was anything. */
  pump(): boolean;
  /** Nothing is to be sent any more. */
  isIdle(): boolean;
  isReading(): boolean;
}

export interface OutgoingOptions {
  readonly rank: number;
  readonly device: GPUDevice;
  readonly memory: RankMemory;
  readonly program: RankProgram;
  readonly channels: SharedChannels;
  readonly kept: KeptPayloads;
  readonly control: SharedControl;
  readonly clock: () => number;
  readonly shaped?: { readonly links: ShapedLinks; readonly routes: ReadonlyMap<number, ShapedRoute> } | undefined;
  readonly widthOf: (queue: number) => number;
  /** Called when a piece has been read back. */
  readonly changed: () => void;
}

/** A payload that is read back, piece by piece. */
interface Sending {
  readonly task: number;
  readonly program: SendProgram;
  readonly size: number;
  /** Bytes whose reading has been submitted. */
  read: number;
}
/** A piece that was read back and waits for a slot. */
interface Waiting {
  readonly task: number;
  readonly offset: number;
  data?: Uint8Array;
  release?: () => void;
}
interface OpenChannel {
  readonly sender: ChannelSender;
  readonly sending: Sending[];
  /** In the order in which they are to go. */
  readonly waiting: Waiting[];
}

export function createOutgoing(options: OutgoingOptions): Outgoing {
  const { rank, device, memory, channels, kept, control, clock, shaped } = options;
  const open = new Map<number, OpenChannel>();
  channels.source.forEach((source, channel) => {
    if (source !== rank) return;
    const sender = channelSender(channels, channel, control);
    open.set(channels.target[channel]!, { sender, sending: [], waiting: [] });
  });
  const largest = Math.max(4, ...[...open.values()].map(({ sender }) => sender.slotBytes));
  const ring = createReadbackRing(device, memory, { pieces: channels.slotCount, pieceBytes: largest });
  /** Transfers under way, by queue. */
  const underWay = new Map<number, number[]>();

  const readPiece = (channel: OpenChannel, sending: Sending): void => {
    const { task, program, size } = sending;
    const { forwards } = program;
    if (sending.read === 0 && program.pack.end > program.pack.first) {
      const encoder = device.createCommandEncoder();
      const pass = encoder.beginComputePass();
      memory.encode(program.pack, pass);
      pass.end();
      device.queue.submit([encoder.finish()]);
    }
    const offset = sending.read;
    const bytes = Math.min(channel.sender.slotBytes, size - offset);
    const piece: Waiting = { task, offset };
    channel.waiting.push(piece);
    sending.read += bytes;
    if (sending.read === size) channel.sending.shift();
    const arrived = (data: Uint8Array, release: () => void): void => {
      // A transfer begins when what it sends has been computed.
      if (offset === 0) control.start[task] = clock();
      piece.data = data;
      piece.release = release;
      options.changed();
    };
    if (forwards !== undefined) {
      const isLast = sending.read === size;
      arrived(kept.payloadOf(forwards).subarray(offset, offset + bytes), () => isLast && kept.sent(forwards));
    } else if (bytes === 0) arrived(new Uint8Array(0), () => {});
    else ring.read(rangesOf(program.payload, offset, bytes), arrived);
  };

  /** What is forwarded needs no staging buffer, and is not taken before it can go. */
  const canRead = ({ sender, sending, waiting }: OpenChannel): boolean =>
    sending[0]!.program.forwards === undefined ? ring.isFree() : waiting.length === 0 && sender.isFree();

  const putPiece = ({ sender, waiting }: OpenChannel): void => {
    const { task, offset, data, release } = waiting.shift()!;
    const route = shaped?.routes.get(task);
    const due = route === undefined ? 0 : takeRoute(shaped!.links, route, data!.byteLength, clock());
    sender.put(data!, { task, offset, due });
    release!();
  };

  return {
    send(task, queue, program) {
      open.get(program.target)!.sending.push({ task, program, size: payloadSize(program.payload), read: 0 });
      underWay.set(queue, [...(underWay.get(queue) ?? []), task]);
    },
    hasRoom(queue) {
      const still = (underWay.get(queue) ?? []).filter(
        (task) => Atomics.load(control.state, task) !== TaskState.finished,
      );
      underWay.set(queue, still);
      return still.length < options.widthOf(queue);
    },
    pump() {
      let progressed = false;
      for (const channel of open.values()) {
        while (channel.waiting[0]?.data !== undefined && channel.sender.isFree()) {
          putPiece(channel);
          progressed = true;
        }
        while (channel.sending.length > 0 && canRead(channel)) {
          readPiece(channel, channel.sending[0]!);
          progressed = true;
        }
      }
      return progressed;
    },
    isIdle: () => [...open.values()].every(({ sending, waiting }) => sending.length === 0 && waiting.length === 0),
    isReading: () => [...open.values()].some(({ waiting }) => waiting.some(({ data }) => data === undefined)),
  };
}
