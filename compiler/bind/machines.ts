import type { Identifier, MachineDecl, MeshDecl } from "../../grammar/ast.js";
import type { MeshModel } from "../check/ir.js";
import type { DiagnosticCollector } from "../diagnostics/collector.js";
import type { MachineContext } from "./machine/context.js";
import { machineFromDeclaration } from "./machine/from-declaration.js";
import type { MachineModel } from "../machine/model.js";
import { locate } from "./bound-program.js";
import type { MachineDefinition } from "./bound-program.js";
import { describeKind } from "./definitions.js";
import type { LoadedFile } from "./load.js";
import { parseStandard } from "./load.js";
import { makeMesh } from "./mesh.js";
import type { NameReporter } from "./report-unknown-name.js";
import type { Scopes } from "./scopes.js";
import { expectDimension, expectWhole, largestSize } from "./sizes.js";
import type { SourceHost } from "./source-host.js";
import { standardPath } from "./standard-library.js";
import { didYouMean, nearestName } from "./suggest.js";
import type { Values } from "./values.js";

export interface BoundMesh {
  readonly mesh?: MeshModel;
  readonly machine?: MachineModel;
}

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

/** The mesh of a file and its machine; and the machines that no mesh uses, for their mistakes. */
export function createMachines(needs: Needs) {
  const { loaded, values, diagnostics } = needs;
  const made = new Map<MachineDecl, MachineModel | undefined>();

  function make({ declaration, file }: Found): MachineModel | undefined {
    if (!made.has(declaration)) {
      made.set(declaration, machineFromDeclaration(declaration, machineContext(file, values, diagnostics)));
    }
    return made.get(declaration);
  }

  function meshOf(entry: LoadedFile, override: string | undefined): BoundMesh {
    const [node, ...others] = entry.tree.declarations.filter((one): one is MeshDecl => one.kind === "MeshDecl");
    for (const other of others)
      diagnostics.report("not-built-yet", locate(entry.path, other), { what: "A second mesh" });
    if (!node) return {};
    const found = override === undefined ? named(node, entry.path) : replacement(override, entry.path, needs);
    const machine = found && make(found);
    if (!found || !machine) return {};
    const mesh = makeMesh(node, entry.path, machine, found.declaration, values, diagnostics);
    return mesh ? { mesh, machine } : { machine };
  }

  /** The machine that a mesh is `on`. */
  function named(node: MeshDecl, file: string): Found | undefined {
    const [segment, further] = node.machine.segments;
    if (!segment) return undefined;
    if (further || segment.index !== undefined) {
      diagnostics.report("not-built-yet", locate(file, node.machine), { what: "A mesh on a part of a machine" });
      return undefined;
    }
    return machineNamed(segment.name, file, needs);
  }

  return {
    meshOf,
    checkOthers(): void {
      for (const file of loaded.values()) {
        if (file.isStandard) continue;
        for (const node of file.tree.declarations) {
          if (node.kind === "MachineDecl") make({ declaration: node, file: file.path });
        }
      }
    },
  };
}

function machineNamed(name: Identifier, file: string, needs: Needs): Found | undefined {
  const [definition] = needs.scopes.lookup("names", name.text, file);
  if (definition?.kind === "machine") return { declaration: definition.node, file: definition.file };
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
  const path = standardPath("machines");
  const result = needs.host.read(path);
  const tree = "text" in result ? parseStandard(path, result.text, needs.diagnostics) : undefined;
  const standard = tree?.declarations.filter((node): node is MachineDecl => node.kind === "MachineDecl") ?? [];
  const found = standard.find((node) => node.name.text === name);
  if (found) return { declaration: found, file: path };
  const known = [...needs.scopes.visible("names", entry)].filter(isMachine).map((one) => one.name);
  const near = nearestName(name, [...known, ...standard.map((node) => node.name.text)]);
  const commandLine = { file: "", span: { start: 0, end: 0 } };
  needs.diagnostics.report("unknown-machine", commandLine, { name, hint: didYouMean(near) });
  return undefined;
}

function machineContext(file: string, values: Values, diagnostics: DiagnosticCollector): MachineContext {
  return {
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
