// Makes docs/reference/grammar.md from the tables of grammar/tokens.ts and grammar/units.ts. Run after a build; a test
// compares.
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * @param {import("./generate-grammar-docs.mjs").Tables} tables
 * @returns {string}
 */
export function grammarPage({ keywords, symbols, literals, units }) {
  const words = Object.entries(keywords);
  const reserved = words.filter(([, entry]) => entry.reserved).map(([word]) => code(word));
  const sections = [
    ["declaration", "Words that open a declaration"],
    ["clause", "Words inside declarations"],
    ["property", "Words of machines"],
    ["verb", "Words of schedules"],
    ["claim", "Words of checks"],
    ["operator", "Words that are operators"],
  ].map(([category, title]) => {
    const rows = words.filter(([, entry]) => entry.category === category);
    return `## ${title}\n\n${table(
      ["Word", "Meaning"],
      rows.map(([word, { doc }]) => [code(word), doc]),
    )}\n`;
  });
  return [
    "# Tokens and units\n\n",
    "This page is generated from the token and unit tables in `grammar/`, from which the lexer is made too.\n\n",
    "Line breaks mean nothing, but for three places: the bracket of a call or an index stands on the line of what it\n",
    "belongs to, the body of a reduction begins on the line of its bracket, and a unit stands on the line of its number.\n",
    "`;` may separate statements. `//` begins a comment, `///` the documentation of what follows.\n\n",
    `Words are contextual: each may also be a name, but for ${listed(reserved)}.\n\n`,
    ...sections.flatMap((section) => [section, "\n"]),
    "## Symbols\n\n",
    table(
      ["Symbol", "Meaning"],
      Object.values(symbols).map(({ pattern, doc }) => [code(pattern), doc]),
    ),
    "\n\n## Literals and names\n\n",
    ...Object.values(literals).map(({ doc }) => `- ${doc}\n`),
    "\n## Units\n\n",
    "A unit is read only after a number on the same line; everywhere else its letters are a name. `%` after a number is percent\n",
    "unless an operand follows on the same line: `85 % of communication`, `10 % n`.\n\n",
    table(
      ["Unit", "Of", "In base units", "Meaning"],
      units.map(({ name, dimension, factor, doc }) => [code(name), dimension, String(factor), doc]),
    ),
    "\n",
  ].join("");
}

const code = (text) => `\`${text.replaceAll("|", "\\|")}\``;
const listed = (items) => `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;

/** A table of markdown with its columns lined up, as prettier prints it. */
function table(head, rows) {
  const widths = head.map((title, column) =>
    Math.max(...[title, ...rows.map((row) => row[column])].map((c) => c.length), 3),
  );
  const line = (cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const { keywords, literals, symbols } = await import("../dist/grammar/tokens.js");
  const { units } = await import("../dist/grammar/units.js");
  const page = grammarPage({ keywords, symbols, literals, units });
  writeFileSync(fileURLToPath(new URL("../docs/reference/grammar.md", import.meta.url)), page);
}
