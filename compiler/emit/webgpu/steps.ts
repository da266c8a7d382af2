/** The dispatches of a rank as they are collected: which kernel, over what, with which numbers. */
import { assertInvariant } from "../../diagnostics/internal-fault.js";
import type { DeviceKernel, Place, StepRange, Steps } from "./program.js";
import type { TablesPool } from "./tables-pool.js";
import { createTablesPool } from "./tables-pool.js";
import type { DeviceTraits } from "./traits.js";
import type { WgslModule } from "./text/writer.js";

/** Kernels of a program, each text once. */
export interface KernelsPool {
  number(name: string, module: WgslModule<unknown>): number;
  readonly kernels: readonly DeviceKernel[];
}

export function createKernelsPool(): KernelsPool {
  const kernels: DeviceKernel[] = [];
  const bySource = new Map<string, number>();
  const named = new Map<string, number>();
  return {
    kernels,
    number(name, { source, arrays, fields, features, subgroupLanes, workgroupBytes }) {
      const known = bySource.get(source);
      if (known !== undefined) return known;
      const count = (named.get(name) ?? 0) + 1;
      named.set(name, count);
      const number = kernels.length;
      kernels.push({
        name: count === 1 ? name : `${name}-${count}`,
        ...{ source, arrays, fieldCount: fields.length, features, workgroupBytes },
        ...(subgroupLanes !== undefined && { subgroupLanes }),
      });
      bySource.set(source, number);
      return number;
    },
  };
}

export interface Dispatch {
  readonly kernel: number;
  /** Numbers of the task, i32, in the order of the kernel's fields. */
  readonly fields: readonly number[];
  readonly places: readonly Place[];
  /** Along x, y and z; or so many in all, which a kernel numbers for itself. */
  readonly workgroups: number | readonly [number, number, number];
}

export interface StepWriter {
  add(dispatch: Dispatch): void;
  /** The steps that were added while `write` ran. */
  range(write: () => void): StepRange;
  readonly tables: TablesPool;
  finish(): { readonly steps: Steps; readonly fields: Uint32Array };
}

/** A uniform with a dynamic offset begins at a multiple of this (`minUniformBufferOffsetAlignment` of any adapter). */
const fieldAlignmentWords = 64;

/** At most `most` workgroups along each dimension: more of them are numbered row by row, of which the last may be too long. */
function gridOf(workgroups: Dispatch["workgroups"], most: number): readonly [number, number, number] {
  const rows = typeof workgroups === "number" ? Math.max(1, Math.ceil(workgroups / most)) : 1;
  const grid = typeof workgroups === "number" ? ([Math.ceil(workgroups / rows), rows, 1] as const) : workgroups;
  assertInvariant(Math.max(...grid) <= most, "emit", `a dispatch has ${grid.join(" x ")} workgroups`);
  return grid;
}

/** Throws InternalFault for more workgroups than a device can count along two dimensions. */
export function createStepWriter({ workgroupsPerDimension }: Pick<DeviceTraits, "workgroupsPerDimension">): StepWriter {
  const kernel: number[] = [];
  const fieldStart: number[] = [];
  const workgroups: number[] = [];
  const firstPlace = [0];
  const places: Place[] = [];
  const fields: number[] = [];
  return {
    tables: createTablesPool(),
    add(dispatch) {
      const grid = gridOf(dispatch.workgroups, workgroupsPerDimension);
      if (grid.includes(0)) return;
      kernel.push(dispatch.kernel);
      fieldStart.push(4 * fields.length);
      for (const value of dispatch.fields) fields.push(value);
      while (fields.length % fieldAlignmentWords !== 0) fields.push(0);
      workgroups.push(...grid);
      places.push(...dispatch.places);
      firstPlace.push(places.length);
    },
    range(write) {
      const first = kernel.length;
      write();
      return { first, end: kernel.length };
    },
    finish: () => ({
      steps: {
        kernel: Uint32Array.from(kernel),
        fields: Uint32Array.from(fieldStart),
        workgroups: Uint32Array.from(workgroups),
        firstPlace: Uint32Array.from(firstPlace),
        places,
      },
      fields: new Uint32Array(Int32Array.from(fields.length === 0 ? [0, 0, 0, 0] : fields).buffer),
    }),
  };
}
