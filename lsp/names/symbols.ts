/** What the names of a text denote. */
import type { DefinitionKind } from "../../compiler/bind/bound-program.js";
import type {
  Assignment,
  AxisFactor,
  Binder,
  Declaration,
  ForExpr,
  Identifier,
  ImportName,
  LetStatement,
  LocalEquation,
  MachineItem,
  MemoryProperty,
  MeshAxis,
  MonoidRule,
  Parameter,
  PassBinding,
  RoundLoop,
  SplitVerb,
  TableColumnDecl,
  TensorType,
  TypeParameter,
} from "../../grammar/ast.js";

export type SymbolKind =
  | DefinitionKind
  // Parts of declarations.
  | ("mesh axis" | "axis factor" | "column" | "component" | "field")
  | ("rank kind" | "level" | "tier" | "memory")
  // Signatures.
  | ("type parameter" | "axis variable" | "dtype variable" | "monoid variable" | "parameter" | "result")
  // Bodies.
  | ("value" | "carried value" | "loop variable" | "index" | "equation" | "state" | "size" | "position")
  | ("part" | "pass" | "alias");

/** What a name is declared by. */
export type DeclaringNode =
  | Declaration
  | (Assignment | MeshAxis | AxisFactor | TableColumnDecl | ImportName | Exclude<MachineItem, { kind: "LinkDecl" }>)
  | (MemoryProperty | Parameter | TypeParameter | TensorType | LetStatement | ForExpr | Binder | LocalEquation)
  | (MonoidRule | RoundLoop | SplitVerb | PassBinding);

/**
 * What a name is declared to be. Two of them are the same thing where `sameSymbol` says so: a text that is read again
 * has other objects.
 */
export interface NameSymbol {
  readonly kind: SymbolKind;
  readonly name: string;
  /** Path of the file that declares it. */
  readonly file: string;
  /**
   * The identifier that declares it. Absent where it is open: the column, the factor or the mesh axis of that name which
   * whoever uses the declaration has, as `via` in an op over any table.
   */
  readonly declaredAt?: Identifier;
  /** What it is declared by; of what a type declares by naming it first, that type. */
  readonly node?: DeclaringNode;
  /** Names of the same kind differ in it; absent where they need not, and of definitions, which `bind` compares. */
  readonly within?: object;
  /** What an alias, `as` of an import, stands for. */
  readonly of?: readonly NameSymbol[];
}

export type Role = "declaration" | "read" | "write";

/** What the language itself gives a meaning. */
export type BuiltIn =
  | ("word" | "function" | "constant" | "dtype" | "unit" | "type" | "column" | "rank")
  | ("engine" | "grain" | "distribution" | "topology" | "property" | "setting");

/** Why an identifier refers to nothing. */
export type Unresolved =
  /** Nothing here has that name: a mistake in the text. */
  | "undeclared"
  /** An axis that a value has and no declaration in reach names. */
  | "axis of a value"
  /** Of a noun or verb that the grammar reads and later stages do not have. */
  | "not built yet";

/** One identifier of a text and what it refers to. */
export interface Occurrence {
  /** Its span moves with the tree: it is never copied. */
  readonly node: Identifier;
  readonly role: Role;
  /** Several where a name stands for several: collectives of one name, an import of a layer and a schedule. */
  readonly symbols: readonly NameSymbol[];
  readonly builtIn?: BuiltIn;
  readonly unresolved?: Unresolved;
  /** Where a path of a schedule names what a call gives: the name that is called, in the layer. */
  readonly via?: { readonly file: string; readonly node: Identifier };
}

const declared = new WeakMap<Identifier, NameSymbol>();

/** The symbol that an identifier declares: the same one each time, as long as the tree keeps the identifier. */
export function symbolAt(
  declaredAt: Identifier,
  kind: SymbolKind,
  file: string,
  more: Pick<NameSymbol, "node" | "within"> = {},
): NameSymbol {
  const known = declared.get(declaredAt);
  if (known?.file === file && known.kind === kind) return known;
  const symbol: NameSymbol = { kind, name: declaredAt.text, file, declaredAt, ...more };
  declared.set(declaredAt, symbol);
  return symbol;
}

/** What stands for any column, factor or mesh axis of a name. */
export function openSymbol(name: string, kind: "column" | "axis factor" | "mesh axis", file: string): NameSymbol {
  return { kind, name, file };
}

/** Whether two symbols are one thing, also where they come from two readings of one text, or one of them is open. */
export function sameSymbol(a: NameSymbol, b: NameSymbol): boolean {
  if (a === b) return true;
  if (a.name !== b.name || a.kind !== b.kind) return false;
  const [first, second] = [a.declaredAt, b.declaredAt];
  if (!first || !second || first === second) return true;
  return a.file === b.file && first.span.start === second.span.start;
}

/** The symbols without aliases: what those stand for instead. */
export function withoutAliases(symbols: readonly NameSymbol[]): readonly NameSymbol[] {
  return symbols.flatMap((symbol) => (symbol.of ? withoutAliases(symbol.of) : [symbol]));
}
