import type { Severity } from "./types.js";

/** A message with holes. `P` is the union of the holes' names, so that a call site must fill each of them. */
export interface MessageTemplate<P extends string> {
  /** One more than there are parameters. */
  readonly texts: readonly string[];
  readonly parameters: readonly P[];
}

/** What the catalogue says of one code. */
export interface CodeDefinition<P extends string> {
  /** `ST2104`: never reused, never renumbered. */
  readonly code: string;
  readonly severity: Severity;
  readonly message: MessageTemplate<P>;
  /**
   * Set where no text of a file can produce the code (a directory, a file too large, an option of the command line): the
   * test that does. The doc page then has prose instead of programs.
   */
  readonly producedBy?: string;
}

/** A value for a hole. Numbers are shown as they are. */
export type ParameterValue = string | number;

/**
 * Makes a template from a template literal whose substitutions are the names of the parameters.
 *
 * @example
 * message`\`${"name"}\` is declared twice.`; // MessageTemplate<"name">
 */
export function message<const P extends readonly string[]>(
  texts: TemplateStringsArray,
  ...parameters: P
): MessageTemplate<P[number]> {
  return { texts: [...texts], parameters };
}

interface Options {
  readonly producedBy?: string;
}

export function error<P extends string>(code: string, template: MessageTemplate<P>, options: Options = {}) {
  return define("error", code, template, options);
}

export function warning<P extends string>(code: string, template: MessageTemplate<P>, options: Options = {}) {
  return define("warning", code, template, options);
}

export function note<P extends string>(code: string, template: MessageTemplate<P>, options: Options = {}) {
  return define("note", code, template, options);
}

function define<P extends string>(
  severity: Severity,
  code: string,
  template: MessageTemplate<P>,
  options: Options,
): CodeDefinition<P> {
  return { code, severity, message: template, ...options };
}

/** The text of a template with its holes filled. */
export function fillMessage<P extends string>(
  template: MessageTemplate<P>,
  values: Readonly<Record<P, ParameterValue>>,
): string {
  let text = template.texts[0] ?? "";
  template.parameters.forEach((parameter, index) => {
    text += String(values[parameter]) + (template.texts[index + 1] ?? "");
  });
  return text;
}
