/** check: a bound program to the layer IR. Types, shapes and layouts (R1, R2, R3); every mistake in it is reported. */
import { withKindsOfFirst } from "../bind/machine/on-ranks.js";
import type { BoundProgram } from "../bind/bound-program.js";
import type { Diagnostic } from "../diagnostics/types.js";
import { createContext, onMesh } from "./check-context.js";
import type { CheckContext } from "./check-context.js";
import { checkClaims } from "./claims.js";
import { checkCollectives } from "./collectives.js";
import type { CheckedProgram } from "./ir.js";
import { checkLayer } from "./layers.js";
import type { CheckedLayer } from "./layers.js";
import { checkLoneOps } from "./lone-ops.js";
import { meshOfLayer } from "./mesh-of-layer.js";
import { checkSchedules } from "./schedules.js";

export interface CheckResult {
  /** Absent where anything has an error, of this stage or before, or there is no mesh. */
  readonly program?: CheckedProgram;
  /** Of all stages so far. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Never throws for a mistake of the user's; a layer with an error hides none of another's. */
export function check(bound: BoundProgram): CheckResult {
  const context = createContext(bound);
  const collectives = checkCollectives(context);
  checkLoneOps(context);
  const layers = checkLayers(context);
  const checked = [...layers.values()].filter((layer) => layer !== undefined);
  const schedules = checkSchedules(layers, context);
  const checks = checkClaims(layers, schedules, context);
  const diagnostics = bound.diagnostics.list();
  if (bound.diagnostics.hasErrors() || !bound.mesh || !bound.machine) return { diagnostics };
  const meshes = bound.meshes.flatMap(({ mesh, machine }) =>
    mesh && machine ? [{ mesh, machine: withKindsOfFirst(machine, mesh.rankCount) }] : [],
  );
  const program: CheckedProgram = {
    file: bound.entry,
    params: new Map([...bound.params].map(([name, { value }]) => [name, value])),
    meshes,
    ...meshes[0]!,
    ...(bound.inputSeed !== undefined && { inputSeed: bound.inputSeed }),
    tables: bound.tables,
    monoids: context.monoids(),
    collectives,
    layers: checked.map((layer) => layer.ir),
    schedules: [...schedules.values()].filter((schedule) => schedule !== undefined),
    checks,
  };
  return { program, diagnostics };
}

/** Layers of the entry that stand by themselves, by name; undefined for one with an error. */
function checkLayers(context: CheckContext): Map<string, CheckedLayer | undefined> {
  const { bound } = context;
  const layers = new Map<string, CheckedLayer | undefined>();
  for (const layer of bound.files.get(bound.entry)!.layers) {
    const definition = bound.lookupLayer(layer.name.text, bound.entry);
    if (definition?.node !== layer || layer.typeParameters.length > 0) continue;
    if (!bound.mesh && !bound.diagnostics.hasErrors()) {
      context.diagnostics.report("no-mesh", { file: bound.entry, span: layer.name.span }, { name: layer.name.text });
    }
    layers.set(layer.name.text, checkLayer(definition, onMesh(context, meshOfLayer(layer, bound))));
  }
  return layers;
}
