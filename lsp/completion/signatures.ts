import type { Parameter } from "../../grammar/ast.js";
import { views } from "../../compiler/check/elaborate-view.js";
import { words } from "../../compiler/check/elaborate-word.js";
import { wordForms } from "../../compiler/check/word-arguments.js";
import { ofKinds } from "./definitions.js";
import { builtIn } from "./functions.js";
import type { Scene } from "./scene.js";
import { docOf, inOneLine, signatureText } from "../names/definition-text.js";

/** One way to call something. */
export interface CallSignature {
  readonly label: string;
  /** The part of the label that each parameter is, in order. */
  readonly parameters: readonly string[];
  /** The last parameter stands for all that follow. */
  readonly repeats: boolean;
  readonly doc: string | undefined;
}

/** What the call at the cursor may be given: each way that its callee has. */
export function signaturesOf(callee: string, scene: Scene): CallSignature[] {
  const word = [...words, ...views].find((one) => one === callee);
  if (word !== undefined) return formsOf(wordForms[word]);
  const all = [...ofKinds(scene.visible, "op", "layer"), ...ofKinds(scene.standard, "op", "layer")];
  const found = all.find(({ name }) => name === callee)?.definition;
  if (found?.kind === "op" || found?.kind === "layer") {
    const text = scene.textOf(found.file) ?? "";
    const parameters = found.node.parameters.flatMap((parameter) => namesWithType(parameter, text));
    // Tables and axes that no parameter's type leads to are given after the values.
    const tables = found.node.typeParameters.filter(({ bound }) => bound?.text === "table");
    const given = tables.map(({ name }) => `${name.text}: table`);
    const label = signatureText(found, text);
    return [{ label, parameters: [...parameters, ...given], repeats: false, doc: docOf(found) }];
  }
  const own = builtIn(callee);
  if (own === undefined) return [];
  const { parameters, doc, repeats = false } = own;
  return [{ label: `${callee}(${parameters.join(", ")}${repeats ? ", .." : ""})`, parameters, repeats, doc }];
}

/** A parameter's part of the label, for each of its names: `q, k, v: bf16[seq, dim]`. */
function namesWithType({ names, type, span }: Parameter, text: string): string[] {
  if (names.length === 1) return [inOneLine(text.slice(span.start, span.end))];
  const last = inOneLine(text.slice(names.at(-1)!.span.start, type.span.end));
  return names.map((name, index) => (index === names.length - 1 ? last : name.text));
}

/** Of a word: the calls that its description has as examples, the description being what is said of each. */
function formsOf(form: string): CallSignature[] {
  return [...form.matchAll(/`(\w+\(([^`]*)\))`/g)].map(([, label, inside]) => ({
    ...{ label: label!, parameters: splitArguments(inside!), repeats: false, doc: form },
  }));
}

/** At commas outside of brackets. */
function splitArguments(inside: string): string[] {
  const parts: string[] = [""];
  let depth = 0;
  for (const character of inside) {
    if (character === "(" || character === "[") depth++;
    else if (character === ")" || character === "]") depth--;
    if (character === "," && depth === 0) parts.push("");
    else parts[parts.length - 1] += character;
  }
  return parts.map((part) => part.trim()).filter((part) => part !== "");
}
