/** check: a bound program to the layer IR. Types, shapes and layouts (R1, R2, R3); every mistake in it is reported. */
import { withKindsOfFirst } from "../bind/machine/on-ranks.js";
import type { BoundProgram } from "../bind/bound-program.js";
import { noMemory, type Memory } from "../bind/memory.js";
import type { Diagnostic } from "../diagnostics/types.js";
import { createContext, onMesh } from "./check-context.js";
import type { CheckContext } from "./check-context.js";
import { checkClaims } from "./claims.js";
import { checkCollectives } from "./collectives.js";
import type { CheckedProgram } from "./ir.js";
import { checkLayer } from "./layers.js";
import type { LayerOutcome } from "./layers.js";
import { checkLoneOps } from "./lone-ops.js";
import { meshOfLayer } from "./mesh-of-layer.js";
import { checkSchedules } from "./schedules.js";

export interface CheckResult {
  /** Layers of the entry that stand by themselves, by name; also those with an error, as far as they are known. */
  readonly layers: ReadonlyMap<string, LayerOutcome>;
  /** Absent where anything has an error, of this stage or before, or there is no mesh. */
  readonly program?: CheckedProgram;
  /** Of all stages so far. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Never throws for a mistake of the user's; a layer with an error hides none of another's. */
export function check(bound: BoundProgram, memory: Memory = noMemory): CheckResult {
  const context = createContext(bound);
  const collectives = checkCollectives(context);
  checkLoneOps(context, memory);
  const outcomes = checkLayers(context, memory);
  const layers = new Map([...outcomes].map(([name, { layer }]) => [name, layer]));
  const checked = [...layers.values()].filter((layer) => layer !== undefined);
  const schedules = checkSchedules(layers, context, memory);
  const checks = checkClaims(layers, schedules, context);
  const diagnostics = bound.diagnostics.list();
  if (bound.diagnostics.hasErrors() || !bound.mesh || !bound.machine) return { layers: outcomes, diagnostics };
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
  return { layers: outcomes, program, diagnostics };
}

/** Of a layer without diagnostics. */
interface KeptLayer {
  readonly outcome: LayerOutcome;
  readonly calls: number;
}

function checkLayers(context: CheckContext, memory: Memory): Map<string, LayerOutcome> {
  const { bound, diagnostics, budget } = context;
  const layers = new Map<string, LayerOutcome>();
  for (const layer of bound.files.get(bound.entry)!.layers) {
    const definition = bound.lookupLayer(layer.name.text, bound.entry);
    if (definition?.node !== layer || layer.typeParameters.length > 0) continue;
    if (!bound.mesh && !bound.diagnostics.hasErrors()) {
      context.diagnostics.report("no-mesh", { file: bound.entry, span: layer.name.span }, { name: layer.name.text });
    }
    const kept = memory.recall(layer) as KeptLayer | undefined;
    if (kept !== undefined && kept.calls <= budget.left) {
      budget.left -= kept.calls;
      layers.set(layer.name.text, kept.outcome);
      continue;
    }
    const [reported, calls] = [diagnostics.count(), budget.left];
    const outcome = checkLayer(definition, onMesh(context, meshOfLayer(layer, bound)));
    layers.set(layer.name.text, outcome);
    const sound: KeptLayer = { outcome, calls: calls - budget.left };
    if (diagnostics.count() === reported) memory.keep(layer, sound);
  }
  return layers;
}
