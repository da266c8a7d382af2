import type { Identifier, NumberLiteral } from "../../grammar/ast.js";
import type { FileScope } from "./file-scope.js";
import { symbolAt } from "./symbols.js";
import type { BuiltIn, NameSymbol, Occurrence, Role, SymbolKind, Unresolved } from "./symbols.js";

/** A walk over one declaration: what it notes of each identifier, and where it looks names up. */
export class Walk {
  /** By where they begin: numbers are far quicker to find than nodes. */
  private readonly noted = new Map<number, Occurrence>();

  constructor(
    readonly file: string,
    readonly scope: FileScope,
  ) {}

  /** What was noted, in the order of the text. */
  occurrences(): Occurrence[] {
    return [...this.noted.values()].sort((a, b) => a.node.span.start - b.node.span.start);
  }

  has(name: Identifier): boolean {
    return this.noted.has(name.span.start);
  }

  /** The symbol that a name declares, without noting it: where it stands is still to come. */
  symbol(name: Identifier, kind: SymbolKind, more: Pick<NameSymbol, "node" | "within"> = {}): NameSymbol {
    return symbolAt(name, kind, this.file, more);
  }

  declare(name: Identifier, kind: SymbolKind, more: Pick<NameSymbol, "node" | "within"> = {}): NameSymbol {
    const symbol = this.symbol(name, kind, more);
    this.refer(name, symbol);
    return symbol;
  }

  /** Notes what a name refers to; nothing found is a mistake in the text. */
  refer(
    name: Identifier,
    found: NameSymbol | readonly NameSymbol[] | undefined,
    role: Role = "read",
    via?: Occurrence["via"],
  ): void {
    const symbols = found === undefined ? [] : "kind" in found ? [found] : found;
    if (symbols.length === 0) return this.leave(name, "undeclared");
    const declares = symbols.some((symbol) => symbol.declaredAt === name);
    this.note({ node: name, role: declares ? "declaration" : role, symbols, ...(via && { via }) });
  }

  builtIn(name: Identifier, builtIn: BuiltIn, via?: Occurrence["via"]): void {
    this.note({ node: name, role: "read", symbols: [], builtIn, ...(via && { via }) });
  }

  /** Built in where it is one of these, else a mistake in the text. */
  oneOf(name: Identifier, known: Iterable<string>, builtIn: BuiltIn): void {
    for (const one of known) if (one === name.text) return this.builtIn(name, builtIn);
    this.leave(name, "undeclared");
  }

  leave(name: Identifier, unresolved: Unresolved): void {
    this.note({ node: name, role: "read", symbols: [], unresolved });
  }

  /** The unit of a number. */
  literal({ unit }: NumberLiteral): void {
    if (unit) this.builtIn(unit, "unit");
  }

  /** What is known first stays: a later note is of a part that was understood already. */
  private note(occurrence: Occurrence): void {
    const { start } = occurrence.node.span;
    if (!this.noted.has(start)) this.noted.set(start, occurrence);
  }
}
