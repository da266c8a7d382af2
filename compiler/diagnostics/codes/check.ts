import { error, message } from "../message.js";

/** ST3xxx: types, layouts, ops, layers. */
export const checkCodes = {
  // Ops and their mathematics
  "axis-mismatch": error(
    "ST3101",
    message`\`${"axis"}\` of \`${"callee"}\` is ${"first"} in \`${"firstPlace"}\`, but ${"second"} in \`${"secondPlace"}\`.`,
  ),
  "rank-mismatch": error(
    "ST3102",
    message`\`${"parameter"}\` of \`${"callee"}\` has ${"expected"}; this is ${"found"}.`,
  ),
  "dtype-mismatch": error(
    "ST3103",
    message`\`${"parameter"}\` of \`${"callee"}\` is of ${"expected"}; this is ${"found"}.`,
  ),
  "needs-rows": error(
    "ST3104",
    message`\`${"parameter"}\` of \`${"callee"}\` runs over the rows of a table; this runs over ${"found"}.`,
  ),
  "cannot-infer": error(
    "ST3105",
    message`What \`${"name"}\` of \`${"callee"}\` is follows from none of the arguments: give it after them.`,
  ),
  "unknown-index": error(
    "ST3106",
    message`Nothing says how far \`${"name"}\` runs: no axis of the parameters is named so. Name one, or write \`${"name"} in 0 ..< n\`.`,
  ),
  "index-not-affine": error(
    "ST3107",
    message`An index is a sum of index variables times whole numbers, or \`to(r)\` or \`from(r)\` of a row; this is not.`,
  ),
  "index-out-of-range": error(
    "ST3108",
    message`\`${"text"}\` runs from ${"low"} to ${"high"}, but ${"axis"} of \`${"name"}\` has only 0 to ${"last"}.`,
  ),
  "index-count": error("ST3109", message`\`${"name"}\` has ${"expected"}; this reads it with ${"found"}.`),
  "not-in-mathematics": error(
    "ST3110",
    message`The mathematics of an op has no ${"what"}: it has numbers, reads, \`+ - * /\`, reductions, \`if\`, and exp, log, sqrt, tanh, abs, min, max.`,
  ),
  "index-named-twice": error(
    "ST3111",
    message`\`${"name"}\` is an index here twice: give one of them a name of its own, as in \`[i: n, j: n]\`.`,
  ),
  "op-without-body": error("ST3112", message`\`${"name"}\` says nothing of what it computes.`),
  "layout-in-op": error(
    "ST3113",
    message`An op is mathematics, with no layout: this belongs to the layers that call it, and its results' layouts are inferred.`,
  ),
  "wrong-argument": error(
    "ST3114",
    message`\`${"parameter"}\` of \`${"callee"}\` needs ${"expected"}; this is ${"found"}.`,
  ),
  "mathematics-too-deep": error("ST3115", message`This expression nests deeper than ${"limit"} levels.`, {
    producedBy: "test/null/diagnostics-unwritten.test.ts",
  }),
  "needs-row-index": error(
    "ST3116",
    message`\`${"column"}\` is a column of a table: its argument is the index of a row.`,
  ),
  "monoid-incomplete": error(
    "ST3117",
    message`\`${"name"}\` has no ${"missing"}: a monoid needs identity and combine, and finish where its state has several components.`,
  ),
  "monoid-components": error(
    "ST3118",
    message`\`${"name"}\` has ${"expected"} components here; this gives ${"found"}.`,
  ),
  "dtype-missing": error(
    "ST3119",
    message`This type does not say of what: write a dtype before it, as in \`bf16[n]\`.`,
  ),
  "pack-unknown": error("ST3120", message`\`..\` stands for the leading axes of a parameter, and no parameter has it.`),
  "not-a-condition": error(
    "ST3121",
    message`A condition compares indices, as \`t <= s\` or \`to(r) != e\`, joined by \`and\`, \`or\` and \`not\`; this is none.`,
  ),
  "monoid-component": error("ST3122", message`${"what"}`),
  "monoid-identity": error(
    "ST3125",
    message`\`${"name"}\` combines its identity with itself to ${"found"}, not to ${"identity"}: what reduces nothing must change nothing.`,
  ),
  "op-cost": error("ST3126", message`${"what"}`),
  "too-many-ways": error(
    "ST3127",
    message`The guards around \`${"name"}\` and those that read it come to more than ${"limit"} combinations.`,
  ),

  // Layers and values
  "layer-recursion": error("ST3201", message`\`${"name"}\` calls itself: ${"cycle"}.`),
  "result-count": error("ST3202", message`\`${"name"}\` gives ${"expected"}; this returns ${"found"}.`),
  "no-return": error("ST3203", message`\`${"name"}\` never returns its ${"result"}.`),
  "value-named-twice": error("ST3204", message`\`${"name"}\` is a value here already.`),
  "type-mismatch": error("ST3205", message`\`${"name"}\` is declared ${"declared"}, but it is ${"found"}.`),
  "not-a-tensor": error("ST3206", message`This is ${"found"}, where a value is needed.`),
  "after-return": error("ST3207", message`Nothing after \`return\` is reached.`),
  "layer-too-large": error("ST3208", message`\`${"name"}\` ${"what"} once its calls are written out.`, {
    producedBy: "test/null/diagnostics-unwritten.test.ts",
  }),
  "no-mesh": error("ST3209", message`\`${"name"}\` needs a mesh: write \`mesh on machine { axis: ranks }\`.`),

  // Layouts
  "layout-mismatch": error(
    "ST3301",
    message`\`${"name"}\` is ${"found"} here, but ${"needed"} is needed; nothing moves unless a word says so.${"words"}`,
  ),
  "reads-elsewhere": error(
    "ST3302",
    message`\`${"callee"}\` reads \`${"name"}\` at \`${"index"}\` along ${"axis"}, which is divided over \`${"mesh"}\`: part of it is elsewhere.${"words"}`,
  ),
  "cut-differently": error(
    "ST3303",
    message`\`${"callee"}\` reads ${"first"} and ${"second"} at the same index \`${"index"}\`, but they are divided differently.${"words"}`,
  ),
  "divided-twice": error(
    "ST3304",
    message`\`${"mesh"}\` divides both ${"first"} and ${"second"}: each position would have only the blocks where they meet.${"words"}`,
  ),
  "pending-not-linear": error(
    "ST3305",
    message`${"name"} is pending ${"monoid"} over \`${"mesh"}\` inside \`${"callee"}\`: ${"reason"}.${"words"}`,
  ),
  "pending-and-divided": error(
    "ST3306",
    message`\`${"name"}\` is pending over \`${"mesh"}\`, which also divides ${"divided"}: each position would have only a part of a part.${"words"}`,
  ),
  "positions-differ": error(
    "ST3307",
    message`${"first"} and ${"second"} are not at the same place along \`${"mesh"}\`.`,
  ),
  "unknown-mesh-axis": error("ST3308", message`\`${"name"}\` is no axis of the mesh: there are ${"known"}.`),
  "mesh-axis-used-twice": error(
    "ST3309",
    message`\`${"mesh"}\` is used twice in one type: it can divide one axis, once.`,
  ),
  "cut-column": error("ST3310", message`${"what"}`),
  "word-layout": error("ST3311", message`\`${"word"}\` cannot be applied to ${"found"}: ${"reason"}.`),
  "word-arguments": error("ST3312", message`\`${"word"}\` takes ${"expected"}.`),
  "unknown-axis": error("ST3313", message`\`${"name"}\` is no axis of ${"owner"}: there are ${"known"}.`),
  "ambiguous-mesh-axis": error(
    "ST3314",
    message`\`${"word"}\` could be over ${"choices"}: say which, as in \`${"example"}\`.`,
  ),
  "no-such-column": error("ST3350", message`\`${"table"}\` has no column \`${"name"}\`; it has ${"known"}.${"hint"}`),
  "other-mesh": error(
    "ST3351",
    message`This layer works on mesh \`${"mesh"}\`; a value on \`${"other"}\` needs a layer of its own.`,
  ),
  "unknown-tier": error(
    "ST3352",
    message`\`${"name"}\` is no memory tier of every rank on \`${"machine"}\`: ${"known"}.`,
  ),
  "value-in-tier": error(
    "ST3353",
    message`This value lies in \`${"tier"}\`, and is read only in a rank's memory: \`load\` copies it there.`,
  ),

  // Collectives
  "collective-signature": error(
    "ST3401",
    message`This signature is none of a word's: \`[c/n] -> [c]\`, \`[c] pending u over n -> [c/n]\`, \`[c] pending u over n -> [c]\`, \`[a/n, b] -> [a, b/n]\`, \`[c] at n(root) -> [c]\`, \`[c] pending u over n -> [c] at n(root)\`, \`[c] at n(root) -> [c] at n(target)\`, \`x: [c/n] -> y: [c/n], y[i] = x[i - d]\`, \`x: [n/n] -> y: [n/n], y[i] = fold u x[j] for j < i\`.`,
  ),
  "collective-body": error("ST3402", message`These rounds cannot be run: ${"problem"}.`),

  // Schedules and checks
  "contradicting-verbs": error("ST3501", message`\`${"name"}\` is told twice: ${"verb"} stands above already.`),
  "unknown-engine": error("ST3502", message`\`${"name"}\` is no engine: there are sms, copy, nic, stores, memory.`),
  "grain-without-size": error("ST3503", message`\`${"name"}\` as a grain needs a size: \`by ${"example"}\`.${"hint"}`),
  "range-of-nothing": error(
    "ST3504",
    message`\`${"name"}\` is nothing that a check ranges over: there are params, axes, tables, \`seed\` of a table or of \`inputs\`, and \`links speed\`.`,
  ),
  "range-empty": error("ST3505", message`\`${"name"}\` ranges over nothing: the end lies before the beginning.`),
  "range-values": error("ST3506", message`\`${"name"}\` does not range so: ${"reason"}.`),
  "not-comparable": error(
    "ST3507",
    message`Results of \`${"layer"}\` are not comparable with those of \`${"own"}\`: it ${"reason"}.`,
  ),
} as const;
