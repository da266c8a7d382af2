/** What is said of declarations, and of what they are made of. */
import type { BoundProgram, Definition } from "../../compiler/bind/bound-program.js";
import { describeDimension, type Quantity } from "../../compiler/bind/quantity.js";
import type { TableData } from "../../compiler/check/ir.js";
import { formatBytes, formatCount, formatShare, formatTime } from "../../compiler/diagnostics/quantities.js";
import type { MachineModel } from "../../compiler/machine/model.js";
import type { MeshAxis, MeshDecl } from "../../grammar/ast.js";
import { signatureText } from "../names/definition-text.js";
import type { Analysis } from "../documents/analysis.js";
import { describeSymbol } from "../names/describe.js";
import type { ProgramNames } from "../names/program-names.js";
import type { NameSymbol } from "../names/symbols.js";
import type { HoverText } from "./text.js";

/** Longer declarations are told by their heads. */
const mostLines = 14;

export function symbolText(symbol: NameSymbol, analysis: Analysis, names: ProgramNames): HoverText {
  const { node, file } = symbol;
  const source = file === analysis.path ? analysis.text : (analysis.bound?.files.get(file)?.text ?? "");
  const definition = names.scopes.own(file).find((one) => one.node === node);
  if (definition) {
    const doc = "doc" in definition.node ? definition.node.doc : undefined;
    const facts = analysis.bound ? definitionFacts(definition, analysis, analysis.bound) : [];
    return { code: codeOf(definition, source), facts, ...(doc && { doc }) };
  }
  const code = node && source !== "" ? written(source, node.span) : undefined;
  const doc = node && "doc" in node ? node.doc : undefined;
  const facts = [describeSymbol(symbol), ...(node?.kind === "MeshAxis" ? meshAxisFacts(node, analysis) : [])];
  return { code: code ?? symbol.name, facts, ...(doc && { doc }) };
}

/** Of what is its own meaning, the whole text where it is not long; else its head. */
function codeOf(definition: Definition, source: string): string {
  const head = signatureText(definition, source);
  if (definition.kind === "layer" || definition.kind === "schedule" || definition.kind === "param") {
    return definition.kind === "param" ? `param ${head}` : head;
  }
  return written(source, definition.node.span) ?? head;
}

function written(source: string, { start, end }: { readonly start: number; readonly end: number }): string | undefined {
  const text = source.slice(start, end);
  return text.split("\n").length <= mostLines ? text : undefined;
}

function definitionFacts(definition: Definition, analysis: Analysis, bound: BoundProgram): string[] {
  switch (definition.kind) {
    case "param": {
      const value = bound.params.get(definition.name);
      return value ? [`is ${quantityText(value)}`] : [];
    }
    case "axis": {
      // Definitions are looked up by identity: bind's own.
      const own = bound.lookup(definition.name, definition.file);
      const factors = own?.kind === "axis" ? bound.factorsOf(own) : undefined;
      return factors
        ? [`made of ${factors.map(({ name, size }) => `\`${name}\` (${formatCount(size)})`).join(", ")}`]
        : [];
    }
    case "table": {
      const own = bound.lookup(definition.name, definition.file);
      const index = own?.kind === "table" ? bound.tableIndex(own) : undefined;
      return index === undefined ? [] : tableFacts(bound.tables[index]!);
    }
    case "mesh":
      return meshFacts(definition.node, analysis);
    case "machine": {
      const machine = bound.meshes.find((one) => one.machine?.name === definition.name)?.machine;
      return machine ? machineFacts(machine) : [];
    }
    default:
      return [];
  }
}

export function quantityText({ value, dimension }: Quantity): string {
  const { bytes, seconds, flops } = dimension;
  if (bytes === 1 && seconds === 0 && flops === 0) return formatBytes(value);
  if (bytes === 0 && seconds === 1 && flops === 0) return formatTime(value * 1e9);
  if (bytes === 1 && seconds === -1 && flops === 0) return `${formatBytes(value)}/s`;
  const number = Number.isInteger(value) ? formatCount(value) : String(value);
  return bytes === 0 && seconds === 0 && flops === 0 ? number : `${number} ${describeDimension(dimension)}`;
}

function tableFacts({ rowCount, fromAxis, fromSize, toAxis, toSize, toStart, columns }: TableData): string[] {
  let busiest = 0;
  const rowsOf = (target: number) => toStart[target + 1]! - toStart[target]!;
  for (let target = 1; target < toSize; target++) if (rowsOf(target) > rowsOf(busiest)) busiest = target;
  const own = columns.map(({ name, axis }) => `\`${name}\`: ${axis}`);
  const even = toSize > 0 ? rowCount / toSize : 0;
  const share = even > 0 ? `, ${(rowsOf(busiest) / even).toFixed(2)} times the average` : "";
  return [
    `${formatCount(rowCount)} rows, from \`${fromAxis}\` (${formatCount(fromSize)}) to \`${toAxis}\` (${formatCount(toSize)})`,
    ...(toSize > 0 ? [`busiest target: ${busiest}, with ${formatCount(rowsOf(busiest))} rows${share}`] : []),
    ...(own.length > 0 ? [`columns: ${own.join(", ")}`] : []),
  ];
}

