import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import type { EmittedFile } from "../../compiler/emit/files.js";
import { readChakraTrace } from "./chakra-reader.js";
import type { ChakraNode } from "./chakra-reader.js";
import type { ReadProgram, ReadStep } from "./message-programs.js";

export function bytesOf(file: EmittedFile): Uint8Array {
  return Buffer.concat([...file.chunks].map((chunk) => (typeof chunk === "string" ? Buffer.from(chunk) : chunk)));
}

/** Names and contents of a folder. */
export function readFolder(path: string): ReadonlyMap<string, Uint8Array> {
  return new Map(readdirSync(path).map((name) => [name, new Uint8Array(readFileSync(join(path, name)))]));
}

/** The traces of a folder for ASTRA-sim, each checked against what ASTRA-sim reads of a node of its type. */
export function readChakraFolder(files: ReadonlyMap<string, Uint8Array>): ReadProgram {
  const traces = [...files.keys()].filter((name) => name.endsWith(".et")).length;
  const groups = readGroups(files, traces);
  return Array.from({ length: traces }, (_, rank) => {
    const { version, nodes } = readChakraTrace(files.get(`trace.${rank}.et`)!);
    expect(version).not.toBe("");
    return nodes.map((node) => stepOf(node, rank, groups));
  });
}

/** Ranks by the name of their group; "" is all. */
function readGroups(files: ReadonlyMap<string, Uint8Array>, ranks: number): ReadonlyMap<string, readonly number[]> {
  const all = Array.from({ length: ranks }, (_, rank) => rank);
  const file = files.get("comm_groups.json");
  const named = file === undefined ? [] : Object.entries(JSON.parse(Buffer.from(file).toString()));
  for (const [name] of named) expect(name).toMatch(/^[1-9]\d*$/);
  return new Map([["", all], ...(named as [string, number[]][])]);
}

function stepOf(node: ChakraNode, rank: number, groups: ReadonlyMap<string, readonly number[]>): ReadStep {
  const integer = (name: string, ...members: number[]): number => {
    const found = node.attributes.get(name);
    if (found === undefined || !members.includes(found.member))
      throw new Error(`${node.name}: ${name} is not as it is read`);
    return Number(found.value);
  };
  if (integer("is_cpu_op", 27) !== 0) throw new Error(`${node.name} runs on the CPU`);
  if (node.controlDependencies.length > 0) throw new Error(`${node.name}: two kinds of dependencies`);
  const shared = { id: Number(node.id), after: node.dataDependencies.map(Number) };
  if (node.type === 4) {
    expect(node.attributes.size).toBe(3);
    if (integer("tensor_size", 13) !== 1) throw new Error(`${node.name} moves data`);
    const work = node.attributes.get("num_ops")!;
    if (work.member !== 9 || (work.value as bigint) % 1000n !== 1n)
      throw new Error(`${node.name}: no whole nanoseconds`);
    return { ...shared, kind: "compute", size: Number((work.value as bigint) / 1000n), peer: 0, tag: 0 };
  }
  if (node.type === 7) {
    const group = node.attributes.get("pg_name");
    if (group !== undefined && group.member !== 29) throw new Error(`${node.name}: a group is named by text`);
    expect(node.attributes.size).toBe(group === undefined ? 3 : 4);
    const ranks = groups.get(String(group?.value ?? ""));
    if (ranks === undefined) throw new Error(`${node.name}: no group ${group?.value}`);
    const collective = { type: integer("comm_type", 9), ranks };
    return { ...shared, kind: "collective", size: integer("comm_size", 9), peer: rank, tag: 0, collective };
  }
  if (node.type !== 5 && node.type !== 6) throw new Error(`${node.name} has type ${node.type}`);
  expect(node.attributes.size).toBe(5);
  const [source, target] = [integer("comm_src", 7), integer("comm_dst", 7)];
  const kind = node.type === 5 ? "send" : "receive";
  if ((kind === "send" ? source : target) !== rank) throw new Error(`${node.name} is another rank's`);
  const peer = kind === "send" ? target : source;
  const tag = integer("comm_tag", 7);
  if (tag < 0 || tag >= 500_000_000) throw new Error(`${node.name}: tag ${tag}`);
  return { ...shared, kind, size: integer("comm_size", 9), peer, tag };
}

/** The topology of network.yml. */
export interface ReadNetwork {
  readonly topology: readonly string[];
  readonly counts: readonly number[];
  /** GiB/s. */
  readonly bandwidth: readonly number[];
  /** Nanoseconds. */
  readonly latency: readonly number[];
}

export function readNetwork(files: ReadonlyMap<string, Uint8Array>): ReadNetwork {
  const lines = Buffer.from(files.get("network.yml")!).toString().trimEnd().split("\n");
  const list = (key: string): string[] => {
    const match = lines.map((line) => /^(\w+): \[ (.*) \]$/.exec(line)).find((found) => found?.[1] === key);
    if (match?.[2] === undefined) throw new Error(`network.yml has no ${key}`);
    return match[2].split(", ");
  };
  const numbers = (key: string): number[] =>
    list(key).map((text) => {
      if (!/^\d+(\.\d+)?$/.test(text)) throw new Error(`${key} ${text} is no plain number`);
      return Number(text);
    });
  const network = {
    topology: list("topology"),
    counts: numbers("npus_count"),
    bandwidth: numbers("bandwidth"),
    latency: numbers("latency"),
  };
  expect(new Set(Object.values(network).map((values) => values.length)).size).toBe(1);
  return network;
}
