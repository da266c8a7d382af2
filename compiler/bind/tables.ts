/** The tables of all files, each made after those it is made from. */
import type { Expr, Identifier, TableDecl } from "../../grammar/ast.js";
import type { TableData } from "../check/ir.js";
import { locate } from "./bound-program.js";
import type { Definition, TableDefinition } from "./bound-program.js";
import { describeKind } from "./definitions.js";
import { namesIn } from "./names-in.js";
import type { Memory } from "./memory.js";
import type { NameReporter } from "./report-unknown-name.js";
import type { Scopes } from "./scopes.js";
import type { Setting } from "./settings.js";
import { makeTable } from "./table-declaration.js";
import type { UnfinishedTable } from "./table-declaration.js";
import type { TableContext } from "./table-scope.js";

export interface TablesContext extends TableContext {
  readonly scopes: Scopes;
  readonly settings: ReadonlyMap<Definition, Setting>;
  readonly reportUnknownName: NameReporter;
  readonly memory: Memory;
}

/** All tables of a program, without diagnostics: what is kept of each. */
interface KeptTables {
  readonly all: readonly TableData[];
  readonly indices: ReadonlyMap<TableDecl, number>;
}

export interface Tables {
  /** Those without an error: a table stands after those it is made from, otherwise as declared. */
  readonly all: readonly TableData[];
  /** Index into `all`. */
  indexOf(definition: TableDefinition): number | undefined;
  /** What a name means where a table has to stand; undefined where it is none without an error, which is reported. */
  named(name: Identifier, file: string): { readonly table: TableData } | undefined;
}

/** Rows and further columns are made apart: a column may lead into a projection of the rows it stands in. */
type Stage = "rows" | "columns";
interface Step {
  readonly definition: TableDefinition;
  readonly stage: Stage;
}

/** Makes the tables of those definitions; mistakes in them are reported. */
export function makeTables(definitions: readonly TableDefinition[], context: TablesContext): Tables {
  const { scopes, settings, diagnostics, memory } = context;
  const kept = keptTables(definitions, memory);
  const all: TableData[] = [...(kept?.all ?? [])];
  const reported = diagnostics.count();
  const states: Record<Stage, Map<TableDefinition, "open" | "done">> = { rows: new Map(), columns: new Map() };
  const made = new Map<TableDefinition, { readonly table: UnfinishedTable; readonly index: number }>();
  const failed = new Set<TableDefinition>();
  if (kept === undefined) {
    for (const definition of definitions) settle({ definition, stage: "columns" });
    if (diagnostics.count() === reported) keep();
  }
  return { all, indexOf, named: tableNamed };

  function keep(): void {
    const indices = new Map(definitions.flatMap((one) => (made.has(one) ? [[one.node, made.get(one)!.index]] : [])));
    const tables: KeptTables = { all, indices };
    for (const { node } of definitions) memory.keep(node, tables);
  }

  function indexOf(definition: TableDefinition): number | undefined {
    if (kept !== undefined) return kept.indices.get(definition.node);
    return failed.has(definition) ? undefined : made.get(definition)?.index;
  }

  /** Depth first with a stack of its own: a chain of tables may be longer than the machine's. */
  function settle(root: Step): void {
    const stack = [root];
    while (stack.length > 0) {
      const step = stack.at(-1)!;
      const state = states[step.stage].get(step.definition);
      if (state === undefined) {
        states[step.stage].set(step.definition, "open");
        for (const needed of dependencies(step)) {
          const its = states[needed.stage].get(needed.definition);
          if (its === "open") reportCycle(needed, stack);
          else if (its === undefined) stack.push(needed);
        }
        continue;
      }
      stack.pop();
      if (state === "open") {
        make(step);
        states[step.stage].set(step.definition, "done");
      }
    }
  }

  function make({ definition, stage }: Step): void {
    if (stage === "rows") {
      const table = makeTable(definition, settings.get(definition), { ...context, tableNamed });
      if (table) made.set(definition, { table, index: all.push(table.data) - 1 });
    } else if (made.get(definition)?.table.addColumns() === false) failed.add(definition);
  }

  function dependencies({ definition, stage }: Step): Step[] {
    const { node, file } = definition;
    if (stage === "columns") {
      const needed = node.with.flatMap(({ axis, value }) => [...namedSteps(axis, file), ...namedSteps(value, file)]);
      return [{ definition, stage: "rows" }, ...needed];
    }
    const setting = settings.get(definition);
    const guard = setting ? setting.guard : node.guard;
    const where = setting?.file ?? file;
    return [...namedSteps(setting?.value ?? node.source, where), ...namedSteps(guard, where)];
  }

  /** The rows of every table that is named, and its further columns where one of them is named too. */
  function namedSteps(expression: Expr | undefined, file: string): Step[] {
    if (expression === undefined) return [];
    const names = namesIn(expression);
    return [...names]
      .flatMap((name) => scopes.lookup("names", name, file))
      .filter(isTable)
      .flatMap((definition): Step[] => {
        const named = definition.node.with.some(({ name }) => names.has(name.text));
        return named
          ? [
              { definition, stage: "rows" },
              { definition, stage: "columns" },
            ]
          : [{ definition, stage: "rows" }];
      });
  }

  function reportCycle(closing: Step, stack: readonly Step[]): void {
    const open = stack.filter(({ definition, stage }) => states[stage].get(definition) === "open");
    const first = open.findIndex(
      ({ definition, stage }) => definition === closing.definition && stage === closing.stage,
    );
    const cycle = [...new Set(open.slice(first).map(({ definition }) => definition))];
    for (const one of cycle) failed.add(one);
    const shown = cycle.length > 8 ? [...cycle.slice(0, 7), undefined] : cycle;
    const related = cycle
      .slice(1, 8)
      .map((other) => ({ location: locate(other.file, other), message: `\`${other.name}\` is part of the cycle` }));
    const { definition } = closing;
    const parts = { name: definition.name, cycle: [...shown, definition].map((one) => one?.name ?? "..").join(" -> ") };
    diagnostics.report("table-cycle", locate(definition.file, definition), parts, { related });
  }

  function tableNamed(name: Identifier, file: string): { table: TableData; index: number } | undefined {
    const [definition] = scopes.lookup("names", name.text, file);
    if (!definition) context.reportUnknownName(name, file, "a table", ["table"]);
    else if (!isTable(definition)) {
      const related = [{ location: locate(definition.file, definition), message: "declared here" }];
      const parts = { name: name.text, found: describeKind(definition.kind), expected: "a table" };
      diagnostics.report("wrong-noun", locate(file, name), parts, { related });
    } else {
      // Undefined: it has an error, or is part of a cycle, which is reported.
      const index = indexOf(definition);
      return index === undefined ? undefined : { table: all[index]!, index };
    }
    return undefined;
  }
}

/** Those of the last run, where they are the same tables and none is to be made again. */
function keptTables(definitions: readonly TableDefinition[], memory: Memory): KeptTables | undefined {
  const [first, ...others] = definitions.map(({ node }) => memory.recall(node) as KeptTables | undefined);
  return first?.indices.size === definitions.length && others.every((other) => other === first) ? first : undefined;
}

function isTable(definition: Definition): definition is TableDefinition {
  return definition.kind === "table";
}
