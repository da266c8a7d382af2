/**
 * `async v, ..`
 *
 * Legality. Always: data edges alone decide what a statement's tasks need (R5); program order only adds to them.
 *
 * Effect. v's statements leave program order: they wait for none but what they read, and hold up none but their
 * readers.
 */
import type { VerbContext, VerbOf } from "./context.js";

export function applyAsync(context: VerbContext, verb: VerbOf<"async">): void {
  // `n ahead` counts iterations of a loop.
  if (verb.ahead !== undefined)
    context.diagnostics.report("not-built-yet", verb.location, { what: "`async .. ahead`" });
  for (const target of verb.targets) for (const s of target.statements) context.settings.statements[s]!.async = true;
}
