import type {
  Claim,
  Declaration,
  Expr,
  LayerStatement,
  Parameter,
  SourceFile,
  Span,
  TensorType,
  Verb,
} from "../../grammar/ast.js";
import type { DiagnosticCollector } from "../diagnostics/collector.js";

/** Of claims: they change nothing else, so a file that makes them still runs. */
type PassOver = (node: { readonly span: Span }, what: string, instead: string) => void;
type Report = (node: { readonly span: Span }, what: string) => void;

/**
 * Reports `not-built-yet` at everything that the grammar reads and later stages do not have. The rest of the file is
 * compiled as if it were not there; other stages pass over it in silence.
 */
export function reportLaterNouns(file: string, tree: SourceFile, diagnostics: DiagnosticCollector): void {
  const report: Report = (node, what) => diagnostics.report("not-built-yet", { file, span: node.span }, { what });
  const passOver: PassOver = (node, what, instead) =>
    diagnostics.report("claim-not-judged", { file, span: node.span }, { what, instead });
  for (const declaration of tree.declarations) inDeclaration(declaration, report, passOver);
}

function inDeclaration(node: Declaration, report: Report, passOver: PassOver): void {
  switch (node.kind) {
    case "RecordDecl":
      return report(node.name, "A record");
    case "AssumeDecl":
      return report(node.name, "`assume`");
    case "OpDecl":
      inParameters(node.parameters, report);
      return inType(node.result, report);
    case "LayerDecl":
      if (node.approximate) report(node.name, "`approximate`");
      inParameters([...node.parameters, ...node.results], report, true);
      return inStatements(node.body, report);
    case "CollectiveDecl":
      inType(node.inputType, report);
      inType(node.outputType, report);
      return;
    case "ScheduleDecl":
      for (const verb of node.verbs) inVerb(verb, report);
      return;
    case "CheckDecl":
      for (const claim of node.claims) inClaim(claim, passOver);
      return;
    default:
      return;
  }
}

function inParameters(parameters: readonly Parameter[], report: Report, inLayer = false): void {
  for (const { type } of parameters) if (type.kind === "TensorType") inType(type, report, inLayer);
}

function inType(type: TensorType, report: Report, inLayer = false): void {
  if (type.on && !inLayer) report(type.on, "A value on a mesh of its own");
  if (type.tier && !inLayer) report(type.tier, "A value in a memory tier");
}

function inStatements(statements: readonly LayerStatement[], report: Report): void {
  for (const statement of statements) {
    if (statement.kind === "WhenStatement") report(statement, "`when`");
    else if (statement.kind === "NextStatement") report(statement, "`next`");
    else if (statement.kind === "ReturnStatement") for (const value of statement.values) inValue(value, report);
    else {
      for (const target of statement.targets) if (target.type) inType(target.type, report, true);
      inValue(statement.value, report);
    }
  }
}

function inValue(value: Expr, report: Report): void {
  if (value.kind === "ForExpr") report(value, "A loop in a layer");
}

function inVerb(verb: Verb, report: Report): void {
  if (verb.kind === "RecomputeVerb") report(verb, "`recompute`");
  else if (verb.kind === "InVerb") report(verb, "A verb `in` a path");
  else if (verb.kind === "PassVerb") report(verb, "`pass`");
  else if (verb.kind === "OrderVerb" && verb.program) report(verb.program, "An order that is a program");
  else if (verb.kind === "KeepVerb" && verb.tier) report(verb, "`keep` in a memory tier");
}

function inClaim(claim: Claim, passOver: PassOver): void {
  if (claim.kind === "DriftClaim") passOver(claim, "`drift`", "this claim is passed over");
}
