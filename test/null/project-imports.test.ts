import { describe, expect, test } from "vitest";
import { checkImports, readSources } from "../../scripts/check-imports.mjs";
import { projectRoot } from "../support/project.js";

/** Problems of a tree given as { path: lines of import }. */
const problems = (tree: Record<string, string>): string[] => checkImports(new Map(Object.entries(tree)));

describe("imports go downward only", () => {
  test("the project's own do", () => {
    expect(checkImports(readSources(projectRoot))).toEqual([]);
  });

  test("an import upward is named with its line and the rule it breaks", () => {
    const found = problems({
      "compiler/lower/blocks.ts": `// first\nimport { simulate } from "../../simulator/simulate.js";\n`,
      "simulator/simulate.ts": "",
    });
    expect(found).toEqual([
      "compiler/lower/blocks.ts:2 imports simulator/simulate.ts: compiler may import grammar, and the contracts; imports go downward only",
    ]);
  });

  test.each([
    ["grammar/parser.ts", "compiler/program.ts"],
    ["compiler/graph/edges.ts", "compiler/lower/blocks.ts"],
    ["simulator/simulate.ts", "compiler/bind/bind.ts"],
    ["runtime/run.ts", "simulator/simulate.ts"],
    ["simulator/simulate.ts", "cli/main.ts"],
  ])("%s may not import %s, in any form", (from, to) => {
    const relative = `${"../".repeat(from.split("/").length - 1)}${to.replace(/\.ts$/, ".js")}`;
    for (const form of [
      `import { a } from "${relative}";`,
      `import type { A } from "${relative}";`,
      `import {\n  a,\n  b,\n} from "${relative}";`,
      `import "${relative}";`,
      `export * from "${relative}";`,
      `const a = await import("${relative}");`,
    ]) {
      expect(problems({ [from]: form, [to]: "" }), form).toHaveLength(1);
    }
  });

  test("the contracts may be imported from above, but import nothing else", () => {
    expect(
      problems({
        "runtime/run.ts": `import type { KernelIR } from "../compiler/check/ir.js";`,
        "compiler/check/ir.ts": "",
      }),
    ).toEqual([]);
    expect(
      problems({
        "compiler/check/ir.ts": `import { check } from "./check.js";`,
        "compiler/check/check.ts": "",
      }),
    ).toEqual(["compiler/check/ir.ts:1 imports compiler/check/check.ts: a contract imports only other contracts"]);
  });

  test("what runs in browsers imports nothing of Node", () => {
    expect(problems({ "simulator/simulate.ts": `import { readFileSync } from "node:fs";` })).toHaveLength(1);
    expect(problems({ "cli/main.ts": `import { readFileSync } from "node:fs";` })).toEqual([]);
  });

  test("folders that import each other are shown as a circle, once, with the imports that close it", () => {
    const found = problems({
      "compiler/lower/a.ts": `import { b } from "../plan/b.js";`,
      "compiler/plan/b.ts": `import { c } from "../prove/c.js";`,
      "compiler/prove/c.ts": `import { d } from "../lower/d.js";`,
      "compiler/lower/d.ts": "",
    });
    expect(found).toHaveLength(1);
    expect(found[0]).toContain("compiler/lower -> compiler/plan -> compiler/prove -> compiler/lower");
    expect(found[0]).toContain("compiler/prove/c.ts:1 imports compiler/lower/d.ts");
  });
});
