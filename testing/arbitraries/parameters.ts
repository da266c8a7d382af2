import fc from "fast-check";
import { StrettoError } from "../error.js";
import type { Settings, StrettoFile } from "../types.js";

type Value = number | string;

/**
 * Settings of a file's params and tables, for `file.with(..)`: every name with one of its values. Counterexamples
 * shrink towards the first value of a list.
 *
 * @param choices by name: a list of values, or an arbitrary of them: `{ ranks: [2, 4, 8], tokens: fc.integer({ min: 1 }) }`
 * @throws StrettoError where the file has no param and no table of a name
 */
export function parameters(
  file: StrettoFile,
  choices: Readonly<Record<string, readonly Value[] | fc.Arbitrary<Value>>>,
): fc.Arbitrary<Settings> {
  const known = [...Object.keys(file.params), ...file.tables];
  for (const name of Object.keys(choices)) {
    if (known.includes(name)) continue;
    throw new StrettoError(`\`${file.path}\` has no param and no table \`${name}\`. It has ${known.join(", ")}.`);
  }
  const isList = (values: readonly Value[] | fc.Arbitrary<Value>): values is readonly Value[] => Array.isArray(values);
  return fc.record(
    Object.fromEntries(
      Object.entries(choices).map(([name, values]) => [name, isList(values) ? fc.constantFrom(...values) : values]),
    ),
  );
}
