import { spawnSync } from "node:child_process";
import { appendFileSync, cpSync, existsSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { createNodeHost } from "../../compiler/bind/node-host.js";
import { renderText } from "../../compiler/diagnostics/render-text.js";
import { checkFile } from "../../compiler/program.js";
import { stretto, temporaryFolder, withBuiltCommand } from "../support/command-line.js";
import { fencesOf, matchesTranscript, shellSteps } from "../support/fences.js";
import type { Fence } from "../support/fences.js";
import { installBuilt, outsideEnvironment, runInstalled } from "../support/installed-package.js";
import { projectFiles, projectRoot, readProjectFile } from "../support/project.js";
import { readYaml } from "../support/yaml-reader.js";

// Every fence of a page runs, in order, in a folder of the page's own, which also holds a copy of examples/ and of the
// programs beside the page:
//   stretto                  is checked as a file, and has no error
//   stretto file=a.stretto   the same, and later fences find it under that name
//   stretto append=a.stretto is added to it, and the whole is checked
//   stretto error=ST2303     has that error, and no other
//   stretto part             is a part of a file, shown only
//   sh                       lines that begin with `$ ` run, and print what follows them; exit=1 where they fail;
//                            plain commands of `stretto` do so in this process: that it starts is tested elsewhere
//   ts file=a.test.ts        is typed right beside the package, and later fences find it: `$ npx vitest run`
//   ts part                  is a part of a program, shown only
//   json                     is JSON
//   yaml file=a/b.yml        is YAML, and that file of the repository, word for word
// Pages of docs/diagnostics have a harness of their own.

const pages = projectFiles().filter(
  (path) =>
    path === "README.md" ||
    (/^(docs|examples|cli\/templates)\/.*\.md$/.test(path) && !path.startsWith("docs/diagnostics/")),
);

const removals: (() => void)[] = [];
afterAll(() => {
  for (const remove of removals) remove();
});

/** A folder with examples/ and the programs beside the page, and the PATH on which `stretto` and `npx stretto` are. */
function pageFolder(page: string): { readonly path: string; readonly commands: string } {
  const folder = temporaryFolder();
  removals.push(() => folder.remove());
  cpSync(join(projectRoot, "examples"), join(folder.path, "examples"), { recursive: true });
  const beside = projectFiles().filter((path) => dirname(path) === dirname(page) && path.endsWith(".stretto"));
  for (const path of beside) cpSync(join(projectRoot, path), join(folder.path, basename(path)));
  return { path: folder.path, commands: withBuiltCommand(folder.path) };
}

function checkProgram(folder: string, fence: Fence): void {
  const named = fence.info.get("file") ?? fence.info.get("append") ?? `fence-${fence.line}.stretto`;
  const path = join(folder, named);
  if (fence.info.has("append")) appendFileSync(path, `\n${fence.body}`);
  else writeFileSync(path, fence.body);
  const { diagnostics, sources } = checkFile(path, createNodeHost(path), {});
  const errors = diagnostics.filter((diagnostic) => diagnostic.severity === "error");
  const expected = fence.info.get("error")?.split(",") ?? [];
  expect(
    errors.map((diagnostic) => diagnostic.code),
    renderText(errors, (file) => sources.get(file)),
  ).toEqual(expected);
}

/** A program of a user's, in TypeScript, that imports the package. */
function compileProgram(folder: string, fence: Fence): void {
  const named = fence.info.get("file")!;
  writeFileSync(join(folder, named), fence.body);
  if (!existsSync(join(folder, "node_modules"))) {
    installBuilt(folder);
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }\n');
  }
  const strict = [
    "--strict",
    "--noEmit",
    "--skipLibCheck",
    "--target",
    "es2023",
    "--module",
    "nodenext",
    "--types",
    "",
  ];
  expect(runInstalled(folder, "tsc", ...strict, named)).toEqual({ code: 0, printed: "" });
}

/** What a command of `stretto` alone, of some words, is given; undefined where it needs a shell, or a device. */
function plainArguments(command: string): string[] | undefined {
  const [, words] = /^(?:npx )?stretto ((?:[\w./=:-]+|'[^']*'|[\w]+='[^']*'| )+)(?:#.*)?$/.exec(command) ?? [];
  if (words === undefined || words.includes("webgpu")) return undefined;
  return [...words.matchAll(/(?:[^\s']|'[^']*')+/g)].map(([word]) => word.replaceAll("'", ""));
}

async function runCommand(
  folder: { readonly path: string; readonly commands: string },
  command: string,
): Promise<{ readonly code: number | null; readonly printed: string }> {
  const given = plainArguments(command);
  if (given !== undefined) {
    const { code, output, errors } = await stretto(given, { workingDirectory: folder.path, columns: 80 });
    return { code, printed: output + errors };
  }
  const result = spawnSync("bash", ["-c", command], {
    cwd: folder.path,
    encoding: "utf8",
    timeout: 110_000,
    env: { ...outsideEnvironment(), PATH: folder.commands },
  });
  return { code: result.status, printed: result.stdout + result.stderr };
}

async function runShell(folder: { readonly path: string; readonly commands: string }, fence: Fence): Promise<void> {
  for (const { command, expected } of shellSteps(fence.body)) {
    const { code, printed } = await runCommand(folder, command);
    expect(code, `$ ${command}\n${printed}`).toBe(Number(fence.info.get("exit") ?? 0));
    if (expected.some((line) => line.trim() !== "")) {
      expect(
        matchesTranscript(expected, printed),
        `$ ${command}\nprinted:\n${printed}\nthe page says:\n${expected.join("\n")}`,
      ).toBe(true);
    }
  }
}

describe.each(pages)("%s", (page) => {
  const folder = pageFolder(page);
  for (const fence of fencesOf(readProjectFile(page))) {
    const where = `the ${fence.language || "plain"} fence of line ${fence.line}`;
    if (fence.language === "stretto" && !fence.info.has("part")) test(where, () => checkProgram(folder.path, fence));
    else if (fence.language === "sh") test(where, () => runShell(folder, fence));
    else if (fence.language === "ts" && fence.info.has("file")) test(where, () => compileProgram(folder.path, fence));
    else if (fence.language === "json") test(where, () => void JSON.parse(fence.body));
    else if (fence.language === "yaml") {
      test(where, () => {
        expect(readYaml(fence.body)).toBeTypeOf("object");
        expect(fence.body).toBe(readProjectFile(fence.info.get("file") ?? "a yaml fence needs file="));
      });
    }
  }
  test("has no fence that looks like a program but is none", () => {
    for (const fence of fencesOf(readProjectFile(page))) {
      expect(["stretto", "sh", "json", "yaml", "text", "ts", ""], `line ${fence.line}`).toContain(fence.language);
      if (fence.language === "ts")
        expect(fence.info.has("file") || fence.info.has("part"), `line ${fence.line}`).toBe(true);
    }
  });
});
