/** Names of one declaration, kept as long as it and what it names stay what they are. */
import { identifiersWithin } from "../../compiler/bind/names-in.js";
import type { Declaration } from "../../grammar/ast.js";
import { walkCheck } from "./check-names.js";
import { walkCollective } from "./collective-names.js";
import { FileScope, Questions } from "./file-scope.js";
import { walkLayer } from "./layer-names.js";
import { walkMachine } from "./machine-names.js";
import { walkMonoid } from "./monoid-names.js";
import { walkOp } from "./op-names.js";
import type { ProgramScopes } from "./program-scopes.js";
import { walkSchedule } from "./schedule-names.js";
import { walkAssumption, walkAxis, walkImport, walkMesh, walkParams, walkProfile, walkRecord } from "./size-names.js";
import type { Occurrence } from "./symbols.js";
import { walkTable } from "./table-names.js";
import { Walk } from "./walk.js";

interface Kept {
  readonly file: string;
  readonly questions: Questions;
  readonly occurrences: readonly Occurrence[];
}

const kept = new WeakMap<Declaration, Kept>();

/** Every identifier of a declaration, in the order of the text. */
export function namesOfDeclaration(node: Declaration, file: string, scopes: ProgramScopes): readonly Occurrence[] {
  const before = kept.get(node);
  if (before?.file === file && before.questions.hold(scopes)) return before.occurrences;
  const questions = new Questions();
  const walk = new Walk(file, new FileScope(file, scopes, questions));
  walkDeclaration(node, walk);
  // Where a text is broken, parts of it are no form that anything reads.
  for (const identifier of identifiersWithin(node)) if (!walk.has(identifier)) walk.leave(identifier, "undeclared");
  const occurrences = walk.occurrences();
  kept.set(node, { file, questions, occurrences });
  return occurrences;
}

function walkDeclaration(node: Declaration, walk: Walk): void {
  switch (node.kind) {
    case "ImportDecl":
      return walkImport(node, walk);
    case "ParamDecl":
      return walkParams(node, walk);
    case "ProfileDecl":
      return walkProfile(node, walk);
    case "AxisDecl":
      return walkAxis(node, walk);
    case "MachineDecl":
      return walkMachine(node, walk);
    case "MeshDecl":
      return walkMesh(node, walk);
    case "TableDecl":
      return walkTable(node, walk);
    case "MonoidDecl":
      return walkMonoid(node, walk);
    case "OpDecl":
      return walkOp(node, walk);
    case "RecordDecl":
      return walkRecord(node, walk);
    case "LayerDecl":
      return walkLayer(node, walk);
    case "CollectiveDecl":
      return walkCollective(node, walk);
    case "ScheduleDecl":
      return walkSchedule(node, walk);
    case "CheckDecl":
      return walkCheck(node, walk);
    case "AssumeDecl":
      return walkAssumption(node, walk);
  }
}
