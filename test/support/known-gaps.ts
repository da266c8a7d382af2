/** The programs of test/known-gaps: what each is expected to be refused with, and what is said of it. */
import { createMemoryHost } from "../../compiler/bind/source-host.js";
import { createLineMap } from "../../compiler/diagnostics/line-map.js";
import { renderText } from "../../compiler/diagnostics/render-text.js";
import type { Diagnostic } from "../../compiler/diagnostics/types.js";
import { checkFile } from "../../compiler/program.js";
import { createClaimEvaluator } from "../../evidence/claims.js";
import { createNodePool } from "../../runtime/node/workers.js";
import { standardHost } from "./bind-text.js";
import { projectFiles, readProjectFile } from "./project.js";

export const gapsFolder = "test/known-gaps";

/** Without `.stretto`; repaired ones end in `.repaired`. */
export const gapPrograms: readonly string[] = projectFiles()
  .filter((path) => path.startsWith(`${gapsFolder}/`) && path.endsWith(".stretto"))
  .map((path) => path.slice(gapsFolder.length + 1, -".stretto".length));

export const refusedPrograms = gapPrograms.filter((name) => !name.endsWith(".repaired"));

export interface Expected {
  readonly name: string;
  readonly line: number;
}

/** `// expects: NAME` is about the next line that is no comment. */
export function expectedOf(name: string): Expected[] {
  const lines = gapText(name).split("\n");
  return lines.flatMap((text, index) => {
    const found = /^\s*\/\/ expects: (\S+)$/.exec(text);
    if (found === null) return [];
    const after = lines.findIndex((other, at) => at > index && !/^\s*\/\//.test(other));
    return [{ name: found[1]!, line: after + 1 }];
  });
}

export interface Verdict {
  readonly found: readonly Expected[];
  /** As a terminal shows it. */
  readonly rendered: string;
  /** Claims that were shown, all but `same result`, which takes a run. */
  readonly claims: readonly string[];
}

/** Checks a program, plans and proves each of its schedules, and evaluates what its checks claim but results. */
export async function verdictOf(name: string): Promise<Verdict> {
  const file = `${name}.stretto`;
  const text = gapText(name);
  const { program, diagnostics } = checkFile(file, createMemoryHost({ [file]: text }, standardHost));
  const all = [...diagnostics];
  const claims: string[] = [];
  // No worker is started unless results are asked for.
  const pool = createNodePool();
  if (program !== undefined) {
    const evaluator = createClaimEvaluator(program, program, pool);
    const add = (more: readonly Diagnostic[]): void => {
      for (const one of more) if (!all.includes(one)) all.push(one);
    };
    for (const schedule of program.schedules) {
      const attempt = evaluator.plan(schedule);
      if (!("value" in attempt)) add(attempt.diagnostics);
    }
    for (const check of program.checks)
      for (const claim of check.claims) {
        if (claim.claim === "same result") continue;
        const outcome = await evaluator.evaluate(check, claim);
        add(outcome.diagnostics);
        if (outcome.state === "holds") claims.push(`${outcome.subject}: ${outcome.text}`);
      }
  }
  await pool.close();
  const map = createLineMap(text);
  const sorted = all.toSorted((a, b) => a.location.span.start - b.location.span.start);
  return {
    found: sorted.map(({ name: diagnostic, location }) => ({
      name: diagnostic,
      line: map.positionAt(location.span.start).line,
    })),
    rendered: renderText(sorted, (path) => (path === file ? text : undefined)),
    claims,
  };
}

export function gapText(name: string): string {
  return readProjectFile(`${gapsFolder}/${name}.stretto`);
}
