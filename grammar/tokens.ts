/**
 * The one table of tokens and keywords. The lexer, the printed grammar reference and the highlighters are made from it.
 *
 * Words are contextual: but for `reserved` ones, each is accepted wherever a name is, so `param rank = 2` is legal.
 */

/** How an editor colours a token. */
export type TokenCategory =
  "declaration" | "clause" | "property" | "verb" | "claim" | "operator" | "punctuation" | "literal" | "name";

export interface KeywordEntry {
  readonly category: TokenCategory;
  readonly doc: string;
  /** True for the few words that can never be a name. */
  readonly reserved?: true;
}

const declaration = (doc: string): KeywordEntry => ({ category: "declaration", doc });
const clause = (doc: string): KeywordEntry => ({ category: "clause", doc });
const reserved = (doc: string): KeywordEntry => ({ category: "clause", doc, reserved: true });
const property = (doc: string): KeywordEntry => ({ category: "property", doc });
const verb = (doc: string): KeywordEntry => ({ category: "verb", doc });
const claim = (doc: string): KeywordEntry => ({ category: "claim", doc });
const wordOperator = (doc: string): KeywordEntry => ({ category: "operator", doc, reserved: true });

/** Every word the grammar knows, by its text. */
export const keywords = {
  import: declaration("Takes names from another file."),
  param: declaration("Names sizes that `--set` can change."),
  profile: declaration("A named set of sizes; `run` uses `small` when there is one."),
  axis: declaration("A named size, or one made of factors."),
  machine: declaration("Ranks, engines, memory, links, and what each costs."),
  mesh: declaration("Names axes over a machine's ranks."),
  table: declaration("Integers and weights fixed before a graph is made: a routing, lengths, a placement, a plan."),
  monoid: declaration("Identity, combine and finish of a reduction."),
  ordered: declaration("Before `monoid`: it does not commute."),
  op: declaration("Mathematics in index notation."),
  opaque: declaration("Before `op`: it states only its cost."),
  record: declaration("A bundle of tensors."),
  layer: declaration("A typed dataflow: what is computed."),
  collective: declaration("How one word is done, round by round."),
  schedule: declaration("When and where a layer's statements run."),
  check: declaration("What must be true of a layer or a schedule."),
  assume: declaration("What the simulator is told of a value computed in the layer."),

  let: reserved("Names a value."),
  next: clause("Gives a carried value its next version."),
  when: clause("Statements that run, or senders that send, where a condition holds."),
  return: reserved("The layer's results, or an op's last equation."),
  for: reserved("A loop; in `use`, the values a collective serves; in a check, its cases."),
  with: clause("The values a loop carries, or the further columns of a table."),
  from: clause("Where something comes from: a file, a sender, the source axis of a table."),
  to: clause("Where something goes: a receiver, the target axis of a table."),
  as: clause("Another name, or the value whose order is taken."),
  of: clause("Of which layer, value or tier."),
  on: clause("On which machine, mesh or engine."),
  in: clause("In which range or memory tier."),
  over: clause("Over which mesh axis or reduced axis."),
  at: clause("At which position, at which bandwidth, or where parts begin."),
  by: clause("By which grain, sizes, axes or column of a table."),
  mirrored: clause("A factor that counts backward where the one before it is odd."),
  pending: clause("A value still to be combined under a monoid over mesh axes."),
  where: clause("A guard: the indices that count, or the rows that are kept."),
  cost: clause("The cost of an op, stated instead of derived."),
  seed: clause("The seed of a distribution."),
  identity: clause("The identity of a monoid."),
  combine: clause("How a monoid joins two states."),
  finish: clause("What a monoid's state becomes at the end."),
  send: clause("One round: every sender at once."),
  round: clause("Sends of one round, loops included."),
  require: clause("Sizes for which a collective is meant."),
  combining: clause("The delivery is combined with what is there."),
  fold: clause("The fold of a monoid in a collective's equation."),
  approximate: clause("A layer that changes numbers of another one."),
  auto: clause("A number that tuning finds."),

  rank: property("A kind of rank and how many there are."),
  link: property("Connects ranks."),
  level: property("A machine made of machines."),
  tier: property("Memory beyond the ranks' own."),
  compute: property("Peak rate of each dtype."),
  sms: property("Streaming multiprocessors or compute units."),
  each: property("Of each one of them."),
  moves: property("What one SM moves over a link."),
  memory: property("The rank's memory, or a claim on its peak use."),
  reduces: property("Monoids the memory combines by itself."),
  copy: property("`copy engines`: how many there are; in `run .. on copy`: these."),
  engines: property("`copy engines`."),
  nics: property("Network interfaces and what each moves."),
  launch: property("Cost of a launch."),
  efficiency: property("Share of the peak rate that ops reach."),
  dispatch: property("Tasks run one at a time, and each costs this beside its kernel."),
  kernel: property("How fast a block of a shape was measured."),

  split: verb("Cuts an axis into parts that overlap each other."),
  within: verb("Cuts each rank's own part; in a claim: the tolerance."),
  into: verb("Into how many parts."),
  tile: verb("Sets the tile of a value."),
  overlap: verb("Removes the barriers among values and sets the grain."),
  order: verb("Takes the order of blocks from a neighbour, or from axes."),
  async: verb("Takes a value out of program order."),
  ahead: verb("How far ahead."),
  accumulate: verb("Lets a reduced axis release partial accumulations."),
  fuse: verb("One launch for a run of statements."),
  use: verb("Which collective does a word."),
  run: verb("Which engine runs a value."),
  keep: verb("How many buffers a value has, or which tier holds it."),
  recompute: verb("Computes a value again instead of keeping it."),
  priority: verb("Which of two values is issued first where they share an engine."),
  above: verb("The value that comes after."),
  pass: verb("Names a pass of training."),

  same: claim("`same result as`: equal but for reassociation."),
  result: claim("`same result as`; also the layer's only output."),
  drift: claim("A bound on how far an approximation strays."),
  no: claim("`no deadlock`, `no race`."),
  deadlock: claim("`no deadlock`."),
  race: claim("`no race`."),
  bytes: claim("`bytes moved`: what crosses links, metadata included."),
  moved: claim("`bytes moved`."),
  per: claim("`per rank`: the greatest over ranks instead of the sum."),
  messages: claim("How many transfers there are."),
  rounds: claim("Rounds of the collectives of all words, added up."),
  hides: claim("The share of communication that must not be exposed."),
  communication: claim("`hides .. of communication`."),
  faster: claim("`faster than` another schedule."),
  than: claim("`faster than`."),
  bound: claim("`within .. x of bound`: against the lower bound."),
  any: claim("Any seed."),
  step: claim("How far the values of a range are apart."),

  and: wordOperator("Both hold."),
  or: wordOperator("One holds."),
  not: wordOperator("Does not hold."),
} as const satisfies Record<string, KeywordEntry>;

