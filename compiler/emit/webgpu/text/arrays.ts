/** Tensors in a device's memory as WGSL arrays, and the functions that load and store their elements. */
import type { Conversion, DeviceFormat, NumberType } from "./formats.js";
import { bare, typeOf } from "./scalars.js";

/** A tensor in memory as a kernel sees it. */
export interface DeviceArray {
  /** Type of what is loaded and stored. */
  readonly number: NumberType;
  /** An element, by its place counted in elements: a WGSL i32. */
  load(index: string): string;
  store(index: string, value: string): string;
  /** Four neighbours, by their place counted in fours. */
  loadFour(group: string): string;
  storeFour(group: string, value: string): string;
  /** Only those of the four that `mask`, a vec4<bool>, has. */
  storeSome(group: string, value: string, mask: string): string;
}

export interface ArrayOptions {
  readonly name: string;
  readonly format: DeviceFormat;
  readonly access: "read" | "write";
}

/** A tensor that begins at a word, an i32, of an array of u32 words in which others of other formats lie. */
export interface WordsOptions extends ArrayOptions {
  readonly firstWord: string;
}

type Helper = "load" | "store" | "loadFour" | "storeFour" | "storeSome";
const helperOrder: readonly Helper[] = ["load", "store", "loadFour", "storeFour", "storeSome"];

export interface DeclaredArray {
  readonly array: DeviceArray;
  readonly format: DeviceFormat;
  /** Type of its elements, as what was asked of it wants it. */
  element(): string;
  /** The functions that were asked for, each after those that it calls. */
  functions(): string[];
}

export function declareArray(options: ArrayOptions | WordsOptions): DeclaredArray {
  const firstWord = "firstWord" in options ? options.firstWord : undefined;
  const { format } = options;
  // In an array of words each format has functions of its own.
  const name = firstWord === undefined ? options.name : `${options.name}_${format.dtype}`;
  const used = new Set<Helper>();
  const call = (helper: Helper, ...given: string[]): string => {
    used.add(helper);
    const list = [...(firstWord === undefined ? [] : [firstWord]), ...given.map(bare)];
    return `${functionName(helper, name)}(${list.join(", ")})`;
  };
  /** Read or written one by one: the array is then of single elements, and four are as many. */
  const isSingle = (): boolean => used.has("load") || used.has("store");
  const texts = (): HelperTexts => {
    const own = { ...options, name };
    if (firstWord !== undefined) return inWords(own, options.name);
    if (!isSingle()) return inFours(own);
    return format.ones === undefined ? inSharedWords(own) : inOnes(own, format.ones);
  };
  return {
    format,
    array: {
      number: format.number,
      load: (index) => call("load", index),
      store: (index, value) => `${call("store", index, value)};`,
      loadFour: (group) => call("loadFour", group),
      storeFour: (group, value) => `${call("storeFour", group, value)};`,
      storeSome: (group, value, mask) => `${call("storeSome", group, value, mask)};`,
    },
    element: () => (firstWord !== undefined ? "u32" : isSingle() ? format.one : format.four),
    functions() {
      const own = texts();
      const needed = new Set(used);
      for (const helper of [...helperOrder].reverse())
        if (needed.has(helper)) for (const other of own[helper].calls ?? []) needed.add(other);
      return helperOrder.filter((helper) => needed.has(helper)).map((helper) => own[helper].text);
    },
  };
}

const functionName = (helper: Helper, name: string): string =>
  `${helper.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}_${name}`;

interface HelperText {
  readonly text: string;
  /** Helpers before it that it calls. */
  readonly calls?: readonly Helper[];
}
type HelperTexts = Readonly<Record<Helper, HelperText>>;

/** `parameter`: what each function takes before all else, with its comma. */
function heads({ name, format }: ArrayOptions, parameter = ""): Readonly<Record<Helper, string>> {
  const [one, four] = [typeOf(false, format.number), typeOf(true, format.number)];
  return {
    load: `fn load_${name}(${parameter}index: i32) -> ${one}`,
    store: `fn store_${name}(${parameter}index: i32, value: ${one})`,
    loadFour: `fn load_four_${name}(${parameter}group: i32) -> ${four}`,
    storeFour: `fn store_four_${name}(${parameter}group: i32, value: ${four})`,
    storeSome: `fn store_some_${name}(${parameter}group: i32, value: ${four}, mask: vec4<bool>)`,
  };
}

const parts = ["x", "y", "z", "w"] as const;
const func = (head: string, ...body: readonly string[]): string =>
  `${head} {\n${body.map((line) => `  ${line}`).join("\n")}\n}`;
const nothing: HelperText = { text: "" };

