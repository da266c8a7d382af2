import fc from "fast-check";
import type * as ast from "../../grammar/ast.js";
import { units } from "../../grammar/units.js";
import type { Arbitrary } from "fast-check";

// Trees of legal declarations, places left out: what they print must read back as the same tree.

const span = { start: 0, end: 0 };
const none = fc.constant(undefined);
const name = fc.constantFrom(
  ...["a", "x1", "weights", "T", "n", "rank", "to", "from", "of", "by", "at", "table", "layer", "op", "tile"],
  ...["next", "where", "in", "over", "seed", "GB", "s", "d", "with", "when", "cost", "identity", "any", "auto", "fold"],
  ...["memory", "no", "step", "speed"],
);
const identifier: Arbitrary<ast.Identifier> = name.map((text) => ({ kind: "Identifier", text, span }));
const several = <T>(item: Arbitrary<T>, minLength = 0, maxLength = 3): Arbitrary<T[]> =>
  fc.array(item, { minLength, maxLength });

/** A node from the arbitraries of its fields; fields that come out undefined are left out. */
function node<K extends string, F extends object>(
  kind: K,
  fields: { [P in keyof F]: Arbitrary<F[P]> },
): Arbitrary<F & { kind: K; span: ast.Span }> {
  return fc.record(fields).map((made) => {
    const kept = Object.entries(made).filter(([, value]) => value !== undefined);
    return { kind, ...Object.fromEntries(kept), span } as F & { kind: K; span: ast.Span };
  });
}

const number: Arbitrary<ast.NumberLiteral> = fc
  .record({
    text: fc.constantFrom("0", "7", "16_384", "1e-2", "0.5", "3E+4"),
    unit: fc.option(fc.constantFrom(...units.map((unit) => unit.name)), { nil: undefined, freq: 2 }),
  })
  .map(({ text, unit }) => ({
    kind: "NumberLiteral",
    text,
    value: Number(text.replaceAll("_", "")),
    ...(unit !== undefined && { unit: { kind: "Identifier" as const, text: unit, span } }),
    span,
  }));
const string: Arbitrary<ast.StringLiteral> = node("StringLiteral", {
  value: fc.string({ unit: fc.constantFrom("a", " ", '"', "\\", "\n", "\r", "\t", "é", "/", "n"), maxLength: 6 }),
});
const ellipsis: Arbitrary<ast.Ellipsis> = fc.constant({ kind: "Ellipsis", span });
const nameExpr = node("NameExpr", { name: identifier });

const operators: ast.BinaryOperator[] = [
  ...(["+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", "and", "or"] as const),
];

const plainName = fc
  .constantFrom("seq", "heads", "sp", "to")
  .map((text) => ({ kind: "Identifier" as const, text, span }));
const cutReference: Arbitrary<ast.CutRef> = fc.oneof(
  node("CutRef", { axis: plainName, meshes: fc.array(plainName, { maxLength: 2 }), by: none }),
  node("CutRef", { meshes: fc.constant([]), by: plainName }),
  node("CutRef", { rows: plainName, meshes: fc.array(plainName, { maxLength: 2 }), by: plainName }),
) as Arbitrary<ast.CutRef>;

