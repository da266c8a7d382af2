import {
  Alternation,
  NonTerminal,
  Option,
  Repetition,
  RepetitionMandatory,
  RepetitionMandatoryWithSeparator,
  RepetitionWithSeparator,
  Terminal,
  type IProduction,
  type Rule,
  type TokenType,
} from "chevrotain";
import type { NameRole } from "../roles.js";

/** A token that may stand at a place, and where in the grammar it would. */
export interface Expectation {
  readonly type: TokenType;
  /** Of a name: what it stands for. */
  readonly role: NameRole | undefined;
  /** The rules it would stand in, the outermost first. */
  readonly rules: readonly string[];
}

/** A place in the grammar: the rules that were entered, and what the nearest of them says that names stand for. */
export interface GrammarPlace {
  readonly rules: readonly string[];
  readonly role: NameRole | undefined;
}

/** What a method of the parser decides on; with its number in the rule, it names a production. */
export type Decision = "or" | "option" | "many" | "atLeastOne" | "atLeastOneSeparated";

const decisionOf = (production: IProduction): Decision | undefined => {
  if (production instanceof Alternation) return "or";
  if (production instanceof Option) return "option";
  if (production instanceof Repetition) return "many";
  if (production instanceof RepetitionMandatory) return "atLeastOne";
  return production instanceof RepetitionMandatoryWithSeparator ? "atLeastOneSeparated" : undefined;
};

/** The parser's record of its own grammar, by the decisions and calls in each rule. */
export class GrammarRecord {
  private readonly decisions = new Map<string, IProduction>();
  private readonly roles = new Map<string, NameRole>();

  constructor(private readonly productions: Readonly<Record<string, Rule>>) {
    for (const rule of Object.values(productions)) this.note(rule.name, rule.definition);
  }

  private note(rule: string, productions: readonly IProduction[]): void {
    for (const production of productions) {
      const decision = decisionOf(production);
      if (decision !== undefined) this.decisions.set(keyOf(rule, decision, indexOf(production)), production);
      if (production instanceof NonTerminal && production.label !== undefined) {
        this.roles.set(keyOf(rule, production.nonTerminalName, production.idx), production.label as NameRole);
      }
      const inside = insideOf(production);
      if (inside !== undefined) this.note(rule, inside);
    }
  }

  /** What names stand for in a rule, as the rule that called it there says. */
  roleOfCall(caller: string, called: string, index: number): NameRole | undefined {
    return this.roles.get(keyOf(caller, called, index));
  }

  /** What one of the ways of a decision may begin with: `way` numbers the alternatives of an `or`, and is 0 elsewhere. */
  firstOf(rule: string, decision: Decision, index: number, way: number, place: GrammarPlace): Expectation[] {
    const production = this.decisions.get(keyOf(rule, decision, index))!;
    const inside = insideOf(production)!;
    const found: Expectation[] = [];
    addFirst(decision === "or" ? [inside[way]!] : inside, place, found);
    return found;
  }

  /** What a rule may begin with. */
  firstOfRule(rule: string): Expectation[] {
    const found: Expectation[] = [];
    addFirst(this.productions[rule]!.definition, { rules: [rule], role: undefined }, found);
    return found;
  }
}

const keyOf = (rule: string, what: string, index: number): string => `${rule} ${what} ${index}`;

const indexOf = (production: IProduction): number => (production as IProduction & { readonly idx: number }).idx;

function insideOf(production: IProduction): readonly IProduction[] | undefined {
  if (production instanceof NonTerminal || production instanceof Terminal) return undefined;
  return partsWithin(production);
}

/** What stands within an alternative, or an optional or repeated part. */
export const partsWithin = (part: IProduction): readonly IProduction[] =>
  (part as IProduction & { readonly definition: readonly IProduction[] }).definition;

/** @returns whether all of the productions may be left out, so that what follows them may come first too. */
function addFirst(productions: readonly IProduction[], place: GrammarPlace, found: Expectation[]): boolean {
  return productions.every((production) => addFirstOf(production, place, found));
}

function addFirstOf(production: IProduction, place: GrammarPlace, found: Expectation[]): boolean {
  if (production instanceof Terminal) {
    found.push(expectationOf(production.terminalType, production.label as NameRole | undefined, place));
    return false;
  }
  if (production instanceof NonTerminal) {
    const rules = [...place.rules, production.nonTerminalName];
    const role = (production.label as NameRole | undefined) ?? place.role;
    return addFirst(production.referencedRule.definition, { rules, role }, found);
  }
  const inside = insideOf(production)!;
  if (production instanceof Alternation) {
    return inside.map((way) => addFirstOf(way, place, found)).some((mayBeEmpty) => mayBeEmpty);
  }
  const mayBeEmpty = addFirst(inside, place, found);
  const mayBeLeftOut =
    production instanceof Option || production instanceof Repetition || production instanceof RepetitionWithSeparator;
  return mayBeLeftOut || mayBeEmpty;
}

/** A name that says nothing of itself stands for what the rule that called says. */
export function expectationOf(type: TokenType, label: NameRole | undefined, place: GrammarPlace): Expectation {
  return { type, role: label === "inherited" ? place.role : label, rules: place.rules };
}
