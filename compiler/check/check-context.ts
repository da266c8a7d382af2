/** What every part of check needs to hand. */
import type { BoundProgram } from "../bind/bound-program.js";
import type { DiagnosticCollector } from "../diagnostics/collector.js";
import type { InferenceContext } from "./layout-inference.js";
import { columnOf } from "../graph/table-columns.js";
import type { AxisIR, MeshModel, MonoidIR, TableData } from "./ir.js";
import { mostCalls } from "./elaboration-state.js";
import type { CallBudget } from "./elaboration-state.js";
import { createMonoids } from "./monoids.js";
import { monoidKind } from "./monoid-kinds.js";
import type { MonoidKind } from "./monoid-kinds.js";

export interface CheckContext {
  readonly bound: BoundProgram;
  readonly diagnostics: DiagnosticCollector;
  /** Of what is being checked; without axes where the entry file has none. */
  readonly mesh: Pick<MeshModel, "axes">;
  /** Index of it into the meshes of the entry file. */
  readonly meshIndex: number;
  readonly tables: readonly TableData[];
  /** The monoid a name means in a file; undefined where it means none, which is not reported here. */
  monoid(name: string, file: string): MonoidIR | undefined;
  readonly monoids: () => readonly MonoidIR[];
  readonly inference: InferenceContext;
  readonly budget: CallBudget;
}

/** The same on another mesh of the entry file. */
export function onMesh(context: CheckContext, meshIndex: number): CheckContext {
  const mesh = context.bound.meshes[meshIndex]?.mesh ?? { axes: [] };
  const rowParts = { tables: context.tables, mesh };
  const inference = { ...context.inference, meshAxisCount: mesh.axes.length, rowParts };
  return { ...context, mesh, meshIndex, inference };
}

export function createContext(bound: BoundProgram): CheckContext {
  const { diagnostics, tables } = bound;
  const monoids = createMonoids(bound);
  const mesh = bound.mesh ?? { axes: [] };
  return {
    bound,
    diagnostics,
    mesh,
    meshIndex: 0,
    tables,
    monoid: monoids.find,
    monoids: monoids.all,
    budget: { left: mostCalls, exhausted: false },
    inference: {
      meshAxisCount: mesh.axes.length,
      columnSize: (table, column) => columnAxis(tables, table, column).size,
      rowParts: { tables, mesh },
      isOrdered: (name) => monoids.all().some((monoid) => monoid.name === name && monoid.ordered),
      kindOf: (name): MonoidKind => {
        const monoid = monoids.all().find((other) => other.name === name);
        return monoid ? monoidKind(monoid) : "other";
      },
    },
  };
}

/** The axis a column of a table points into. */
export function columnAxis(
  tables: readonly TableData[],
  table: number,
  column: string,
): Pick<AxisIR, "name" | "size" | "table"> {
  const { axis, size, table: rows } = columnOf(tables[table]!, column);
  return { name: axis, size, ...(rows !== undefined && { table: rows }) };
}
