/**
 * What a name stands for where the grammar takes one. The parser says it at each such place; whoever offers names there
 * (completion) asks for it. A reader of the grammar needs none of this.
 */
export type NameRole =
  // What the rule that called says: a path is of values in a schedule, of machines in a mesh.
  | "inherited"
  // Declares a name.
  | "new"
  // In an expression: what may stand there is said by what the expression is of.
  | "expression"
  // After a dot.
  | "member"
  // An index of an equation, or of a reduction.
  | "index"
  | "axis"
  | "mesh axis"
  // By what an axis is divided: a column of a table, or a factor.
  | "column"
  // The word `rows`.
  | "rows"
  | "table"
  | "dtype"
  | "tier"
  | "mesh"
  | "machine"
  // A kind of rank, or a level.
  | "ranks"
  | "topology"
  | "link property"
  // What a measured kernel does.
  | "kernel"
  | "monoid"
  | "layer"
  | "schedule"
  | "layer or schedule"
  | "collective"
  // A value of the layer that a schedule is of.
  | "value"
  // A value that a loop carries.
  | "carried value"
  // The tensor of a collective that a send delivers into.
  | "delivery"
  // What another file declares.
  | "import"
  // What a profile sets.
  | "setting"
  // What a check draws: a setting, and after it which part of it (`gate seed`).
  | "drawn setting"
  | "part of a setting"
  | "cost"
  | "kind of parameter"
  | "engine"
  | "grain"
  // By what blocks are ordered: axes and `rows`.
  | "block order"
  // The `x` of `1.2 x of bound`, read "times".
  | "times"
  | "counted"
  // Of what is built later, or kept as it is written.
  | "free";

/** As an option of the parser's methods, which keep it in their record of the grammar. */
export type StandsFor = { readonly LABEL: NameRole };

const made = new Map<NameRole, StandsFor>();

/** One object a role, so that no parse makes any. */
export function standsFor(role: NameRole): StandsFor {
  const known = made.get(role);
  if (known !== undefined) return known;
  const option = { LABEL: role };
  made.set(role, option);
  return option;
}
