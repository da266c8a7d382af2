import {
  Alternation,
  NonTerminal,
  Option,
  RepetitionMandatory,
  RepetitionMandatoryWithSeparator,
  RepetitionWithSeparator,
  Terminal,
  type IProduction,
  type Rule,
  type TokenType,
} from "chevrotain";
import { token } from "../lexer.js";
import { partsWithin } from "../parser/first-tokens.js";

/** Which tokens may stand side by side in what a rule of the parser reads, line breaks aside. */
export interface Neighbours {
  /** Every token that may occur. */
  readonly tokens: ReadonlySet<TokenType>;
  before(type: TokenType): ReadonlySet<TokenType>;
  after(type: TokenType): ReadonlySet<TokenType>;
  /** Whether nothing need follow: a statement, or all of it, may end so. */
  mayEnd(type: TokenType): boolean;
}

/** The alternatives of a choice, each a sequence of parts. */
export const waysOf = (choice: Alternation): readonly (readonly IProduction[])[] =>
  (choice.definition as readonly IProduction[]).map(partsWithin);

/** What a part of a rule can begin and end with. */
interface Edges {
  readonly first: ReadonlySet<TokenType>;
  readonly last: ReadonlySet<TokenType>;
  readonly mayBeEmpty: boolean;
}
/** What is known of a rule before it is read: all else is only ever added, until nothing more is. */
const nothing: Edges = { first: new Set(), last: new Set(), mayBeEmpty: false };

/** Read off the parser's own productions, so that highlighting cannot know another language than the parser. */
export function neighboursIn(root: Rule): Neighbours {
  const rules = reachableFrom(root);
  const edges = new Map<Rule, Edges>();
  const pairs = new Map<TokenType, Set<TokenType>>();
  const reader = new EdgeReader(edges, (left, right) => {
    const known = pairs.get(left) ?? new Set();
    pairs.set(left, known);
    for (const type of right) known.add(type);
  });
  for (let size = -1; size !== sizeOf(edges);) {
    size = sizeOf(edges);
    for (const rule of rules) edges.set(rule, reader.sequence(rule.definition));
  }
  const tokens = new Set([...pairs].flatMap(([left, right]) => [left, ...right]));
  return {
    tokens,
    before: (type) => new Set([...pairs].filter(([, right]) => right.has(type)).map(([left]) => left)),
    after: (type) => pairs.get(type) ?? new Set(),
    mayEnd: (type) => edges.get(root)!.last.has(type) || pairs.get(type)?.has(token.RightBrace) === true,
  };
}

function reachableFrom(root: Rule): Set<Rule> {
  const found = new Set<Rule>([root]);
  const visit = (parts: readonly IProduction[]): void => {
    for (const part of parts) {
      if (part instanceof NonTerminal) {
        if (found.has(part.referencedRule)) continue;
        found.add(part.referencedRule);
        visit(part.referencedRule.definition);
      } else if (!(part instanceof Terminal)) visit(partsWithin(part));
    }
  };
  visit(root.definition);
  return found;
}

function sizeOf(edges: ReadonlyMap<Rule, Edges>): number {
  let size = 0;
  for (const { first, last, mayBeEmpty } of edges.values()) size += first.size + last.size + (mayBeEmpty ? 1 : 0);
  return size;
}

class EdgeReader {
  constructor(
    private readonly edges: ReadonlyMap<Rule, Edges>,
    private readonly record: (left: TokenType, right: ReadonlySet<TokenType>) => void,
  ) {}

  sequence(parts: readonly IProduction[]): Edges {
    const first = new Set<TokenType>();
    let last = new Set<TokenType>();
    let mayBeEmpty = true;
    for (const part of parts) {
      const next = this.part(part);
      this.join(last, next.first);
      if (mayBeEmpty) for (const type of next.first) first.add(type);
      last = next.mayBeEmpty ? new Set([...last, ...next.last]) : new Set(next.last);
      mayBeEmpty &&= next.mayBeEmpty;
    }
    return { first, last, mayBeEmpty };
  }

  private join(left: ReadonlySet<TokenType>, right: ReadonlySet<TokenType>): void {
    for (const type of left) this.record(type, right);
  }

  private part(part: IProduction): Edges {
    if (part instanceof Terminal) {
      const only = new Set([part.terminalType]);
      return { first: only, last: only, mayBeEmpty: false };
    }
    if (part instanceof NonTerminal) return this.edges.get(part.referencedRule) ?? nothing;
    if (part instanceof Alternation) {
      const ways = waysOf(part).map((way) => this.sequence(way));
      return {
        first: new Set(ways.flatMap(({ first }) => [...first])),
        last: new Set(ways.flatMap(({ last }) => [...last])),
        mayBeEmpty: ways.some((way) => way.mayBeEmpty),
      };
    }
    return this.repeated(part);
  }

  private repeated(part: IProduction): Edges {
    const body = this.sequence(partsWithin(part));
    if (part instanceof RepetitionWithSeparator || part instanceof RepetitionMandatoryWithSeparator) {
      this.join(body.last, new Set([part.separator]));
      this.record(part.separator, body.first);
    } else if (!(part instanceof Option)) this.join(body.last, body.first);
    const mandatory = part instanceof RepetitionMandatory || part instanceof RepetitionMandatoryWithSeparator;
    return { ...body, mayBeEmpty: body.mayBeEmpty || !mandatory };
  }
}
