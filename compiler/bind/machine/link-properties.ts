import type { Identifier, LinkProperty } from "../../../grammar/ast.js";
import type { MachineContext } from "./context.js";
import { wordsOf } from "./link-forms.js";
import type { Form } from "./link-forms.js";

/** The properties that a topology takes, in the order in which messages name them. */
export type Forms = Readonly<Record<string, Form<unknown>>>;
export type Figures<F extends Forms> = { readonly [K in keyof F]: F[K] extends Form<infer Value> ? Value : never };

/** A link, or a tier. */
export interface Stated {
  /** For messages: "This ring link". */
  readonly owner: string;
  /** Where what is missing is reported. */
  readonly at: Identifier;
  readonly properties: readonly LinkProperty[];
}

/** What is stated, by form; undefined where something is missing, stated twice or refused, which is reported. */
export function figuresOf<F extends Forms>(stated: Stated, forms: F, context: MachineContext): Figures<F> | undefined {
  const { owner, at, properties } = stated;
  const found = new Map<string, unknown>();
  /** Something was not understood; it may have been meant for what is missing. */
  let unclear = false;
  let refused = false;
  for (const property of properties) {
    const words = wordsOf(property.parts);
    const numbers = property.parts.filter((part) => part.kind === "NumberLiteral");
    const [key, form] = Object.entries(forms).find(([, one]) => one.matches(words, numbers[0])) ?? [];
    const place = context.locate(property);
    if (!key || !form) {
      const text = property.parts.map((part) => (part.kind === "Identifier" ? part.text : numberText(part))).join(" ");
      context.diagnostics.report("unknown-property", place, { text, owner, hint: takes(forms) });
      unclear = true;
    } else if (found.has(key)) {
      context.diagnostics.report("duplicate-property", place, { owner, property: `its ${form.what}` });
      refused = true;
    } else {
      const value = form.read(numbers, words, context);
      if (value === undefined) refused = true;
      found.set(key, value);
    }
  }
  const absent: string[] = [];
  for (const [key, form] of Object.entries(forms)) {
    if (found.has(key)) continue;
    if (form.otherwise) found.set(key, form.otherwise.value);
    else absent.push(`${form.what}, such as \`${form.example}\``);
  }
  if (absent.length > 0) {
    const property = absent.join(", no ");
    if (!unclear) context.diagnostics.report("missing-property", context.locate(at), { owner, property });
    refused = true;
  }
  if (unclear || refused) {
    context.refused = true;
    return undefined;
  }
  return Object.fromEntries(found) as Figures<F>;
}

function takes(forms: Forms): string {
  return ` It takes, for example, ${Object.values(forms)
    .map((form) => `\`${form.example}\``)
    .join(", ")}.`;
}

function numberText(part: { readonly text: string; readonly unit?: { readonly text: string } }): string {
  return part.unit ? `${part.text} ${part.unit.text}` : part.text;
}
