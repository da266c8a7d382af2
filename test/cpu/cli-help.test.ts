import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { buildCommandLine } from "../../cli/command-line.js";
import { recordedSession } from "../../cli/support/session.js";
import { catalogue } from "../../compiler/diagnostics/catalogue.js";
import { commandsPage } from "../../scripts/commands-page.mjs";
import { spawnStretto, stretto, temporaryFolder, withoutPackage } from "../support/command-line.js";
import { projectRoot, readManifest, readProjectFile } from "../support/project.js";

const folder = temporaryFolder();
afterAll(() => folder.remove());

const commandLine = () => buildCommandLine({ session: recordedSession(), finish() {} });
const names = commandLine().commands.map((command) => command.name());

describe("help", () => {
  test("lists the commands, and each command's says what is printed, the exit codes and examples", async () => {
    const { code, output } = await stretto(["--help"]);
    expect(code).toBe(0);
    for (const name of names) {
      expect(output).toMatch(new RegExp(`^  ${name} `, "m"));
      const help = await stretto([name, "--help"]);
      expect(help.code).toBe(0);
      expect(help.output).toMatch(/^Exit codes:\n {2}0 {2}\S/m);
      expect(help.output).toMatch(new RegExp(`^Examples:\n  \\$ stretto ${name}`, "m"));
      expect(Math.max(...help.output.split("\n").map((line) => line.length))).toBeLessThanOrEqual(105);
      expect(await stretto(["help", name])).toEqual(help);
    }
  });

  test("there is a file a command", () => {
    const files = readdirSync(join(projectRoot, "cli/commands"));
    expect(files.sort()).toEqual(names.map((name) => `${name}.ts`).sort());
  });

  test("the page of commands is what help prints: `npm run generate` after a change", () => {
    expect(readProjectFile("docs/reference/commands.md")).toBe(commandsPage(commandLine()));
  });

  test("--version is the package's", async () => {
    const { version } = JSON.parse(readProjectFile("package.json")) as { version: string };
    expect((await stretto(["--version"])).output).toBe(`${version}\n`);
  });

  test("without a command, help is printed as an error", async () => {
    const { code, output, errors } = await stretto([]);
    expect(code).toBe(2);
    expect(output).toBe("");
    expect(errors).toContain("Usage: stretto");
  });
});

describe("explain", () => {
  test("prints the page of every diagnostic, by code and by name", async () => {
    for (const [name, { code: number }] of Object.entries(catalogue)) {
      const { code, output } = await stretto(["explain", number]);
      expect(code, number).toBe(0);
      expect(output, number).toContain(number);
      expect((await stretto(["explain", name])).output, name).toBe(output);
    }
    expect((await stretto(["explain", "st2303"])).code).toBe(0);
  });
});

describe("doctor", () => {
  test("finds what is needed here", async () => {
    const { code, output } = await stretto(["doctor"]);
    expect(output).toContain(process.versions.node);
    expect(output).toMatch(/^ok +Node /m);
    expect(code).toBe(0);
    const { findings } = JSON.parse((await stretto(["doctor", "--json"])).output) as {
      findings: { state: string; remedy?: string }[];
    };
    for (const { state, remedy } of findings) if (state !== "ok") expect(remedy).toBeTruthy();
  });

  test("says how to get WebGPU where the package is not", () => {
    const { code, output } = spawnStretto(["doctor"], { folder: folder.path, before: withoutPackage("webgpu") });
    expect(output).toMatch(/^absent +WebGPU \(optional\) +the package `webgpu` is not installed/m);
    expect(code).toBe(0);
  });
});

describe("new", () => {
  test.each(["overlap", "moe"])("%s: every claim of the project it writes holds", async (template) => {
    const written = await stretto(["new", template, `of-${template}`], { workingDirectory: folder.path });
    expect(written.errors).toBe("");
    expect(written.code).toBe(0);
    const made = readdirSync(join(folder.path, `of-${template}`));
    const program = made.find((name) => name.endsWith(".stretto"))!;
    expect(made).toContain("README.md");
    expect(written.output).toContain(`stretto run ${program}`);
    expect(readFileSync(join(folder.path, `of-${template}`, program), "utf8")).toContain("//");
    const checked = await stretto(["check", program], { workingDirectory: join(folder.path, `of-${template}`) });
    expect(checked.errors).toBe("");
    expect(checked.code).toBe(0);
  });
});

describe("the built command", () => {
  test("runs as npm installs it", () => {
    expect(readManifest().bin.stretto).toBe("dist/cli/main.js");
    const { code, output } = spawnStretto(["--version"], { folder: folder.path });
    expect(code).toBe(0);
    expect(output).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
