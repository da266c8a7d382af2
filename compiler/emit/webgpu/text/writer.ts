/**
 * A WGSL module as it grows. What differs from task to task are fields of one uniform struct, `task`; index lists, columns
 * of tables and the like lie in one storage array, `tables`; tensors are arrays of group 1.
 */
import type { DeviceFeature } from "../program.js";
import { declareArray } from "./arrays.js";
import type { ArrayOptions, DeclaredArray, DeviceArray } from "./arrays.js";
import type { DeviceFormat } from "./formats.js";

export interface WgslModule<Key> {
  readonly source: string;
  /** Fields of `task`, in order, each an i32, by what it is. */
  readonly fields: readonly { readonly name: string; readonly key: Key }[];
  /** Arrays of group 1, in order of binding. */
  readonly arrays: readonly { readonly name: string; readonly access: "read" | "write" }[];
  readonly features: readonly DeviceFeature[];
  /** Of every subgroup, where it uses them. */
  readonly subgroupLanes?: number;
  /** Bytes that a workgroup shares. */
  readonly workgroupBytes: number;
}

/** Types of what a workgroup shares, and their bytes. */
const sharedTypes = { f32: 4, vec4f: 16, f16: 2, "vec4<f16>": 8 } as const;
type SharedType = keyof typeof sharedTypes;

export interface SharedArray {
  readonly name: string;
  readonly element: SharedType;
  readonly count: number;
}

export interface WgslWriter<Key> {
  /** The number as text, `task.name`, an i32. */
  field(name: string, key: Key): string;
  /** An element of `tables` as i32, or as f32. */
  table(index: string): string;
  tableF32(index: string): string;
  /** Declares an array of one format; arrays are bound in the order in which they are declared. */
  array(options: ArrayOptions): DeviceArray;
  /** Declares an array of words, in which tensors of several formats lie, each from a word on (an i32). */
  words(name: string, access: "read" | "write"): (format: DeviceFormat, firstWord: string) => DeviceArray;
  /** Declares an array of a WGSL type, which is then written of as `name[..]`. */
  raw(name: string, access: "read" | "write", element: string): void;
  /** What the adapter must have. */
  enable(feature: DeviceFeature): void;
  /** Subgroups of so many lanes, which go the same way everywhere: the language cannot know, and is told not to ask. */
  subgroups(lanes: number): void;
  /** Declares arrays that the invocations of a workgroup share, once: those of one comment are declared together. */
  share(comment: string, arrays: readonly SharedArray[]): void;
  /** A function or a declaration of the module, once; functions may call those declared before. */
  declare(text: string): void;
  /** A function whose body is what `write` writes: after all that is declared, before the entry point. */
  func(head: string, write: () => void): void;
  line(text: string): void;
  /** A comment on what the lines after it do. */
  say(text: string): void;
  /** Begins a block; `close` ends as many. */
  open(head: string): void;
  close(blocks?: number): void;
  /** A number that is not given twice. */
  unique(): number;
  /** `head`: attributes and signature of the entry point, whose body the lines are. */
  module(comment: readonly string[], head: string): WgslModule<Key>;
}

/** What WGSL calls the features of an adapter. */
const extensions: Readonly<Record<DeviceFeature, string>> = { subgroups: "subgroups", "shader-f16": "f16" };

interface BoundArray {
  readonly name: string;
  readonly access: "read" | "write";
  /** Tensors in it. */
  readonly views: DeclaredArray[];
  element(): string;
}

