/** The tables of all files, each made after those it is made from. */
import type { Identifier } from "../../grammar/ast.js";
import type { TableData } from "../check/ir.js";
import { locate } from "./bound-program.js";
import type { Definition, TableDefinition } from "./bound-program.js";
import { describeKind } from "./definitions.js";
import { namesIn } from "./names-in.js";
import type { NameReporter } from "./report-unknown-name.js";
import type { Scopes } from "./scopes.js";
import type { Setting } from "./settings.js";
import { makeTable } from "./table-declaration.js";
import type { TableContext } from "./table-scope.js";

export interface TablesContext extends TableContext {
  readonly scopes: Scopes;
  readonly settings: ReadonlyMap<Definition, Setting>;
  readonly reportUnknownName: NameReporter;
}

export interface Tables {
  /** Those without an error: a table stands after those it is made from, otherwise as declared. */
  readonly all: readonly TableData[];
  /** Index into `all`. */
  indexOf(definition: TableDefinition): number | undefined;
}

/** Makes the tables of those definitions; mistakes in them are reported. */
export function makeTables(definitions: readonly TableDefinition[], context: TablesContext): Tables {
  const { scopes, settings, diagnostics } = context;
  const all: TableData[] = [];
  const states = new Map<TableDefinition, "open" | { readonly index: number | undefined }>();
  for (const definition of definitions) settle(definition);
  return { all, indexOf };

  function indexOf(definition: TableDefinition): number | undefined {
    const state = states.get(definition);
    return state === undefined || state === "open" ? undefined : state.index;
  }

  /** Depth first with a stack of its own: a chain of tables may be longer than the machine's. */
  function settle(root: TableDefinition): void {
    const stack = [root];
    while (stack.length > 0) {
      const definition = stack.at(-1)!;
      const state = states.get(definition);
      if (state === undefined) {
        states.set(definition, "open");
        for (const needed of dependencies(definition)) {
          const its = states.get(needed);
          if (its === "open") reportCycle(needed, stack);
          else if (its === undefined) stack.push(needed);
        }
        continue;
      }
      stack.pop();
      if (state === "open") states.set(definition, { index: make(definition) });
    }
  }

  function make(definition: TableDefinition): number | undefined {
    const table = makeTable(definition, settings.get(definition), { ...context, tableNamed });
    return table && all.push(table) - 1;
  }

  function dependencies(definition: TableDefinition): TableDefinition[] {
    const setting = settings.get(definition);
    const { node, file } = definition;
    const source = setting?.value ?? node.source;
    const where = setting?.file ?? file;
    const guard = setting ? setting.guard : node.guard;
    const written = [
      ...[source, guard].map((expression) => ({ expression, at: where })),
      ...node.with.flatMap(({ axis, value }) => [axis, value].map((expression) => ({ expression, at: file }))),
    ];
    return written.flatMap(({ expression, at }) =>
      expression === undefined
        ? []
        : [...namesIn(expression)].flatMap((name) => scopes.lookup("names", name, at)).filter(isTable),
    );
  }

  function reportCycle(closing: TableDefinition, stack: readonly TableDefinition[]): void {
    const open = stack.filter((definition) => states.get(definition) === "open");
    const cycle = open.slice(open.indexOf(closing));
    const shown = cycle.length > 8 ? [...cycle.slice(0, 7), undefined] : cycle;
    const related = cycle
      .slice(1, 8)
      .map((other) => ({ location: locate(other.file, other), message: `\`${other.name}\` is part of the cycle` }));
    const parts = { name: closing.name, cycle: [...shown, closing].map((one) => one?.name ?? "..").join(" -> ") };
    diagnostics.report("table-cycle", locate(closing.file, closing), parts, { related });
  }

  function tableNamed(name: Identifier, file: string): { table: TableData; index: number } | undefined {
    const [definition] = scopes.lookup("names", name.text, file);
    if (!definition) context.reportUnknownName(name, file, "a table", ["table"]);
    else if (!isTable(definition)) {
      const related = [{ location: locate(definition.file, definition), message: "declared here" }];
      const parts = { name: name.text, found: describeKind(definition.kind), expected: "a table" };
      diagnostics.report("wrong-noun", locate(file, name), parts, { related });
    } else {
      // Open: part of a cycle, which is reported. One with an error is reported too.
      const index = indexOf(definition);
      return index === undefined ? undefined : { table: all[index]!, index };
    }
    return undefined;
  }
}

function isTable(definition: Definition): definition is TableDefinition {
  return definition.kind === "table";
}
