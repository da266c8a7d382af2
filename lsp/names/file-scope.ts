/** What names mean at the top of one file, with a note of all that was asked. */
import type { Definition, LayerDefinition, TableDefinition } from "../../compiler/bind/bound-program.js";
import type { Namespace } from "../../compiler/bind/definitions.js";
import type { ImportName, MeshDecl } from "../../grammar/ast.js";
import type { ProgramScopes } from "./program-scopes.js";
import { symbolAt } from "./symbols.js";
import type { NameSymbol } from "./symbols.js";

interface Question {
  readonly answer: readonly object[];
  /** The nodes of what is answered, now and then. */
  readonly ask: (scopes: ProgramScopes) => readonly object[];
  readonly nodes: readonly object[];
}

/**
 * What the names of one declaration were found to mean: as long as the answers are the same, so is all that follows from
 * them. Answers are told apart by their nodes, which are the same objects until they are edited.
 */
export class Questions {
  private readonly asked = new Map<string, Question>();

  ask<T extends object>(
    key: string,
    scopes: ProgramScopes,
    ask: (scopes: ProgramScopes) => readonly T[],
    nodeOf: (answer: T) => object,
  ): readonly T[] {
    const known = this.asked.get(key);
    if (known) return known.answer as readonly T[];
    const answer = ask(scopes);
    this.asked.set(key, { answer, ask: (now) => ask(now).map(nodeOf), nodes: answer.map(nodeOf) });
    return answer;
  }

  /** Whether they would all be answered the same now. */
  hold(scopes: ProgramScopes): boolean {
    for (const { ask, nodes } of this.asked.values()) {
      const now = ask(scopes);
      if (now.length !== nodes.length || now.some((one, index) => one !== nodes[index])) return false;
    }
    return true;
  }
}

export class FileScope {
  constructor(
    readonly file: string,
    private readonly scopes: ProgramScopes,
    private readonly questions: Questions,
  ) {}

  /** The same of another file. */
  in(file: string): FileScope {
    return file === this.file ? this : new FileScope(file, this.scopes, this.questions);
  }

  /** What a name means: the file's own, what it imports, then the prelude's; of collectives all of that name. */
  find(namespace: Namespace, name: string): readonly NameSymbol[] {
    const definitions = this.definitions(namespace, name);
    const foreign = definitions.filter(({ file }) => file !== this.file);
    const [imported] = foreign.length > 0 ? this.alias(name) : [];
    if (!imported?.as) return definitions.map(symbolOf);
    const brought = foreign.filter((definition) => definition.name === imported.name.text);
    if (brought.length === 0) return definitions.map(symbolOf);
    const alias = aliasAt(imported, brought.map(symbolOf), this.file);
    return [...definitions.filter((one) => !brought.includes(one)).map(symbolOf), ...alias];
  }

  definitions(namespace: Namespace, name: string): readonly Definition[] {
    const { file } = this;
    return this.ask(
      `${namespace} ${name}`,
      (scopes) => scopes.lookup(namespace, name, file),
      ({ node }) => node,
    );
  }

  layer(name: string): LayerDefinition | undefined {
    return this.definitions("layers", name).find((one) => one.kind === "layer");
  }

  private alias(name: string): readonly ImportName[] {
    const { file } = this;
    return this.ask(
      `alias ${name}`,
      (scopes) => {
        const found = scopes.alias(name, file);
        return found ? [found] : [];
      },
      (node) => node,
    );
  }

  /** The file's meshes, in order. */
  meshes(): readonly MeshDecl[] {
    const { file } = this;
    return this.ask(
      "meshes",
      (scopes) => (scopes.files.get(file)?.tree.declarations ?? []).filter((node) => node.kind === "MeshDecl"),
      (node) => node,
    );
  }

  /** Every table that a name may mean here. */
  tables(): readonly TableDefinition[] {
    const { file } = this;
    return this.ask(
      "tables",
      (scopes) => [...scopes.visible("names", file)].filter((one) => one.kind === "table"),
      ({ node }) => node,
    );
  }

  /** The questions outlive the scopes they were asked of: none may hold on to `this`. */
  private ask<T extends object>(
    key: string,
    ask: (scopes: ProgramScopes) => readonly T[],
    nodeOf: (answer: T) => object,
  ): readonly T[] {
    return this.questions.ask(`${this.file} ${key}`, this.scopes, ask, nodeOf);
  }
}

/** The symbol of what a file declares. */
export function symbolOf({ kind, file, node }: Definition): NameSymbol {
  return symbolAt(node.name!, kind, file, { node });
}

/** The other name that an import gives to what it brings; none where it gives none. */
export function aliasAt(node: ImportName, of: readonly NameSymbol[], file: string): readonly NameSymbol[] {
  return node.as ? [{ kind: "alias", name: node.as.text, file, declaredAt: node.as, node, of }] : [];
}
