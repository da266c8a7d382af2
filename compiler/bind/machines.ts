import type { Identifier, MachineDecl, MeshDecl, Path } from "../../grammar/ast.js";
import type { DiagnosticCollector } from "../diagnostics/collector.js";
import { noPlace } from "../diagnostics/no-place.js";
import type { MachineContext } from "./machine/context.js";
import { modelOf } from "./machine/instantiate.js";
import { shapeOf } from "./machine/shape.js";
import type { MachineShape } from "./machine/shape.js";
import type { MachineModel } from "../machine/model.js";
import { locate } from "./bound-program.js";
import type { MachineDefinition } from "./bound-program.js";
import { describeKind } from "./definitions.js";
import type { LoadedFile } from "./load.js";
import { parseStandard } from "./load.js";
import { partNamed, placeMesh, wholeOf } from "./mesh.js";
import type { PlacedMesh } from "./mesh.js";
import type { NameReporter } from "./report-unknown-name.js";
import type { Scopes } from "./scopes.js";
import { expectDimension, expectWhole, largestSize } from "./sizes.js";
import type { SourceHost } from "./source-host.js";
import { standardPath } from "./standard-library.js";
import { didYouMean, nearestName } from "./suggest.js";
import type { Values } from "./values.js";

interface Needs {
  readonly host: SourceHost;
  readonly loaded: ReadonlyMap<string, LoadedFile>;
  readonly scopes: Scopes;
  readonly values: Values;
  readonly diagnostics: DiagnosticCollector;
  readonly reportUnknownName: NameReporter;
}

interface Found {
  readonly declaration: MachineDecl;
  readonly file: string;
}

/** The meshes of a file and their machines; and the machines that no mesh uses, for their mistakes. */
export function createMachines(needs: Needs) {
  const { loaded, values, diagnostics } = needs;
  const shapes = new Map<MachineDecl, MachineShape | undefined>();
  const models = new Map<MachineShape, MachineModel>();
  /** Machines whose levels are being read, outermost first. */
  const open: Found[] = [];

  function shape(found: Found): MachineShape | undefined {
    const { declaration, file } = found;
    if (!shapes.has(declaration)) {
      open.push(found);
      shapes.set(declaration, shapeOf(declaration, contextOf(file)));
      open.pop();
    }
    return shapes.get(declaration);
  }

  function contextOf(file: string): MachineContext {
    return machineContext(file, values, diagnostics, (path) => {
      const found = named(path, file, "A level that is a part of a machine");
      if (!found) return undefined;
      const around = open.findIndex((one) => one.declaration === found.declaration);
      if (around < 0) return shape(found);
      const { text } = found.declaration.name;
      const cycle = [...open.slice(around).map((one) => one.declaration.name.text), text].join(" -> ");
      diagnostics.report("machine-cycle", locate(file, path), { name: text, cycle });
      return undefined;
    });
  }

  function modelFor(one: MachineShape): MachineModel {
    let model = models.get(one);
    if (!model) models.set(one, (model = modelOf(one)));
    return model;
  }

  /** In source order, without those that have an error. */
  function meshesOf(entry: LoadedFile, override: string | undefined): PlacedMesh[] {
    const nodes = entry.tree.declarations.filter((one): one is MeshDecl => one.kind === "MeshDecl");
    const unnamed = new Set<string>();
    return nodes.flatMap((node) => {
      // Of one without a name; two of one name are reported with the other names of the file.
      const machine = node.machine.segments[0]?.name;
      if (!node.name && machine && unnamed.has(machine.text))
        diagnostics.report("duplicate-setting", locate(entry.path, machine), { name: machine.text });
      if (!node.name && machine) unnamed.add(machine.text);
      const found = override === undefined ? named(node.machine, entry.path) : replacement(override, entry.path, needs);
      const its = found && shape(found);
      if (!its) return [];
      const part = override === undefined ? partNamed(node.machine, its, contextOf(entry.path)) : wholeOf(its);
      return part ? [placeMesh(node, entry.path, modelFor(its), part, values, diagnostics)] : [];
    });
  }

  /** The machine that a path begins with. */
  function named(path: Path, file: string, whole?: string): Found | undefined {
    const [segment, further] = path.segments;
    if (!segment) return undefined;
    if (segment.index !== undefined || (whole !== undefined && further)) {
      diagnostics.report("not-built-yet", locate(file, path), { what: whole ?? "One of several machines" });
      return undefined;
    }
    return machineNamed(segment.name, file, needs);
  }

  return {
    meshesOf,
    checkOthers(): void {
      for (const file of loaded.values()) {
        if (file.isStandard) continue;
        for (const node of file.tree.declarations) {
          if (node.kind === "MachineDecl") shape({ declaration: node, file: file.path });
        }
      }
    },
  };
}

function machineNamed(name: Identifier, file: string, needs: Needs): Found | undefined {
  const [definition] = needs.scopes.lookup("names", name.text, file);
  if (definition?.kind === "machine") return { declaration: definition.node, file: definition.file };
  // Of std's machines one may be asked for by the command line of a file that imports none: its levels are there too.
  const declaration = file === standardPath("machines") ? standardMachines(needs).get(name.text) : undefined;
  if (declaration) return { declaration, file };
  if (!definition) needs.reportUnknownName(name, file, "a machine", ["machine"]);
  else {
    const related = [{ location: locate(definition.file, definition), message: "declared here" }];
    const parts = { name: name.text, found: describeKind(definition.kind), expected: "a machine" };
    needs.diagnostics.report("wrong-noun", locate(file, name), parts, { related });
  }
  return undefined;
}

/** The machine that the command line asks for. */
function replacement(name: string, entry: string, needs: Needs): Found | undefined {
  const isMachine = (one: { readonly kind: string }): one is MachineDefinition => one.kind === "machine";
  const own = needs.scopes.lookup("names", name, entry).find(isMachine);
  if (own) return { declaration: own.node, file: own.file };
  const standard = standardMachines(needs);
  const found = standard.get(name);
  if (found) return { declaration: found, file: standardPath("machines") };
  const known = [...needs.scopes.visible("names", entry)].filter(isMachine).map((one) => one.name);
  const near = nearestName(name, [...known, ...standard.keys()]);
  needs.diagnostics.report("unknown-machine", noPlace, { name, hint: didYouMean(near) });
  return undefined;
}

function standardMachines({ host, diagnostics }: Needs): ReadonlyMap<string, MachineDecl> {
  const path = standardPath("machines");
  const result = host.read(path);
  const tree = "text" in result ? parseStandard(path, result.text, diagnostics) : undefined;
  const machines = tree?.declarations.filter((node): node is MachineDecl => node.kind === "MachineDecl") ?? [];
  return new Map(machines.map((node) => [node.name.text, node]));
}

function machineContext(
  file: string,
  values: Values,
  diagnostics: DiagnosticCollector,
  machineOf: MachineContext["machineOf"],
): MachineContext {
  return {
    machineOf,
    diagnostics,
    refused: false,
    locate: (node) => locate(file, node),
    measure(expression, dimension, what) {
      const quantity = values.evaluate(expression, file);
      return quantity && expectDimension(quantity, dimension, { diagnostics, file, expression, what });
    },
    count(expression, what, least = 1) {
      const quantity = values.evaluate(expression, file);
      return quantity && expectWhole(quantity, least, largestSize, { diagnostics, file, expression, what });
    },
  };
}
