/** What every part of the making of one table needs to hand. */
import type { Expr, Identifier } from "../../grammar/ast.js";
import type { TableData } from "../check/ir.js";
import type { DiagnosticCollector } from "../diagnostics/collector.js";
import { locate } from "./bound-program.js";
import type { TableDefinition } from "./bound-program.js";
import type { ReadResult } from "./source-host.js";
import type { GeneratedRows } from "./table-rows.js";
import type { TableSizes } from "./tables-recorded.js";
import type { Values } from "./values.js";

/** Rows of one table: a quarter of a gigabyte of columns. */
export const mostRows = 2 ** 24;

/** Makes the rows once sizes are known; undefined where something is wrong with them, which is reported. */
export type MakeRows = (shape: TableSizes) => GeneratedRows | undefined;

export interface TableContext {
  readonly values: Values;
  readonly diagnostics: DiagnosticCollector;
  /** Text of a file, to name axes that are no names. */
  textOf(file: string): string;
  /** The file that was given: paths of tables' files stay below its folder. */
  readonly entry: string;
  /** The text of a table's file. */
  read(path: string): ReadResult;
}

export interface TableScope {
  readonly definition: TableDefinition;
  readonly context: TableContext;
  readonly values: Values;
  readonly diagnostics: DiagnosticCollector;
  /** What gives the rows, and the file in which it stands: a profile or `--set` may have put it in its place. */
  readonly source: Expr | undefined;
  readonly guard: Expr | undefined;
  readonly where: string;
  readonly seed: Expr | undefined;
  readonly seedFile: string;
  /** Name of the axis that `to` points into. */
  readonly toAxis: string;
  /** The table a name in `file` means; undefined where it means none or has an error, which is reported. */
  tableNamed(name: Identifier, file: string): { readonly table: TableData; readonly index: number } | undefined;
}

/** The name of the source or of what it calls; empty where it has none. */
export function nameOf(source: Expr): string {
  const callee = source.kind === "CallExpr" ? source.callee : source;
  return callee.kind === "NameExpr" ? callee.name.text : "";
}

/** Whether a table may have so many rows; reported where not. */
export function isSmallEnough(rows: number, { definition, diagnostics }: TableScope): boolean {
  if (rows <= mostRows) return true;
  const parts = { name: definition.name, rows, limit: mostRows };
  diagnostics.report("table-too-large", locate(definition.file, definition.node.name), parts);
  return false;
}
