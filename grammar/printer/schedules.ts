import type { Doc } from "prettier";
import { builders } from "prettier/doc";
import type { AutoValue, Claim, Expr, ForBinding, Grain, PassBinding, Verb } from "../ast.js";
import { claimOpeners } from "../parser/operators.js";
import { commaSeparated, enclosed, type AnyNode, type Printing } from "./context.js";
import { beforeWord, inParentheses, leftmost } from "./expressions.js";

const { group, indent, join, line } = builders;

export function verbDoc(node: Verb | Grain | AutoValue | PassBinding, printing: Printing): Doc {
  const print = (child: AnyNode): Doc => printing.print(child);
  const list = (children: readonly AnyNode[]): Doc => commaSeparated(children.map(print));
  switch (node.kind) {
    case "SplitVerb": {
      const { within, at, names } = node;
      const followed = at.length + names.length > 0;
      return [
        ["split ", print(node.axis)],
        within ? [" within ", print(within)] : "",
        [" into ", followed ? beforeWord(node.count, printing) : print(node.count)],
        at.length > 0 ? [" at ", commaSeparated(at.map((each) => beforeWord(each, printing)))] : "",
        names.length > 0 ? [" as ", list(names)] : "",
      ];
    }
    case "TileVerb": {
      const [only, ...others] = node.sizes;
      if (only === undefined || others.length > 0) {
        return ["tile ", list(node.values), " by ", enclosed("(", node.sizes.map(print), ")")];
      }
      const size = only.kind === "TupleExpr" ? ["(", print(only), ",)"] : print(only);
      return ["tile ", list(node.values), " by ", size];
    }
    case "OverlapVerb": {
      const grain = node.grain && [" by ", print(node.grain)];
      return ["overlap ", join(" -> ", node.groups.map(list)), grain ?? ""];
    }
    case "Grain":
      return node.size === undefined ? print(node.name) : [print(node.name), "(", print(node.size), ")"];
    case "OrderVerb":
      if (node.program) return ["order ", print(node.program)];
      return ["order ", print(node.value), node.as ? [" as ", print(node.as)] : [" by ", list(node.by)]];
    case "AsyncVerb":
      return ["async ", list(node.values), node.ahead ? [" ", aheadDoc(node.ahead, printing), " ahead"] : ""];
    case "AccumulateVerb":
      return ["accumulate ", list(node.values), " over ", print(node.axis)];
    case "FuseVerb":
      return ["fuse ", print(node.first), " .. ", print(node.last)];
    case "UseVerb":
      return ["use ", print(node.collective), node.values.length > 0 ? [" for ", list(node.values)] : ""];
    case "RunVerb":
      return ["run ", list(node.values), " on ", print(node.engine), node.amount ? ["(", print(node.amount), ")"] : ""];
    case "AutoValue":
      return node.range === undefined ? "auto" : ["auto in ", print(node.range)];
    case "KeepVerb":
      if (node.tier) return ["keep ", list(node.values), " in ", print(node.tier)];
      return ["keep ", node.count ? print(node.count) : "", " of ", list(node.values)];
    case "RecomputeVerb":
      return ["recompute ", list(node.values), node.from ? [" from ", print(node.from)] : ""];
    case "PriorityVerb":
      return ["priority ", print(node.value), " above ", print(node.above)];
    case "InVerb":
      return ["in ", print(node.path), ": ", print(node.verb)];
    case "PassVerb":
      return ["pass ", list(node.passes)];
    case "PassBinding":
      return [print(node.name), " = ", join(" ", node.words.map(print))];
  }
}

/** After a list of values only a number, a name or parentheses begin the count. */
function aheadDoc(node: Expr, printing: Printing): Doc {
  const bare = node.kind === "NumberLiteral" || node.kind === "NameExpr";
  return bare ? beforeWord(node, printing) : inParentheses(node, printing);
}

export function claimDoc(node: Claim | ForBinding, printing: Printing): Doc {
  const print = (child: AnyNode): Doc => printing.print(child);
  switch (node.kind) {
    case "SameResultClaim":
      return ["same result as ", print(node.layer), node.within ? [" within ", print(node.within)] : ""];
    case "DriftClaim": {
      const counted = node.counted ? print(node.counted) : "steps";
      const limit = node.steps ? beforeWord(node.limit, printing) : print(node.limit);
      const over = node.steps ? [" over ", beforeWord(node.steps, printing), " ", counted] : "";
      return ["drift from ", print(node.layer), " <= ", limit, over];
    }
    case "NoClaim":
      return ["no ", node.what];
    case "QuantityClaim": {
      const over = node.over ? [" over ", print(node.over)] : "";
      return [node.quantity, over, node.perRank ? " per rank " : " ", node.comparison, " ", print(node.limit)];
    }
    case "HidesClaim":
      return ["hides ", print(node.share), " of communication"];
    case "FasterClaim":
      return ["faster than ", print(node.schedule), node.by ? [" by ", print(node.by)] : ""];
    case "BoundClaim":
      return ["within ", beforeWord(node.factor, printing), " x of bound"];
    case "ForClause":
      return group(["for ", indent(join([",", line], node.bindings.map(print)))]);
    case "ForBinding": {
      const { name, what, values, step } = node;
      const listed = values === "any" ? "any" : commaSeparated(values.map((value, index) => forValue(value, index)));
      return [[print(name), what ? [" ", print(what)] : ""], " in ", listed, step ? [" step ", print(step)] : ""];
    }
  }

  function forValue(value: Expr, index: number): Doc {
    if (opensOtherwise(value, index)) return inParentheses(value, printing);
    return node.kind === "ForBinding" && node.step ? beforeWord(value, printing) : print(value);
  }
}

const opensClaim: ReadonlySet<string> = new Set(claimOpeners);

/** Whether a value of a `for` would read as `any`, or after a comma as the claim that follows. */
function opensOtherwise(value: Expr, index: number): boolean {
  const first = leftmost(value);
  if (first.kind === "ForExpr") return true;
  const name = first.kind === "NameExpr" ? first.name.text : "";
  return index === 0 ? name === "any" : opensClaim.has(name);
}