export type Keyword = keyof typeof keywords;

export interface TokenEntry {
  /** A text, or a pattern. */
  readonly pattern: string | RegExp;
  readonly category: TokenCategory;
  /** How a message names it; absent: its text in backquotes. */
  readonly label?: string;
  /** True for an operator between two operands. */
  readonly binary?: true;
  readonly doc: string;
}

const operator = (pattern: string, doc: string): TokenEntry => ({ pattern, category: "operator", binary: true, doc });
const mark = (pattern: string, doc: string): TokenEntry => ({ pattern, category: "punctuation", doc });

/** Every token that is not a word, in the order in which the lexer tries them: longer ones before their beginnings. */
export const symbols = {
  BothWays: mark("<->", "A link in both directions."),
  Arrow: mark("->", "From what to what."),
  UpTo: mark("..<", "A range without its end."),
  Dots: mark("..", "A range with its end, or any leading axes."),
  LessOrEqual: operator("<=", "At most."),
  GreaterOrEqual: operator(">=", "At least."),
  EqualEqual: operator("==", "Equal."),
  NotEqual: operator("!=", "Not equal."),
  Less: operator("<", "Less, or the opening of parameters."),
  Greater: operator(">", "Greater, or the closing of parameters."),
  Plus: operator("+", "Sum."),
  Minus: operator("-", "Difference, or negation."),
  Star: operator("*", "Product, or every index."),
  Slash: operator("/", "Quotient, or divided over a mesh axis."),
  Percent: operator("%", "Remainder; right after a number and not before an operand: percent."),
  Equal: mark("=", "Is defined as."),
  Ampersand: mark("&", "In the same round."),
  LeftParenthesis: mark("(", "Opens arguments or a group."),
  RightParenthesis: mark(")", "Closes arguments or a group."),
  LeftBracket: mark("[", "Opens indices or axes."),
  RightBracket: mark("]", "Closes indices or axes."),
  LeftBrace: mark("{", "Opens a block."),
  RightBrace: mark("}", "Closes a block."),
  Comma: mark(",", "Separates."),
  Semicolon: mark(";", "May separate statements."),
  Colon: mark(":", "Has the type, or is on the axis."),
  Dot: mark(".", "A member of."),
} as const satisfies Record<string, TokenEntry>;

export type SymbolName = keyof typeof symbols;

/** Tokens whose text varies. */
export const literals = {
  Number: {
    pattern: /\d[\d_]*(?:\.\d[\d_]*)?(?:[eE][+-]?\d+)?/,
    category: "literal",
    label: "a number",
    doc: "A number: `16_384`, `1e-2`, `0.5`.",
  },
  String: {
    pattern: /"(?:[^"\\\n\r]|\\[^\n\r])*"/,
    category: "literal",
    label: "a string",
    doc: "A string on one line.",
  },
  Identifier: {
    pattern: /[A-Za-z_][A-Za-z0-9_]*/,
    category: "name",
    label: "a name",
    doc: "A name.",
  },
} as const satisfies Record<string, TokenEntry>;

/** Words that can open a declaration. */
export const declarationKeywords: readonly Keyword[] = (Object.keys(keywords) as Keyword[]).filter(
  (word) => keywords[word].category === "declaration",
);
