/** Tensors in a device's memory as WGSL arrays, and the functions that load and store their elements. */
import type { DeviceFormat } from "./formats.js";

/** A tensor in memory as a kernel sees it. */
export interface DeviceArray {
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
    return `${functionName(helper, name)}(${[...(firstWord === undefined ? [] : [firstWord]), ...given].join(", ")})`;
  };
  /** Read or written one by one: the array is then of single elements, and four are as many. */
  const isSingle = (): boolean => used.has("load") || used.has("store");
  return {
    format,
    array: {
      load: (index) => call("load", index),
      store: (index, value) => `${call("store", index, value)};`,
      loadFour: (group) => call("loadFour", group),
      storeFour: (group, value) => `${call("storeFour", group, value)};`,
      storeSome: (group, value, mask) => `${call("storeSome", group, value, mask)};`,
    },
    element: () => (firstWord !== undefined ? "u32" : isSingle() ? format.one : format.four),
    functions() {
      const own = { ...options, name };
      const text = firstWord !== undefined ? inWords(own, options.name) : isSingle() ? inSingles(own) : inFours(own);
      const needed = new Set(used);
      for (const helper of [...helperOrder].reverse())
        if (needed.has(helper)) for (const other of text[helper].calls ?? []) needed.add(other);
      return helperOrder.filter((helper) => needed.has(helper)).map((helper) => text[helper].text);
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

const parts = ["x", "y", "z", "w"] as const;
const lines = (head: string, body: readonly string[]): string =>
  `${head} {\n${body.map((l) => `  ${l}`).join("\n")}\n}`;

/** An array whose elements are four neighbours; none is loaded or stored alone. */
function inFours({ name, format }: ArrayOptions): HelperTexts {
  const keeps = format.bytes === 4 ? `select(${name}[group], ${format.encode("value")}, mask)` : undefined;
  return {
    load: { text: "" },
    store: { text: "" },
    loadFour: {
      text: lines(`fn load_four_${name}(group: i32) -> vec4f`, [`return ${format.decode(`${name}[group]`)};`]),
    },
    storeFour: {
      text: lines(`fn store_four_${name}(group: i32, value: vec4f)`, [`${name}[group] = ${format.encode("value")};`]),
    },
    storeSome:
      keeps === undefined
        ? {
            text: lines(`fn store_some_${name}(group: i32, value: vec4f, mask: vec4<bool>)`, [
              `store_four_${name}(group, select(load_four_${name}(group), value, mask));`,
            ]),
            calls: ["loadFour", "storeFour"],
          }
        : {
            text: lines(`fn store_some_${name}(group: i32, value: vec4f, mask: vec4<bool>)`, [
              `${name}[group] = ${keeps};`,
            ]),
          },
  };
}

/** An array of single elements, or of the words that several narrow ones share. */
function inSingles(options: ArrayOptions): HelperTexts {
  const { name, format } = options;
  const isWord = format.one === "u32";
  const texts = wordTexts(options, {
    parameter: "",
    argument: "",
    read: (place) => (isWord ? `${name}[${place}]` : `bitcast<u32>(${name}[${place}])`),
    write: (place, bits) => `${name}[${place}] = ${isWord ? bits : `bitcast<${format.one}>(${bits})`};`,
  });
  if (format.dtype !== "f32") return texts;
  const load = lines(`fn load_${name}(index: i32) -> f32`, [`return ${name}[index];`]);
  const store = lines(`fn store_${name}(index: i32, value: f32)`, [`${name}[index] = value;`]);
  return { ...texts, load: { text: load }, store: { text: store } };
}

/** An array of words that begins somewhere in a buffer of words. */
function inWords(options: ArrayOptions, bound: string): HelperTexts {
  return wordTexts(options, {
    parameter: "first: i32, ",
    argument: "first, ",
    read: (place) => `${bound}[first + ${place}]`,
    write: (place, bits) => `${bound}[first + ${place}] = ${bits};`,
  });
}

/** How the words of an array are reached, as bits. */
interface Words {
  /** What each function has as an argument more, and gives to those it calls. */
  readonly parameter: string;
  readonly argument: string;
  read(place: string): string;
  write(place: string, bits: string): string;
}

function wordTexts({ name, format }: ArrayOptions, words: Words): HelperTexts {
  const { parameter, argument } = words;
  const { bytes } = format;
  const some = `fn store_some_${name}(${parameter}group: i32, value: vec4f, mask: vec4<bool>)`;
  if (bytes === 4) {
    const place = (i: number): string => (i === 0 ? "4 * group" : `4 * group + ${i}`);
    const loads = parts.map((_, i) => `load_${name}(${argument}${place(i)})`);
    return {
      load: {
        text: lines(`fn load_${name}(${parameter}index: i32) -> f32`, [
          `return ${format.decodeOne(words.read("index"))};`,
        ]),
      },
      store: {
        text: lines(`fn store_${name}(${parameter}index: i32, value: f32)`, [
          words.write("index", format.encodeOne("value")),
        ]),
      },
      loadFour: {
        text: lines(`fn load_four_${name}(${parameter}group: i32) -> vec4f`, [`return vec4f(${loads.join(", ")});`]),
        calls: ["load"],
      },
      storeFour: {
        text: lines(
          `fn store_four_${name}(${parameter}group: i32, value: vec4f)`,
          parts.map((part, i) => `store_${name}(${argument}${place(i)}, value.${part});`),
        ),
        calls: ["store"],
      },
      storeSome: {
        text: lines(
          some,
          parts.map((part, i) => `if (mask.${part}) { store_${name}(${argument}${place(i)}, value.${part}); }`),
        ),
        calls: ["store"],
      },
    };
  }
  const perWord = 4 / bytes;
  const word = `(index >> ${Math.log2(perWord)}u)`;
  const place = `(u32(index & ${perWord - 1}) * ${bytes * 8}u)`;
  const mask = bytes === 2 ? "0xffffu" : "0xffu";
  const four =
    bytes === 2
      ? format.decode(`vec2u(${words.read("2 * group")}, ${words.read("2 * group + 1")})`)
      : format.decode(words.read("group"));
  const storing =
    bytes === 2
      ? [
          `let words = ${format.encode("value")};`,
          words.write("2 * group", "words.x"),
          words.write("2 * group + 1", "words.y"),
        ]
      : [words.write("group", format.encode("value"))];
  return {
    load: {
      text: lines(`fn load_${name}(${parameter}index: i32) -> f32`, [
        `return ${format.decodeOne(`(${words.read(word)} >> ${place}) & ${mask}`)};`,
      ]),
    },
    // Neighbours share a word: no two invocations of a dispatch may store into one.
    store: {
      text: lines(`fn store_${name}(${parameter}index: i32, value: f32)`, [
        `let others = ${words.read(word)} & ~(${mask} << ${place});`,
        words.write(word, `others | (${format.encodeOne("value")} << ${place})`),
      ]),
    },
    loadFour: { text: lines(`fn load_four_${name}(${parameter}group: i32) -> vec4f`, [`return ${four};`]) },
    storeFour: { text: lines(`fn store_four_${name}(${parameter}group: i32, value: vec4f)`, storing) },
    storeSome: {
      text: lines(some, [
        `store_four_${name}(${argument}group, select(load_four_${name}(${argument}group), value, mask));`,
      ]),
      calls: ["loadFour", "storeFour"],
    },
  };
}