const trees = fc.letrec<{
  expr: ast.Expr;
  argument: ast.Expr;
  equation: ast.LocalEquation;
  binder: ast.Binder;
}>((tie) => ({
  expr: fc.oneof(
    { maxDepth: 5, depthSize: "small", withCrossShrink: true },
    nameExpr,
    number,
    string,
    node("MemberExpr", { object: tie("expr"), member: identifier }),
    node("CallExpr", { callee: tie("expr"), arguments: several(tie("argument")) }),
    node("CallExpr", {
      callee: nameExpr,
      typeArguments: several(fc.oneof(nameExpr, number), 1),
      arguments: several(tie("expr")),
    }),
    node("IndexExpr", { object: tie("expr"), indices: several(fc.oneof(tie("expr"), ellipsis)) }),
    node("UnaryExpr", { operator: fc.constantFrom("-" as const, "not" as const), operand: tie("expr") }),
    node("BinaryExpr", { operator: fc.constantFrom(...operators), left: tie("expr"), right: tie("expr") }),
    node("ReductionExpr", {
      monoid: identifier,
      binders: several(tie("binder"), 1, 2),
      guard: fc.option(tie("expr"), { nil: undefined }),
      body: tie("expr"),
    }),
    node("TupleExpr", { elements: several(tie("expr")) }),
    node("BlockExpr", { equations: several(tie("equation"), 0, 2), result: tie("expr") }),
    node("RangeExpr", { low: tie("expr"), high: tie("expr"), inclusive: fc.boolean() }),
  ) as Arbitrary<ast.Expr>,
  argument: fc.oneof(
    tie("expr"),
    node("LayoutChangeExpr", { from: cutReference, to: cutReference }),
  ) as Arbitrary<ast.Expr>,
  equation: node("LocalEquation", {
    name: identifier,
    indices: several(fc.oneof(identifier, ellipsis)),
    value: tie("expr"),
  }) as Arbitrary<ast.LocalEquation>,
  binder: node("Binder", {
    name: identifier,
    range: fc.option(tie("expr"), { nil: undefined }),
  }) as Arbitrary<ast.Binder>,
}));

export const expression = trees.expr;
const expr = trees.expr;
const optional = <T>(value: Arbitrary<T>): Arbitrary<T | undefined> => fc.option(value, { nil: undefined });

const segment = node("PathSegment", { name: identifier, index: optional(fc.oneof(fc.constant("*" as const), number)) });
const path = node("Path", { segments: several(segment, 1, 2) }) as Arbitrary<ast.Path>;
const simplePath = node("Path", {
  segments: several(node("PathSegment", { name: identifier }), 1, 2),
}) as Arbitrary<ast.Path>;
const paths = several(path, 1);

const axis = node("AxisSpec", {
  label: optional(identifier),
  size: expr,
  cuts: several(node("AxisCut", { mesh: identifier, by: optional(identifier) }), 0, 2),
});
const tensorType = node("TensorType", {
  dtype: identifier,
  axes: several(fc.oneof(axis, fc.constant({ kind: "AxisPack" as const, span })), 1),
  pending: several(node("PendingSpec", { monoid: identifier, over: several(plainName, 1, 2) }), 0, 1),
  at: several(node("AtSpec", { mesh: identifier, position: expr }), 0, 1),
  on: optional(identifier),
  tier: optional(identifier),
}) as Arbitrary<ast.TensorType>;
const parameter = node("Parameter", {
  names: several(identifier, 1, 2),
  type: fc.oneof(
    tensorType,
    fc.constant({ kind: "NamedType" as const, name: { kind: "Identifier" as const, text: "number", span }, span }),
  ),
}) as Arbitrary<ast.Parameter>;
const typeParameters = several(node("TypeParameter", { name: identifier, bound: optional(identifier) }), 0, 2);
const assignment = node("Assignment", { name: identifier, value: expr }) as Arbitrary<ast.Assignment>;

const letStatement = node("LetStatement", {
  targets: several(node("LetTarget", { name: path, type: optional(tensorType) }), 1, 2),
  value: expr,
});
const statements = fc.letrec<{ statement: ast.LayerStatement }>((tie) => ({
  statement: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    letStatement,
    node("NextStatement", { name: identifier, value: expr }),
    node("ReturnStatement", { values: several(expr, 1, 2) }),
    node("WhenStatement", { condition: expr, body: several(tie("statement")) }),
  ) as Arbitrary<ast.LayerStatement>,
}));

