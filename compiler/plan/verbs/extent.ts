import type { AxisIR, CheckedProgram } from "../../check/ir.js";
import { Domains } from "../../lower/domains.js";
import { runsLength } from "../../graph/runs.js";

/** Indices of the axis on the rank that holds most of them. */
export function longestPart(program: CheckedProgram, axis: AxisIR): number {
  const domains = new Domains(program);
  let longest = 0;
  for (let rank = 0; rank < program.mesh.rankCount; rank++)
    longest = Math.max(longest, runsLength(domains.ofAxis(axis, rank)));
  return longest;
}
