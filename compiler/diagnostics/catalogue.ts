/** Every diagnostic there is: one wording and one code each. How to add one stands in README.md of this folder. */
import { bindCodes } from "./codes/bind.js";
import { checkCodes } from "./codes/check.js";
import { claimCodes } from "./codes/claims.js";
import { commandLineCodes } from "./codes/command-line.js";
import { fileCodes } from "./codes/files.js";
import { parseCodes } from "./codes/parse.js";
import { planCodes } from "./codes/plan.js";
import { proveCodes } from "./codes/prove.js";
import { fillMessage } from "./message.js";
import type { CodeDefinition, ParameterValue } from "./message.js";
import { placesOfWitness } from "./witness.js";
import type { Diagnostic, Fix, Location, RelatedPlace, Witness } from "./types.js";

export const catalogue = {
  ...parseCodes,
  ...bindCodes,
  ...checkCodes,
  ...planCodes,
  ...proveCodes,
  ...claimCodes,
  ...fileCodes,
  ...commandLineCodes,
} as const;

/** The kebab-case name of a code: `unknown-name`. */
export type DiagnosticName = keyof typeof catalogue;

type ParametersOf<D> = D extends CodeDefinition<infer P> ? P : never;

/** What a call site must give for the message of `N`. */
export type DiagnosticParameters<N extends DiagnosticName> = {
  readonly [P in ParametersOf<(typeof catalogue)[N]>]: ParameterValue;
};

export interface DiagnosticExtras {
  readonly related?: readonly RelatedPlace[];
  readonly fixes?: readonly Fix[];
  readonly witness?: Witness;
}

/** The only way to make a diagnostic. */
export function createDiagnostic<N extends DiagnosticName>(
  name: N,
  location: Location,
  parameters: DiagnosticParameters<N>,
  extras: DiagnosticExtras = {},
): Diagnostic {
  const definition: CodeDefinition<string> = catalogue[name];
  const { related = [], fixes = [], witness } = extras;
  return {
    code: definition.code,
    name,
    severity: definition.severity,
    message: fillMessage(definition.message, parameters as Readonly<Record<string, ParameterValue>>),
    location,
    related: witness === undefined ? related : [...related, ...placesOfWitness(witness)],
    fixes,
    ...(witness && { witness }),
  };
}

/** The kebab-case name of a code (`ST2101`), or undefined where there is no such code. */
export function nameOfCode(code: string): DiagnosticName | undefined {
  return (Object.keys(catalogue) as DiagnosticName[]).find((name) => catalogue[name].code === code);
}
