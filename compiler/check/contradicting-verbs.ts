/** Verbs of one schedule that say two things of one value, as far as the text alone shows it. */
import type { CheckContext } from "./check-context.js";
import type { Target, VerbIR } from "./ir.js";

/** Of these a value takes one each. */
const once = new Set<VerbIR["verb"]>(["use", "tile", "run", "keep"]);

export function reportContradictions(verbs: readonly VerbIR[], { diagnostics }: CheckContext): void {
  const told = new Map<string, Target>();
  for (const verb of verbs) {
    if (!once.has(verb.verb) || !("targets" in verb)) continue;
    for (const target of verb.targets) {
      const key = `${verb.verb} ${target.value}`;
      const before = told.get(key);
      if (!before) told.set(key, target);
      else {
        const related = [{ location: before.location, message: `\`${verb.verb}\` names it here first` }];
        const parameters = { name: target.path, verb: `\`${verb.verb}\`` };
        diagnostics.report("contradicting-verbs", target.location, parameters, { related });
      }
    }
  }
}
