/** Series of edits as an editor makes them: letters typed, pieces taken out, put in, or moved. */
import fc from "fast-check";
import { keywords, symbols } from "../../grammar/tokens.js";

/** A change of whatever text there is: places are taken modulo its length. */
export interface TypedEdit {
  readonly at: number;
  readonly removes: number;
  readonly inserts: string | { readonly from: number; readonly length: number };
}

const scraps = [
  ...Object.keys(keywords),
  ...Object.values(symbols).map(({ pattern }) => String(pattern)),
  ...[
    "x",
    "y1",
    " ",
    "\n",
    "\n\n",
    "12",
    "3.5e2",
    " 80 GB",
    " 85 %",
    '"s"',
    '"',
    "// c\n",
    "/// d\n",
    "/*",
    "*/",
    "@",
    "é",
    "}",
    "{",
  ],
  ...["param n = 8\n", "layer f(x: f32[n]) -> y: f32[n] {\n", "schedule s of f\n", "check s { no race }\n"],
];

export const typedEdit: fc.Arbitrary<TypedEdit> = fc.record({
  at: fc.nat(1_000_000),
  removes: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat(3), fc.nat(200)),
  inserts: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...scraps) },
    { weight: 1, arbitrary: fc.constant("") },
    { weight: 1, arbitrary: fc.record({ from: fc.nat(1_000_000), length: fc.nat(300) }) },
  ),
});

export function applyEdit(text: string, { at, removes, inserts }: TypedEdit): string {
  const start = at % (text.length + 1);
  const from = typeof inserts === "string" ? 0 : inserts.from % (text.length + 1);
  const inserted = typeof inserts === "string" ? inserts : text.slice(from, from + inserts.length);
  return text.slice(0, start) + inserted + text.slice(start + removes);
}
