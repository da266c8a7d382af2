import type { ClaimIR, CheckedProgram, MeshModel } from "../compiler/check/ir.js";
import { formatBytes, formatError, formatShare } from "../compiler/diagnostics/quantities.js";

type QuantityClaim = Extract<ClaimIR, { readonly comparison: string }>;

/**
 * A claim in the words of the language: `memory <= 80.00 GB`.
 *
 * @param program on the mesh of the layer that the claim is about
 */
export function claimText(claim: ClaimIR, program: CheckedProgram): string {
  switch (claim.claim) {
    case "same result": {
      const within = claim.within === undefined ? "" : ` within ${formatError(claim.within)}`;
      return `same result as ${program.layers[claim.layer]!.name}${within}`;
    }
    case "no deadlock":
    case "no race":
      return claim.claim;
    case "memory":
    case "bytes moved":
    case "messages":
    case "rounds":
      return `${quantityName(claim, program.mesh)} ${claim.comparison} ${quantityText(claim.claim, claim.limit)}`;
    case "hides":
      return `hides ${formatShare(claim.share)} of communication`;
    case "faster than":
      return `faster than ${program.schedules[claim.schedule]!.name}${claim.by === undefined ? "" : ` by ${claim.by}`}`;
  }
}

/** `bytes moved over node per rank`. */
export function quantityName({ claim, over, perRank }: QuantityClaim, mesh: MeshModel): string {
  return `${claim}${over === undefined ? "" : ` over ${mesh.axes[over]!.name}`}${perRank ? " per rank" : ""}`;
}

/** Bytes in their unit, messages and rounds as a count. */
export function quantityText(quantity: "memory" | "bytes moved" | "messages" | "rounds", value: number): string {
  const isCount = quantity === "messages" || quantity === "rounds";
  return isCount ? value.toLocaleString("en-US") : formatBytes(value);
}
