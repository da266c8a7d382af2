import type { KeywordEntry, TokenEntry } from "../grammar/tokens.js";
import type { Unit } from "../grammar/units.js";

export interface Tables {
  readonly keywords: Readonly<Record<string, KeywordEntry>>;
  readonly symbols: Readonly<Record<string, TokenEntry>>;
  readonly literals: Readonly<Record<string, TokenEntry>>;
  readonly units: readonly Unit[];
}
export function grammarPage(tables: Tables): string;
