import { createCollector } from "../diagnostics/collector.js";
import type { DefinitionKind } from "./bound-program.js";
import { definitionsOf } from "./definitions.js";
import { parseStandard } from "./load.js";
import type { SourceHost } from "./source-host.js";
import { standardModules, standardPath } from "./standard-library.js";
import type { StandardModule } from "./standard-library.js";

/** Which module of the standard library declares a name; its files are read when first asked. */
export interface StandardNames {
  moduleWith(name: string, kinds: readonly DefinitionKind[]): StandardModule | undefined;
}

export function createStandardNames(host: SourceHost): StandardNames {
  let modules: Map<string, Map<DefinitionKind, StandardModule>> | undefined;

  function read(): Map<string, Map<DefinitionKind, StandardModule>> {
    const found = new Map<string, Map<DefinitionKind, StandardModule>>();
    for (const module of standardModules) {
      const result = host.read(standardPath(module));
      if ("problem" in result) continue;
      const tree = parseStandard(standardPath(module), result.text, createCollector());
      for (const { name, kind } of definitionsOf(standardPath(module), tree)) {
        const kinds = found.get(name) ?? new Map<DefinitionKind, StandardModule>();
        found.set(name, kinds.set(kind, module));
      }
    }
    return found;
  }

  return {
    moduleWith(name, kinds) {
      modules ??= read();
      const of = modules.get(name);
      return kinds.map((kind) => of?.get(kind)).find((module) => module !== undefined);
    },
  };
}
