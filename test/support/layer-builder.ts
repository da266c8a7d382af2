import type {
  AxisCutIR,
  AxisIR,
  CheckedProgram,
  LayerIR,
  MeshModel,
  ScheduleIR,
  StatementIR,
  TableData,
  ValueIR,
  VerbIR,
  Word,
  KernelIR,
} from "../../compiler/check/ir.js";
import type { ViewChange } from "../../compiler/check/view-layouts.js";
import type { MachineModel, RankKind } from "../../compiler/machine/model.js";
import { standardMonoids } from "./kernel-builder.js";
import { standardCollectives } from "./std-collectives.js";

export const somewhere = { file: "layer.stretto", span: { start: 0, end: 1 } };

/** Ranks of one kind on a switch. */
export function testMachine(rankCount: number, kind: Partial<RankKind> = {}): MachineModel {
  const links = Array.from({ length: 2 * rankCount }, (_, i) => ({
    name: `gpu[${i >> 1}] ${i % 2 === 0 ? "out" : "in"}`,
    bytesPerSecond: 1e9,
  }));
  return {
    name: "bench",
    rankCount,
    kinds: [
      {
        name: "gpu",
        computeFlopsPerSecond: { f32: 1e12, f64: 1e12 },
        efficiency: 1,
        sms: 4,
        smMovesBytesPerSecond: 1e9,
        memory: { name: "hbm", capacityBytes: 1e12, bytesPerSecond: 1e12, reduces: ["sum"] },
        copyEngines: 2,
        nics: 1,
        nicBytesPerSecond: 1e9,
        launchSeconds: 1e-6,
        ...kind,
      },
    ],
    kindOfRank: new Uint16Array(rankCount),
    linkResources: links,
    tiers: [],
    route: (source, target) =>
      source === target ? undefined : { resources: [2 * source, 2 * target + 1], latencySeconds: 1e-6 },
  };
}

export function testMesh(sizes: readonly number[]): MeshModel {
  const axes = sizes.map((size, i) => ({ name: `m${i}`, size }));
  return { name: "mesh", axes, rankCount: sizes.reduce((a, b) => a * b, 1), location: somewhere };
}

/** `cuts` as mesh axes, or with what of a table's rows they cut. */
export function axis(name: string, size: number, cuts: readonly (number | AxisCutIR)[] = [], table?: number): AxisIR {
  return {
    name,
    size,
    cuts: cuts.map((cut) => (typeof cut === "number" ? { meshAxis: cut } : cut)),
    ...(table === undefined ? {} : { table }),
  };
}

/** A layer as it grows: values by number, statements in program order. */
export interface LayerDraft {
  readonly values: ValueIR[];
  readonly inputs: number[];
  readonly statements: StatementIR[];
  value(name: string, axes: readonly AxisIR[], more?: Partial<Pick<ValueIR, "pending" | "at" | "dtype">>): number;
  input(name: string, axes: readonly AxisIR[], more?: Partial<Pick<ValueIR, "pending" | "at" | "dtype">>): number;
  op(result: number, operands: readonly number[], kernel: KernelIR): number;
  word(
    word: Word,
    result: number,
    operand: number,
    meshAxes: number | readonly number[],
    cut?: { readonly before?: number; readonly after?: number },
    monoid?: string,
  ): number;
  view(change: ViewChange, result: number, operand: number): number;
  layer(outputs: readonly number[], name?: string): LayerIR;
}

export function layerDraft(): LayerDraft {
  const values: ValueIR[] = [];
  const inputs: number[] = [];
  const statements: StatementIR[] = [];
  const draft: LayerDraft = {
    values,
    inputs,
    statements,
    value(name, axes, more = {}) {
      const id = values.length;
      values.push({ id, name, dtype: "f64", axes, pending: [], at: [], location: somewhere, ...more });
      return id;
    },
    input(name, axes, more) {
      const id = draft.value(name, axes, more);
      inputs.push(id);
      return id;
    },
    op(result, operands, kernel) {
      statements.push({ kind: "op", result, operands, kernel, location: somewhere });
      return result;
    },
    word(word, result, operand, meshAxes, cut = {}, monoid) {
      statements.push({
        kind: "word",
        word,
        result,
        operand,
        meshAxes: typeof meshAxes === "number" ? [meshAxes] : meshAxes,
        ...(cut.before === undefined ? {} : { cutBefore: cut.before }),
        ...(cut.after === undefined ? {} : { cutAfter: cut.after }),
        ...(monoid === undefined ? {} : { monoid }),
        location: somewhere,
      });
      return result;
    },
    view(change, result, operand) {
      statements.push({ kind: "view", ...change, result, operand, location: somewhere });
      return result;
    },
    layer: (outputs, name = "net") => ({ name, values, inputs, outputs, statements, mesh: 0, location: somewhere }),
  };
  return draft;
}

export interface ProgramParts {
  readonly mesh: MeshModel;
  readonly layer: LayerIR;
  readonly tables?: readonly TableData[];
  readonly machine?: MachineModel;
  readonly verbs?: readonly VerbIR[];
}

/** A checked program of one layer and one schedule of it, with the standard collectives. */
export function testProgram({ mesh, layer, tables = [], machine, verbs = [] }: ProgramParts): {
  readonly program: CheckedProgram;
  readonly schedule: ScheduleIR;
} {
  const schedule: ScheduleIR = { name: "s", layer: 0, verbs, location: somewhere };
  const place = { mesh, machine: machine ?? testMachine(mesh.rankCount) };
  const program: CheckedProgram = {
    file: "layer.stretto",
    params: new Map(),
    meshes: [place],
    ...place,
    tables,
    monoids: standardMonoids,
    collectives: standardCollectives,
    layers: [layer],
    schedules: [schedule],
    checks: [],
  };
  return { program, schedule };
}
