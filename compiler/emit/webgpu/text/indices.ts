/**
 * Indices and conditions as WGSL. One variable may stand for four neighbouring indices at once, its lanes: an index that
 * depends on it is an index a lane, and a condition on it a vec4<bool>.
 */
import type { ConditionIR, IndexIR } from "../../../check/ir.js";

/** The value of an index expression at a place of a kernel. */
export interface IndexValue {
  /** Of lane 0; an i32. */
  readonly text: string;
  /** How far each lane is from the one before; 0: the same in all; undefined: `lanes` says each. */
  readonly step: number | undefined;
  readonly lanes?: readonly string[];
  /** How many loops stand around the innermost one that it depends on. */
  readonly depth: number;
}

/** What the variables of a kernel are bound to at a place. */
export type Environment = ReadonlyMap<number, IndexValue>;

export function narrowIndex(text: string, depth: number): IndexValue {
  return { text, step: 0, depth };
}

/** Four neighbours, of which `text` is the first. */
export function laneIndex(text: string, depth: number): IndexValue {
  return { text, step: 1, depth };
}

/** A whole number of times what a text says, a name or a call. */
export const times = (text: string, factor: number): string => (factor === 1 ? text : `${text} * ${factor}`);

export const isWideIndex = ({ step }: IndexValue): boolean => step !== 0;

/** Text of one lane. */
export function laneText(value: IndexValue, lane: number): string {
  if (value.lanes !== undefined) return value.lanes[lane]!;
  const away = lane * value.step!;
  return away === 0 ? value.text : `(${value.text} + ${away})`;
}

/** A vec4i of all lanes. */
export function wideText(value: IndexValue): string {
  if (value.lanes !== undefined) return `vec4i(${value.lanes.join(", ")})`;
  const { text, step } = value;
  return step === 0 ? `vec4i(${text})` : `(vec4i(${text}) + vec4i(0, ${step}, ${2 * step!}, ${3 * step!}))`;
}

export interface IndexTexts {
  index(at: IndexIR, environment: Environment): IndexValue;
  /** A bool, or, where a lane is asked, a vec4<bool>. */
  condition(node: ConditionIR, environment: Environment): { readonly text: string; readonly wide: boolean };
}

/** `column`: text of a column's value at an index, from the tables of the kernel. */
export function createIndexTexts(column: (table: number, name: string, at: string) => string): IndexTexts {
  const index = (at: IndexIR, environment: Environment): IndexValue => {
    if (at.kind === "column") {
      const inner = index(at.at, environment);
      const read = (text: string): string => column(at.table, at.column, text);
      if (!isWideIndex(inner)) return narrowIndex(read(inner.text), inner.depth);
      const lanes = [0, 1, 2, 3].map((lane) => read(laneText(inner, lane)));
      return { text: lanes[0]!, step: undefined, lanes, depth: inner.depth };
    }
    const terms = at.terms.map(({ variable, coefficient }) => ({ value: bound(environment, variable), coefficient }));
    const depth = Math.max(0, ...terms.map(({ value }) => value.depth));
    const sum = (textOf: (value: IndexValue) => string): string => affineText(terms, at.offset, textOf);
    if (terms.some(({ value }) => value.step === undefined)) {
      const lanes = [0, 1, 2, 3].map((lane) => sum((value) => laneText(value, lane)));
      return { text: lanes[0]!, step: undefined, lanes, depth };
    }
    const step = terms.reduce((total, { value, coefficient }) => total + coefficient * value.step!, 0);
    return { text: sum(({ text }) => text), step, depth };
  };

  const condition: IndexTexts["condition"] = (node, environment) => {
    if (node.kind === "compare") {
      const [left, right] = [index(node.left, environment), index(node.right, environment)];
      const wide = isWideIndex(left) || isWideIndex(right);
      const textOf = wide ? wideText : ({ text }: IndexValue) => text;
      return { text: `(${textOf(left)} ${node.operator} ${textOf(right)})`, wide };
    }
    const parts = node.parts.map((part) => condition(part, environment));
    const wide = parts.some((part) => part.wide);
    if (parts.length === 0) return { text: String(node.kind === "and"), wide: false };
    const texts = parts.map((part) => (wide && !part.wide ? `vec4<bool>(${part.text})` : part.text));
    const operator = node.kind === "and" ? (wide ? "&" : "&&") : wide ? "|" : "||";
    return { text: `(${texts.join(` ${operator} `)})`, wide };
  };
  return { index, condition };
}

function bound(environment: Environment, variable: number): IndexValue {
  return environment.get(variable) ?? narrowIndex("0", 0);
}

function affineText(
  terms: readonly { readonly value: IndexValue; readonly coefficient: number }[],
  offset: number,
  textOf: (value: IndexValue) => string,
): string {
  const texts = terms.map(({ value, coefficient }) =>
    coefficient === 1 ? textOf(value) : `${coefficient} * ${textOf(value)}`,
  );
  if (offset !== 0 || texts.length === 0) texts.push(String(offset));
  return texts.length === 1 && offset === 0 ? texts[0]! : `(${texts.join(" + ")})`;
}
