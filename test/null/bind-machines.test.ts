import { describe, expect, test } from "vitest";
import { standardPath } from "../../compiler/bind/standard-library.js";
import { bindText, standardHost } from "../support/bind-text.js";
import { parse } from "../../grammar/parser.js";

const source = standardHost.read(standardPath("machines"));
const tree = parse("text" in source ? source.text : "").tree;
const names = tree.declarations.flatMap((node) => (node.kind === "MachineDecl" ? [node.name.text] : []));

describe("machines of the standard library", () => {
  test("are those the language promises", () => {
    const nodes = ["h800_node", "a100_node", "h100_node", "mi210_node", "t3_node", "l20_node", "laptop"];
    const promised = [...nodes, "h800_cluster", "h100_cluster", "frontier", "l20_tree"];
    expect(names).toEqual(expect.arrayContaining(promised));
  });

  test.each(names)("%s binds, and every rank reaches every other", (name) => {
    const { bound, diagnostics } = bindText(`import { ${name} } from "std/machines"\nmesh on ${name} { r: 2 }`);
    expect(diagnostics).toEqual([]);
    const machine = bound.machine!;
    for (let source = 0; source < machine.rankCount; source += 1) {
      for (let target = 0; target < machine.rankCount; target += 1) {
        const hops = machine.route(source, target)?.resources.length ?? 0;
        if (hops > 0 !== (source !== target)) throw new Error(`${source} to ${target}: ${hops} resources`);
      }
    }
  });
});