export function createWgslWriter<Key>(): WgslWriter<Key> {
  const fields = new Map<string, Key>();
  const bound: BoundArray[] = [];
  const features = new Set<DeviceFeature>();
  const diagnostics = new Set<string>();
  const shared = new Map<string, SharedArray>();
  const declarations: string[] = [];
  const functionTexts: string[] = [];
  let body: string[] = [];
  let depth = 1;
  let given = 0;
  let readsTables = false;
  let subgroupLanes: number | undefined;
  const declare = (text: string): void => void (declarations.includes(text) || declarations.push(text));
  const tableAt = (index: string): string => {
    readsTables = true;
    return `tables[${index}]`;
  };
  const line = (text: string): void => void body.push("  ".repeat(depth) + text);
  return {
    field(name, key) {
      if (!fields.has(name)) fields.set(name, key);
      return `task.${name}`;
    },
    table: tableAt,
    tableF32: (index) => `bitcast<f32>(${tableAt(index)})`,
    array(options) {
      if (options.format.feature !== undefined) features.add(options.format.feature);
      const declared = declareArray(options);
      bound.push({ name: options.name, access: options.access, views: [declared], element: declared.element });
      return declared.array;
    },
    words(name, access) {
      const views: DeclaredArray[] = [];
      bound.push({ name, access, views, element: () => "u32" });
      return (format, firstWord) => {
        const declared = declareArray({ name, access, format, firstWord });
        views.push(declared);
        return declared.array;
      };
    },
    raw: (name, access, element) => void bound.push({ name, access, views: [], element: () => element }),
    enable: (feature) => void features.add(feature),
    subgroups(lanes) {
      features.add("subgroups");
      diagnostics.add("diagnostic(off, subgroup_uniformity);");
      subgroupLanes = lanes;
    },
    share(comment, arrays) {
      const texts = arrays.map(({ name, element, count }) => `var<workgroup> ${name}: array<${element}, ${count}>;`);
      declare(`/// ${comment}\n${texts.join("\n")}`);
      for (const array of arrays) shared.set(array.name, array);
    },
    declare,
    func(head, write) {
      const [around, outside] = [body, depth];
      body = [];
      depth = 1;
      write();
      functionTexts.push(`${head} {\n${body.join("\n")}\n}`);
      body = around;
      depth = outside;
    },
    line,
    say: (text) => line(`// ${text}`),
    open(head) {
      body.push(`${"  ".repeat(depth)}${head} {`);
      depth++;
    },
    close(blocks = 1) {
      for (let block = 0; block < blocks; block++) {
        depth--;
        body.push(`${"  ".repeat(depth)}}`);
      }
    },
    unique: () => given++,
    module(comment, head) {
      const views = bound.flatMap((array) => array.views);
      for (const { format } of views) for (const text of format.functions) declare(text);
      const functions = new Set(views.flatMap((view) => view.functions()));
      const bindings = [
        ...(fields.size > 0 ? ["@group(0) @binding(0) var<uniform> task: Task;"] : []),
        ...(readsTables ? ["@group(0) @binding(1) var<storage, read> tables: array<i32>;"] : []),
        ...bound.map(({ name, access, element }, binding) => {
          const mode = access === "read" ? "read" : "read_write";
          return `@group(1) @binding(${binding}) var<storage, ${mode}> ${name}: array<${element()}>;`;
        }),
      ];
      const sections = [
        comment.map((text) => `// ${text}`).join("\n"),
        [...[...features].map((feature) => `enable ${extensions[feature]};`), ...diagnostics].join("\n"),
        fields.size > 0
          ? `/// What differs from task to task.\nstruct Task {\n${[...fields.keys()].map((name) => `  ${name}: i32,`).join("\n")}\n}`
          : "",
        bindings.join("\n"),
        ...declarations,
        ...functions,
        ...functionTexts,
        `${head} {\n${body.join("\n")}\n}`,
      ];
      return {
        source: `${sections.filter((text) => text !== "").join("\n\n")}\n`,
        fields: [...fields].map(([name, key]) => ({ name, key })),
        arrays: bound.map(({ name, access }) => ({ name, access })),
        features: [...features],
        ...(subgroupLanes !== undefined && { subgroupLanes }),
        workgroupBytes: [...shared.values()].reduce(
          (bytes, { element, count }) => bytes + sharedTypes[element] * count,
          0,
        ),
      };
    },
  };
}