const send = node("SendStatement", {
  value: expr,
  source: optional(expr),
  into: optional(plainName),
  target: expr,
  combining: fc.boolean(),
  guard: optional(expr),
}) as Arbitrary<ast.SendStatement>;
const rounds = fc.letrec<{ round: ast.RoundStatement }>((tie) => ({
  round: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    send,
    node("RoundGroup", { sends: several(send, 2, 3) }),
    node("RoundLoop", { variable: identifier, range: expr, body: several(tie("round")) }),
    node("RoundBlock", { body: several(tie("round")) }),
    node("RequireStatement", { condition: expr }),
    node("LocalEquation", { name: identifier, indices: fc.constant([]), value: expr }),
  ) as Arbitrary<ast.RoundStatement>,
}));

const verb: Arbitrary<ast.Verb> = fc.oneof(
  node("SplitVerb", {
    axis: identifier,
    within: optional(identifier),
    count: expr,
    at: several(expr, 0, 2),
    names: several(identifier, 0, 2),
  }),
  node("TileVerb", { values: paths, sizes: several(expr, 1) }),
  node("OverlapVerb", {
    groups: several(paths, 1),
    grain: optional(node("Grain", { name: identifier, size: optional(expr) })),
  }),
  node("OrderVerb", { value: path, as: path, by: fc.constant([]) }),
  node("OrderVerb", { value: path, by: several(identifier, 1) }),
  node("AsyncVerb", { values: paths, ahead: optional(expr) }),
  node("AccumulateVerb", { values: paths, axis: identifier }),
  node("FuseVerb", { first: path, last: path }),
  node("UseVerb", { collective: identifier, values: paths }),
  node("RunVerb", {
    values: paths,
    engine: identifier,
    amount: optional(
      node("AutoValue", { range: node("RangeExpr", { low: number, high: number, inclusive: fc.boolean() }) }),
    ),
  }),
  node("KeepVerb", { count: expr, values: paths }),
  node("KeepVerb", { values: paths, tier: identifier }),
  node("RecomputeVerb", { values: paths, from: optional(path) }),
  node("PriorityVerb", { value: path, above: path }),
) as Arbitrary<ast.Verb>;

const forBinding = fc.oneof(
  node("ForBinding", { name: identifier, what: optional(plainName), values: several(expr, 1) }),
  node("ForBinding", { name: identifier, what: optional(plainName), values: several(expr, 1, 1), step: expr }),
  node("ForBinding", { name: identifier, what: plainName, values: fc.constant("any" as const) }),
) as Arbitrary<ast.ForBinding>;

const claim: Arbitrary<ast.Claim> = fc.oneof(
  node("SameResultClaim", { layer: simplePath, within: optional(expr) }),
  node("DriftClaim", { layer: simplePath, limit: expr, steps: number, counted: plainName }),
  node("NoClaim", { what: fc.constantFrom("deadlock" as const, "race" as const) }),
  node("QuantityClaim", {
    quantity: fc.constantFrom("bytes moved" as const, "messages" as const),
    over: optional(plainName),
    perRank: fc.boolean(),
    comparison: fc.constantFrom("==" as const, "<=" as const, ">=" as const, "<" as const, ">" as const),
    limit: expr,
  }),
  node("QuantityClaim", {
    quantity: fc.constant("memory" as const),
    perRank: fc.boolean(),
    comparison: fc.constantFrom("==" as const, "<=" as const),
    limit: expr,
  }),
  node("QuantityClaim", {
    quantity: fc.constant("rounds" as const),
    perRank: fc.constant(false),
    comparison: fc.constantFrom("==" as const, "<=" as const),
    limit: expr,
  }),
  node("HidesClaim", { share: number }),
  node("FasterClaim", { schedule: simplePath, by: optional(expr) }),
  node("BoundClaim", { factor: number }),
  node("ForClause", { bindings: several(forBinding, 1) }),
) as Arbitrary<ast.Claim>;