function meshFacts(node: MeshDecl, { tree, bound }: Analysis): string[] {
  const place = placeOfMesh(node, tree.declarations);
  const { mesh, machine } = bound?.meshes[place] ?? {};
  if (mesh === undefined) return [];
  const axes = mesh.axes.map(({ name, size }) => `\`${name}\` (${size})`).join(" x ");
  return [`${axes}: ${formatCount(mesh.rankCount)} ranks`, ...(machine ? machineFacts(machine) : [])];
}

function meshAxisFacts(axis: MeshAxis, { tree, bound }: Analysis): string[] {
  for (const node of tree.declarations) {
    if (node.kind !== "MeshDecl" || !node.axes.includes(axis)) continue;
    const mesh = bound?.meshes[placeOfMesh(node, tree.declarations)]?.mesh;
    const size = mesh?.axes.find(({ name }) => name === axis.name.text)?.size;
    return size === undefined ? [] : [`${formatCount(size)} positions`];
  }
  return [];
}

function placeOfMesh(node: MeshDecl, declarations: Analysis["tree"]["declarations"]): number {
  return declarations.filter(({ kind }) => kind === "MeshDecl").indexOf(node);
}

/** A line a kind of rank. */
function machineFacts({ kinds, kindOfRank, rankCount }: MachineModel): string[] {
  return kinds.map((kind, index) => {
    const count = kindOfRank.subarray(0, rankCount).reduce((sum, own) => sum + (own === index ? 1 : 0), 0);
    const rates = Object.entries(kind.computeFlopsPerSecond).map(([dtype, rate]) => `${dtype} ${flopRate(rate)}`);
    const { name, capacityBytes, bytesPerSecond } = kind.memory;
    return [
      `\`${kind.name}\` x ${formatCount(count)}: ${rates.join(", ")}`,
      ...(kind.efficiency < 1 ? [`ops reach ${formatShare(kind.efficiency)}`] : []),
      `${formatCount(kind.sms)} SMs`,
      `${name} ${formatBytes(capacityBytes)} at ${formatBytes(bytesPerSecond)}/s`,
      ...(kind.copyEngines > 0 ? [`${kind.copyEngines} copy engines`] : []),
      ...(kind.launchSeconds > 0 ? [`launch ${formatTime(kind.launchSeconds * 1e9)}`] : []),
    ].join("; ");
  });
}

function flopRate(rate: number): string {
  return rate >= 1e12
    ? `${Number((rate / 1e12).toPrecision(4))} TFLOP/s`
    : `${Number((rate / 1e9).toPrecision(4))} GFLOP/s`;
}