/** An array whose elements are four neighbours; none is loaded or stored alone. */
function inFours(options: ArrayOptions): HelperTexts {
  const { name, format } = options;
  const head = heads(options);
  const stored = `${name}[group]`;
  return {
    load: nothing,
    store: nothing,
    loadFour: { text: func(head.loadFour, `return ${format.fours.decode(stored)};`) },
    storeFour: { text: func(head.storeFour, `${stored} = ${format.fours.encode("value")};`) },
    storeSome:
      format.ones === undefined
        ? allButThose(options)
        : { text: func(head.storeSome, `${stored} = select(${stored}, ${format.fours.encode("value")}, mask);`) },
  };
}

/** Four of which some are stored as they were before. */
function allButThose(options: ArrayOptions, parameter = "", argument = ""): HelperText {
  const { name } = options;
  const kept = `select(load_four_${name}(${argument}group), value, mask)`;
  const text = func(heads(options, parameter).storeSome, `store_four_${name}(${argument}group, ${kept});`);
  return { text, calls: ["loadFour", "storeFour"] };
}

/** An array of single elements. */
function inOnes(options: ArrayOptions, ones: Conversion): HelperTexts {
  const { name } = options;
  const head = heads(options);
  return {
    load: { text: func(head.load, `return ${ones.decode(`${name}[index]`)};`) },
    store: { text: func(head.store, `${name}[index] = ${ones.encode("value")};`) },
    ...foursOfOnes(options),
  };
}

/** Fours by the functions of ones. */
function foursOfOnes(
  options: ArrayOptions,
  parameter = "",
  argument = "",
): Pick<HelperTexts, "loadFour" | "storeFour" | "storeSome"> {
  const { name, format } = options;
  const head = heads(options, parameter);
  const place = (i: number): string => (i === 0 ? "4 * group" : `4 * group + ${i}`);
  const loads = parts.map((_, i) => `load_${name}(${argument}${place(i)})`);
  const stores = parts.map((part, i) => `store_${name}(${argument}${place(i)}, value.${part});`);
  const storesSome = parts.map((part, i) => `if (mask.${part}) { ${stores[i]} }`);
  return {
    loadFour: {
      text: func(head.loadFour, `return ${typeOf(true, format.number)}(${loads.join(", ")});`),
      calls: ["load"],
    },
    storeFour: { text: func(head.storeFour, ...stores), calls: ["store"] },
    storeSome: { text: func(head.storeSome, ...storesSome), calls: ["store"] },
  };
}

/** An array of the words that several narrow elements share. */
function inSharedWords(options: ArrayOptions): HelperTexts {
  const { name } = options;
  return narrowTexts(options, { parameter: "", argument: "", word: (place) => `${name}[${place}]` });
}

/** A tensor that begins somewhere in an array of words, `bound`. */
function inWords(options: ArrayOptions, bound: string): HelperTexts {
  const { format } = options;
  const words: Words = {
    ...{ parameter: "first: i32, ", argument: "first, " },
    word: (place) => `${bound}[first + ${place}]`,
  };
  if (format.bytes < 4) return narrowTexts(options, words);
  const { parameter, argument, word } = words;
  const head = heads(options, parameter);
  return {
    load: { text: func(head.load, `return ${format.bits!.decode(word("index"))};`) },
    store: { text: func(head.store, `${word("index")} = ${format.bits!.encode("value")};`) },
    ...foursOfOnes(options, parameter, argument),
  };
}

/** How the words of an array are reached. */
interface Words {
  /** What each function takes before all else, and gives to those that it calls. */
  readonly parameter: string;
  readonly argument: string;
  word(place: string): string;
}

/** Elements of 16 or 8 bits in words of 32. */
function narrowTexts(options: ArrayOptions, { parameter, argument, word }: Words): HelperTexts {
  const { bytes, bits, fours } = options.format;
  const head = heads(options, parameter);
  const perWord = 4 / bytes;
  const own = word(`(index >> ${Math.log2(perWord)}u)`);
  const place = `(u32(index & ${perWord - 1}) * ${bytes * 8}u)`;
  const mask = bytes === 2 ? "0xffffu" : "0xffu";
  const [low, high] = [word("2 * group"), word("2 * group + 1")];
  return {
    load: { text: func(head.load, `return ${bits!.decode(`(${own} >> ${place}) & ${mask}`)};`) },
    // Neighbours share a word: no two invocations of a dispatch may store into one.
    store: {
      text: func(
        head.store,
        `let others = ${own} & ~(${mask} << ${place});`,
        `${own} = others | (${bits!.encode("value")} << ${place});`,
      ),
    },
    loadFour: {
      text: func(head.loadFour, `return ${fours.decode(bytes === 2 ? `vec2u(${low}, ${high})` : word("group"))};`),
    },
    storeFour: {
      text:
        bytes === 2
          ? func(head.storeFour, `let words = ${fours.encode("value")};`, `${low} = words.x;`, `${high} = words.y;`)
          : func(head.storeFour, `${word("group")} = ${fours.encode("value")};`),
    },
    storeSome: allButThose(options, parameter, argument),
  };
}
