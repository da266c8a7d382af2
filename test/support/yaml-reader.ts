/** YAML as data, through the parser that prettier has: as much of it as workflow files use. */
import { parsers } from "prettier/plugins/yaml";

export type Yaml = string | number | boolean | null | readonly Yaml[] | { readonly [key: string]: Yaml };

interface Node {
  readonly type: string;
  readonly value?: string;
  readonly children?: readonly (Node | null)[];
}

/** @throws where it is no YAML, or more than this reads: anchors and several documents, say */
export function readYaml(text: string): Yaml {
  const root = parsers.yaml.parse(text, {} as never) as Node;
  if (root.children!.length !== 1) throw new Error(`${root.children!.length} documents`);
  const body = root.children![0]!.children!.find((node) => node?.type === "documentBody");
  return valueOf(body);
}

const words: Readonly<Record<string, Yaml>> = { true: true, false: false, null: null, "~": null, "": null };

function valueOf(node: Node | null | undefined): Yaml {
  if (!node) return null;
  const children = node.children ?? [];
  switch (node.type) {
    case "documentBody":
    case "mappingKey":
    case "mappingValue":
    case "sequenceItem":
    case "flowSequenceItem":
      return valueOf(children[0]);
    case "mapping":
    case "flowMapping": {
      const entries = children.map(
        (item) => [String(valueOf(item!.children![0])), valueOf(item!.children![1])] as const,
      );
      const keys = new Set(entries.map(([key]) => key));
      if (keys.size < entries.length) throw new Error(`a key twice among ${[...keys].join(", ")}`);
      return Object.fromEntries(entries);
    }
    case "sequence":
    case "flowSequence":
      return children.map(valueOf);
    case "plain": {
      const value = node.value!;
      if (Object.hasOwn(words, value)) return words[value]!;
      return /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value;
    }
    case "quoteSingle":
    case "quoteDouble":
    case "blockLiteral":
    case "blockFolded":
      return node.value!;
    default:
      throw new Error(`${node.type} is not read`);
  }
}