const rankProperty = fc.oneof(
  node("ComputeProperty", { rates: several(fc.record({ dtype: identifier, rate: number }), 1) }),
  node("SmsProperty", { count: number, moves: optional(number) }),
  node("MemoryProperty", { name: identifier, capacity: number, bandwidth: number, reduces: several(identifier, 0, 2) }),
  node("CopyEnginesProperty", { count: number }),
  node("NicsProperty", { count: number, bandwidth: optional(number) }),
  node("LaunchProperty", { time: number }),
  node("EfficiencyProperty", { value: number }),
  node("DispatchProperty", { time: number }),
  node("KernelProperty", { does: identifier, dtype: identifier, sizes: several(number, 1), rate: number }),
);
const linkProperty = node("LinkProperty", { parts: several(fc.oneof(plainName, number), 1) });
const machineItem = fc.oneof(
  node("RankDecl", { name: identifier, count: optional(number), properties: several(rankProperty) }),
  node("LinkDecl", {
    from: simplePath,
    to: simplePath,
    directed: fc.boolean(),
    topology: identifier,
    properties: several(linkProperty),
  }),
  node("LevelDecl", { name: identifier, machine: simplePath, count: optional(number) }),
  node("TierDecl", { name: identifier, of: path, properties: several(linkProperty) }),
);

const declaration: Arbitrary<ast.Declaration> = fc.oneof(
  node("ImportDecl", {
    names: several(node("ImportName", { name: identifier, as: optional(identifier) })),
    from: string,
  }),
  node("ParamDecl", { params: several(withoutReductions(assignment), 1) }),
  node("ProfileDecl", { name: identifier, settings: several(withoutReductions(assignment)) }),
  withoutReductions(
    node("MeshDecl", {
      name: optional(identifier),
      machine: path,
      axes: several(node("MeshAxis", { name: identifier, size: number })),
      ranks: optional(expr),
    }),
  ),
  node("TableDecl", {
    name: identifier,
    from: nameExpr,
    to: nameExpr,
    columns: several(nameExpr, 0, 2),
    source: optional(fc.oneof(string, nameExpr)),
    seed: optional(number),
    guard: optional(withoutReductions(expr)),
    with: several(
      withoutReductions(
        node("TableColumnDecl", { name: identifier, axis: nameExpr, value: optional(expr), seed: optional(number) }),
      ),
      0,
      2,
    ),
  }),
  node("MonoidDecl", {
    ordered: fc.boolean(),
    name: identifier,
    state: several(parameter),
    identity: optional(expr),
    combine: optional(node("MonoidRule", { parameters: several(identifier), body: expr })),
    finish: optional(node("MonoidRule", { parameters: several(identifier), body: expr })),
  }),
  node("OpDecl", {
    opaque: fc.boolean(),
    name: identifier,
    typeParameters,
    parameters: several(parameter),
    result: tensorType,
    equations: several(trees.equation, 0, 2),
    body: expr,
    guard: optional(expr),
    cost: several(assignment, 0, 2),
  }),
  node("RecordDecl", { name: identifier, fields: several(withoutReductions(parameter)) }),
  node("LayerDecl", {
    name: identifier,
    typeParameters,
    parameters: several(parameter),
    results: several(parameter, 1, 2),
    body: several(statements.statement),
  }),
  node("CollectiveDecl", {
    name: identifier,
    typeParameters,
    input: identifier,
    inputType: withoutReductions(tensorType),
    outputType: withoutReductions(tensorType),
    over: identifier,
    levels: fc.oneof(fc.constant([]), several(identifier, 2, 3)),
    body: several(withoutReductions(rounds.round)),
  }),
  node("ScheduleDecl", { name: identifier, layer: simplePath, verbs: several(withoutReductions(verb)) }),
  node("CheckDecl", { subject: simplePath, claims: several(withoutReductions(claim)) }),
  node("MachineDecl", { name: identifier, items: several(machineItem) }),
) as Arbitrary<ast.Declaration>;

/** Reductions are read in monoids, ops and layers only. */
function withoutReductions<T>(arbitrary: Arbitrary<T>): Arbitrary<T> {
  return arbitrary.filter((value) => !JSON.stringify(value).includes('"ReductionExpr"'));
}

export const program: Arbitrary<ast.SourceFile> = several(declaration, 1).map((declarations) => ({
  kind: "SourceFile",
  declarations,
  comments: [],
  span,
}));
