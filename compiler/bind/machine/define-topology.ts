import type { LinkDecl } from "../../../grammar/ast.js";
import type { MachineContext } from "./context.js";
import { endsIn } from "./ends.js";
import type { LinkEnds } from "./ends.js";
import { figuresOf } from "./link-properties.js";
import type { Figures, Forms } from "./link-properties.js";
import type { AddResource, Topology } from "./topology.js";

interface Definition<F extends Forms> {
  readonly forms: F;
  /** What figures do not fit the ends, for `value-out-of-range`. */
  problem?(ends: LinkEnds, figures: Figures<F>): { what: string; expected: string; value: number } | undefined;
  /** Never fewer than `make` adds, so that a machine too large is refused before it is built. */
  resourceCount(ends: LinkEnds, figures: Figures<F>): number;
  make(ends: LinkEnds, figures: Figures<F>, add: AddResource): Topology;
}

/** Reads what a link states. Undefined where that is refused, which is reported. */
export type ReadTopology = (link: LinkDecl, context: MachineContext) => UnplacedTopology | undefined;

/** A link that has its figures, but not yet its ends. */
export interface UnplacedTopology {
  /** With ends that its figures fit; undefined where they do not, which is reported. */
  place(ends: LinkEnds): PlacedTopology | undefined;
}

export interface PlacedTopology {
  readonly resourceCount: number;
  /** Once for each instance of the machine that declares the link. */
  make(add: AddResource, prefix: string): Topology;
}

export function defineTopology<F extends Forms>(definition: Definition<F>): ReadTopology {
  return (link, context) => {
    const { topology, properties } = link;
    const stated = { owner: `This ${topology.text} link`, at: topology, properties };
    const figures = figuresOf(stated, definition.forms, context);
    if (!figures) return undefined;
    return {
      place(ends) {
        const problem = definition.problem?.(ends, figures);
        if (problem) {
          context.diagnostics.report("value-out-of-range", context.locate(link.topology), problem);
          context.refused = true;
          return undefined;
        }
        return {
          resourceCount: definition.resourceCount(ends, figures),
          make: (add, prefix) => definition.make(endsIn(ends, prefix), figures, add),
        };
      },
    };
  };
}
