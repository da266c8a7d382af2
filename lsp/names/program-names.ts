/** What every name of some files refers to, and where a thing is named. */
import { isStandardPath } from "../../compiler/bind/standard-library.js";
import type { Declaration } from "../../grammar/ast.js";
import { namesOfDeclaration } from "./declaration-names.js";
import { programScopes } from "./program-scopes.js";
import type { ProgramScopes, TreeSource } from "./program-scopes.js";
import { sameSymbol } from "./symbols.js";
import type { NameSymbol, Occurrence } from "./symbols.js";

/** An occurrence and where it is. */
export interface Place {
  readonly file: string;
  readonly declaration: Declaration;
  readonly occurrence: Occurrence;
}

/**
 * The names of some files and all that they import, as the trees are when it is made. To make it is cheap: what a
 * declaration names is found when it is asked for, and kept with the declaration.
 */
export class ProgramNames {
  readonly scopes: ProgramScopes;

  constructor(roots: Iterable<string>, trees: TreeSource) {
    this.scopes = programScopes(roots, trees);
  }

  declarations(file: string): readonly Declaration[] {
    return this.scopes.files.get(file)?.tree.declarations ?? [];
  }

  /** Of one declaration, in the order of the text. */
  of(declaration: Declaration, file: string): readonly Occurrence[] {
    return namesOfDeclaration(declaration, file, this.scopes);
  }

  /** Of a file, in the order of the text. */
  *occurrences(file: string): Iterable<Place> {
    for (const declaration of this.declarations(file))
      for (const occurrence of this.of(declaration, file)) yield { file, declaration, occurrence };
  }

  /** The identifier that an offset is in, or right after. */
  at(file: string, offset: number): Place | undefined {
    for (const declaration of this.declarations(file)) {
      if (offset < declaration.span.start || offset > declaration.span.end) continue;
      const occurrence = this.of(declaration, file).find(
        ({ node }) => node.span.start <= offset && offset <= node.span.end,
      );
      if (occurrence) return { file, declaration, occurrence };
    }
    return undefined;
  }

  /** Every place that names one of these, in those files, declarations among them; an alias is named by its own name. */
  places(symbols: readonly NameSymbol[], files: Iterable<string> = this.scopes.files.keys()): Place[] {
    const wanted = new Set(symbols.map(({ name }) => name));
    const found: Place[] = [];
    for (const file of files)
      for (const place of this.occurrences(file)) {
        const { node, symbols: named } = place.occurrence;
        if (!wanted.has(node.text)) continue;
        if (named.some((symbol) => symbols.some((other) => sameSymbol(symbol, other)))) found.push(place);
      }
    return found;
  }

  /** Every place that names what the language itself gives a meaning. */
  placesOfBuiltIn({ builtIn, node: { text } }: Occurrence, files: Iterable<string>): Place[] {
    return [...files].flatMap((file) =>
      [...this.occurrences(file)].filter(
        ({ occurrence }) => occurrence.builtIn === builtIn && occurrence.node.text === text,
      ),
    );
  }

  /** The same as `places` of all files, with those that name them by an alias of an import. */
  placesThroughAliases(symbols: readonly NameSymbol[]): Place[] {
    const aliases = this.ownFiles().flatMap((file) =>
      (this.scopes.files.get(file)?.imports ?? []).flatMap(({ node }) =>
        this.of(node, file)
          .flatMap((occurrence) => occurrence.symbols)
          .filter(
            ({ kind, of }) => kind === "alias" && of?.some((one) => symbols.some((other) => sameSymbol(one, other))),
          ),
      ),
    );
    return this.places([...symbols, ...aliases]);
  }

  /** The files that are not of the standard library. */
  ownFiles(): string[] {
    return [...this.scopes.files.keys()].filter((path) => !isStandardPath(path));
  }

  /** All columns, factors or mesh axes that an open symbol may stand for; of any other symbol itself. */
  declarationsOf(symbol: NameSymbol): readonly NameSymbol[] {
    if (symbol.declaredAt) return [symbol];
    const declared = this.places([symbol]).flatMap(({ occurrence }) =>
      occurrence.role === "declaration" ? occurrence.symbols : [],
    );
    return [...new Set(declared.filter((other) => sameSymbol(other, symbol)))];
  }
}
