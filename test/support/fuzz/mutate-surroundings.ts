/** What a program is read with: settings of the command line, and the files that it is divided over. */
import { definitionsOf } from "../../../compiler/bind/definitions.js";
import { parse } from "../../../grammar/parser.js";
import type { Draw } from "../random-draw.js";
import { mutateMeaning } from "./mutate-meaning.js";
import { mutateTokens } from "./mutate-tokens.js";
import { fileLine, setLine } from "./whole-case.js";

/** Of params, axes, tables and meshes; some are of none. */
const values: readonly string[] = [
  ...["0", "1", "2", "3", "4", "7", "16", "1000", "-1", "0.5", "1e9", "1e400", "9007199254740993", "2 GB", "40 %"],
  ...[
    "n",
    "n + 1",
    "2 * tokens",
    "min(2, ranks)",
    "n / 0",
    "rank",
    "f32",
    "(",
    '"',
    "}",
    "// c",
    "/*",
    "",
    " ",
    "\0",
    "é",
  ],
  ...["zipf(1.1)", "uniform()", "all", 'from "routes/comet-small.csv"', 'from "../x.csv"', "lengths uniform(1, 4)"],
  ...["all where to <= from", "laptop", "{ tp: 2 }", "1, n = 2", "n\u2028", "x".repeat(5000), "(".repeat(2000)],
];

/** Such as most params and axes have. */
const sizes: readonly string[] = ["1", "2", "3", "4", "8", "16", "32", "64", "100", "128"];

const someNames = ["n", "tokens", "ranks", "seed", "tp", "constructor", "__proto__", "rank", "f32"];

/** The program, with one to three settings. */
export function withSettings(draw: Draw, text: string): string {
  const kinds = new Set(["param", "axis", "table", "mesh", "layer"]);
  const own = definitionsOf("", parse(text).tree).filter(({ kind }) => kinds.has(kind));
  const tables = own.filter(({ kind }) => kind === "table").map(({ name }) => `${name} seed`);
  if (own.length === 0) return text + setLine("n", draw.pick(values));
  const names = [...own.map(({ name }) => name), ...tables, draw.pick(someNames)];
  let all = text;
  for (let count = draw.integer(1, 3); count > 0; count--) {
    const odd = draw.oneIn(4) ? mutateTokens(draw, draw.pick(values)) : draw.pick(values);
    all += draw.oneIn(2) ? setLine(draw.pick(names), odd) : setLine(draw.pick(own).name, draw.pick(sizes));
  }
  return all;
}

/** The program in two files, one of which imports what the other declares, with a change or none in either. */
export function inTwoFiles(draw: Draw, text: string, other: string): string {
  const { tree } = parse(text);
  const imports = tree.declarations.filter(({ kind }) => kind === "ImportDecl");
  const rest = tree.declarations.filter(({ kind }) => kind !== "ImportDecl");
  const written = ({ span }: { span: { start: number; end: number } }): string => text.slice(span.start, span.end);
  const moved = new Set(rest.filter(() => draw.oneIn(2)));
  const names = definitionsOf("", { ...tree, declarations: [...moved] }).map(({ name }) => name);
  const head = imports.map(written).join("\n");
  const body = (isMoved: boolean): string =>
    rest
      .filter((one) => moved.has(one) === isMoved)
      .map(written)
      .join("\n\n");
  const named = [...new Set(names)].map((name) => (draw.oneIn(8) ? `${name} as other_${name}` : name)).join(", ");
  const path = draw.oneIn(8)
    ? draw.pick(["../part.stretto", "./main.stretto", "std/part", "./no.stretto"])
    : "./part.stretto";
  const link = names.length === 0 ? "" : `import { ${named} } from "${path}"\n`;
  // Each may import the other.
  const back = draw.oneIn(6) ? `import { ${draw.pick([...names, "x"])} } from "./main.stretto"\n` : "";
  const changed = (own: string): string => {
    if (!draw.oneIn(3)) return own;
    return draw.oneIn(2) ? mutateTokens(draw, own) : mutateMeaning(draw, own, other, 2);
  };
  return (
    changed(`${link}${head}\n\n${body(false)}\n`) +
    fileLine("part.stretto", changed(`${back}${head}\n\n${body(true)}\n`))
  );
}
