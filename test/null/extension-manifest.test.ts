import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createMemoryHost } from "../../compiler/bind/source-host.js";
import { createNodeHost } from "../../compiler/bind/node-host.js";
import { renderText } from "../../compiler/diagnostics/render-text.js";
import { checkFile } from "../../compiler/program.js";
import { parse } from "../../grammar/parser.js";
import { commands as lensCommands } from "../../lsp/protocol.js";
import { defaultSettings } from "../../lsp/settings.js";
import { extensionIcon, fileIcon } from "../../scripts/extension-icons.mjs";
import { pictures } from "../../scripts/screenshots.mjs";
import { projectFiles, projectRoot, readProjectFile } from "../support/project.js";

const home = "vscode-extension";

interface Manifest {
  readonly icon: string;
  readonly contributes: {
    readonly languages: readonly { readonly configuration: string; readonly icon: { readonly light: string } }[];
    readonly grammars: readonly { readonly path: string }[];
    readonly snippets: readonly { readonly path: string }[];
    readonly commands: readonly { readonly command: string }[];
    readonly menus: Readonly<Record<string, readonly { readonly command: string }[]>>;
    readonly configuration: { readonly properties: Readonly<Record<string, object>> };
    readonly problemMatchers: readonly { readonly pattern: { readonly regexp: string } }[];
    readonly walkthroughs: readonly {
      readonly steps: readonly { readonly description: string; readonly media: { readonly markdown: string } }[];
    }[];
  };
}
const manifest = JSON.parse(readProjectFile(`${home}/package.json`)) as Manifest;
const { contributes } = manifest;
const sources = projectFiles()
  .filter((path) => path.startsWith(`${home}/src/`))
  .map(readProjectFile)
  .join("\n");

test("every file that the manifest names is there", () => {
  const named = [
    manifest.icon,
    ...contributes.languages.flatMap(({ configuration, icon }) => [configuration, icon.light]),
    ...[...contributes.grammars, ...contributes.snippets].map(({ path }) => path),
    ...contributes.walkthroughs.flatMap(({ steps }) => steps.map(({ media }) => media.markdown)),
  ];
  expect(named.filter((path) => !existsSync(join(projectRoot, home, path)))).toEqual([]);
});

test("every command that is offered, or that a lens has, is carried out", () => {
  const registered = new Set([...sources.matchAll(/registerCommand\("(stretto\.\w+)"/g)].map(([, name]) => name));
  const walkthrough = contributes.walkthroughs.flatMap(({ steps }) =>
    steps.flatMap(({ description }) => [...description.matchAll(/command:(stretto\.\w+)/g)].map(([, name]) => name!)),
  );
  const menus = Object.values(contributes.menus).flat();
  const offered = [...contributes.commands, ...menus].map(({ command }) => command);
  expect([...offered, ...walkthrough, ...Object.values(lensCommands)].filter((name) => !registered.has(name))).toEqual(
    [],
  );
});

test("every setting that the server reads can be set, and docs/editors.md tells of every one", () => {
  const settings = Object.keys(contributes.configuration.properties);
  const page = readProjectFile("docs/editors.md");
  expect(settings.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  const read = Object.entries(defaultSettings).flatMap(([name, value]) =>
    typeof value === "object" ? Object.keys(value as object).map((part) => `${name}.${part}`) : [name],
  );
  for (const name of [...read, "profile", "machine"]) expect(settings).toContain(`stretto.${name}`);
});

test("the problem matcher reads what the command line prints", () => {
  const { diagnostics, sources: texts } = checkFile(
    "examples/a.stretto",
    createMemoryHost({ "examples/a.stretto": "param a = 1\nparam b = missing + 1\n" }, createNodeHost("a.stretto")),
    {},
  );
  const printed = renderText(diagnostics, (path) => texts.get(path));
  const matcher = new RegExp(contributes.problemMatchers[0]!.pattern.regexp);
  const [found] = printed.split("\n").flatMap((line) => [matcher.exec(line)].filter((match) => match !== null));
  expect(found?.slice(1, 6)).toEqual(["examples/a.stretto", "2", "11", "error", "ST2101"]);
});

test("every picture of the editor is made by the script, and shown by a page", () => {
  const committed = projectFiles().filter((path) => /^docs\/pictures\/.*\.png$/.test(path));
  expect(committed).toEqual(Object.keys(pictures).toSorted());
  const pages = ["README.md", "docs/editors.md"].map(readProjectFile).join("\n");
  for (const path of committed) expect(pages).toContain(path.slice("docs/".length));
});

test("icons are what the script draws", () => {
  expect(readProjectFile(`${home}/icons/file.svg`)).toBe(fileIcon());
  const icon = extensionIcon();
  expect(icon.subarray(1, 4).toString()).toBe("PNG");
  expect(icon.readUInt32BE(16)).toBeGreaterThanOrEqual(128);
});

describe("each snippet, with what it proposes, is read without a mistake", () => {
  const snippets = JSON.parse(readProjectFile(`${home}/snippets/stretto.json`)) as Readonly<
    Record<string, { readonly body: readonly string[] }>
  >;
  test.each(Object.entries(snippets))("%s", (name, { body }) => {
    const text = filled(body.join("\n"));
    const whole = name === "overlap" ? `schedule s of l {\n${text}\n}\n` : text;
    expect(parse(whole).errors, whole).toEqual([]);
  });
});

/** A snippet as it stands once one has gone through it without typing. */
function filled(body: string): string {
  const proposed = new Map<string, string>([["0", ""]]);
  for (const [, stop, choice, text] of body.matchAll(/\$\{(\d+)(?:\|([^,|]*)[^|]*\||:([^}]*))\}/g))
    proposed.set(stop!, choice ?? text!);
  return body
    .replaceAll(/\$\{(\d+)(?:\|[^|]*\||:[^}]*)?\}/g, (_, stop: string) => proposed.get(stop) ?? "")
    .replaceAll(/\$(\d+)/g, (_, stop: string) => proposed.get(stop) ?? "");
}

describe("what Enter does", () => {
  interface Configuration {
    readonly onEnterRules: readonly {
      readonly beforeText: string;
      readonly action: { readonly appendText?: string; readonly removeText?: number };
    }[];
    readonly indentationRules: { readonly increaseIndentPattern: string; readonly decreaseIndentPattern: string };
  }
  const { onEnterRules, indentationRules } = JSON.parse(
    readProjectFile(`${home}/language-configuration.json`),
  ) as Configuration;
  const actionAfter = (line: string): object | undefined =>
    onEnterRules.find(({ beforeText }) => new RegExp(beforeText).test(line))?.action;

  test("documentation goes on, and ends at an empty line of it", () => {
    expect(actionAfter("  /// What is computed.")).toMatchObject({ appendText: "/// " });
    expect(actionAfter("  /// ")).toMatchObject({ removeText: 4 });
    expect(actionAfter("  tile h by (2, 2)")).toBeUndefined();
  });

  test.each(["schedule a of b {", "layer moe(", "  for s in 0 ..< n - 1 { // rounds"])(
    "`%s` indents what follows",
    (line) => {
      expect(new RegExp(indentationRules.increaseIndentPattern).test(line)).toBe(true);
    },
  );
  test.each(["schedule a of b", "profile small { tokens = 4 }", "// a brace {"])("`%s` does not", (line) => {
    expect(new RegExp(indentationRules.increaseIndentPattern).test(line)).toBe(false);
  });
});
