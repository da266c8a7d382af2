import { execFileSync } from "node:child_process";
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { affectedSince } from "../../cli/support/check/changed.js";
import { recordedSession } from "../../cli/support/session.js";
import { catalogue } from "../../compiler/diagnostics/catalogue.js";
import type { DiagnosticName } from "../../compiler/diagnostics/catalogue.js";
import { stretto, temporaryFolder } from "../support/command-line.js";

let folder = temporaryFolder();
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

// Nothing of the person's who runs the tests: neither names nor settings.
const environment = {
  PATH: process.env["PATH"],
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_SYSTEM: "/dev/null",
  GIT_AUTHOR_NAME: "a",
  GIT_AUTHOR_EMAIL: "a@example.com",
  GIT_COMMITTER_NAME: "a",
  GIT_COMMITTER_EMAIL: "a@example.com",
};
const git = (...args: string[]): string =>
  execFileSync("git", args, {
    cwd: folder.path,
    env: environment,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder.path, name, ".."), { recursive: true });
    writeFileSync(join(folder.path, name), text);
  }
}
function commit(files: Readonly<Record<string, string>>): void {
  write(files);
  git("add", "--all");
  git("commit", "--quiet", "--allow-empty", "-m", "a commit");
}

/** The names of those affected, or of what is wrong. */
async function affected(files: readonly string[], revision = "HEAD", options = {}): Promise<readonly string[]> {
  const session = recordedSession({ workingDirectory: folder.path, environment });
  const result = await affectedSince(session, files, options, revision);
  if (!("value" in result)) return result.diagnostics.map(({ name }) => name);
  const { affected: found, unaffected } = result.value;
  expect([...found, ...unaffected].toSorted()).toEqual([...files].toSorted());
  return found;
}

const head = `import { laptop } from "std/machines"\nmesh on laptop { tp: 2 }\n`;
const importing = (path: string, name: string): string => `import { ${name} } from "${path}"\nparam b = ${name}\n`;
const table = (path: string): string =>
  `${head}param tokens = 4, experts = 2\ntable gate: tokens -> experts, top(1) = "${path}"\n`;
const rows = "from,to\n0,0\n1,0\n2,1\n3,1\n";

describe("a file is affected by", () => {
  beforeEach(() => git("init", "--quiet"));

  test("its own text, and not by that of others", async () => {
    commit({ "a.stretto": "param a = 1\n", "b.stretto": "param a = 1\n" });
    expect(await affected(["a.stretto", "b.stretto"])).toEqual([]);
    write({ "a.stretto": "param a = 2\n" });
    expect(await affected(["a.stretto", "b.stretto"])).toEqual(["a.stretto"]);
    git("add", "--all");
    expect(await affected(["a.stretto", "b.stretto"])).toEqual(["a.stretto"]);
    commit({});
    expect(await affected(["a.stretto", "b.stretto"])).toEqual([]);
    expect(await affected(["a.stretto", "b.stretto"], "HEAD~1")).toEqual(["a.stretto"]);
    write({ "a.stretto": "param a = 1\n" });
    expect(await affected(["a.stretto", "b.stretto"], "HEAD~1")).toEqual([]);
  });

  test("imports of its imports", async () => {
    commit({
      "a.stretto": importing("./sub/b.stretto", "b"),
      "sub/b.stretto": importing("./c.stretto", "c"),
      "sub/c.stretto": "param c = 1\n",
      "other.stretto": "param c = 1\n",
    });
    write({ "sub/c.stretto": "param c = 2\n" });
    expect(await affected(["a.stretto", "sub/b.stretto", "other.stretto"])).toEqual(["a.stretto", "sub/b.stretto"]);
  });

  test("an import that is gone, and one that has come", async () => {
    commit({ "a.stretto": importing("./b.stretto", "b"), "b.stretto": "param b = 1\n" });
    rmSync(join(folder.path, "b.stretto"));
    expect(await affected(["a.stretto"])).toEqual(["a.stretto"]);
    commit({});
    // Wrong then and now: nothing has changed.
    expect(await affected(["a.stretto"])).toEqual([]);
    write({ "b.stretto": "param b = 1\n" });
    expect(await affected(["a.stretto"])).toEqual(["a.stretto"]);
  });

  test("the rows of its tables, those of a profile and of --set included", async () => {
    commit({
      "a.stretto": `${table("routes/a.csv")}profile small { gate = "routes/small.csv" }\n`,
      ...{ "routes/a.csv": rows, "routes/small.csv": rows, "routes/set.csv": rows },
    });
    const other = rows.replace("3,1", "3,0");
    for (const [name, set] of [
      ["a", new Map()],
      ["small", new Map()],
      ["set", new Map([["gate", '"routes/set.csv"']])],
    ] as const) {
      expect(await affected(["a.stretto"], "HEAD", { set })).toEqual([]);
      write({ [`routes/${name}.csv`]: other });
      expect(await affected(["a.stretto"], "HEAD", { set })).toEqual(["a.stretto"]);
      write({ [`routes/${name}.csv`]: rows });
    }
    write({ "routes/set.csv": other });
    expect(await affected(["a.stretto"])).toEqual([]);
  });

  test("being untracked, and by an import that is, ignored ones too", async () => {
    commit({ ".gitignore": "made.stretto\n", "a.stretto": importing("./made.stretto", "b") });
    write({ "made.stretto": "param b = 1\n", "new.stretto": "param b = 1\n" });
    expect(await affected(["a.stretto", "new.stretto"])).toEqual(["a.stretto", "new.stretto"]);
  });

  test("being renamed, or made executable", async () => {
    commit({ "a.stretto": "param a = 1\n" });
    renameSync(join(folder.path, "a.stretto"), join(folder.path, "b.stretto"));
    expect(await affected(["b.stretto"])).toEqual(["b.stretto"]);
  });

  test("a link on the way to it: what it leads to, git knows by another name", async () => {
    commit({ "real/a.stretto": "param a = 1\n", "b.stretto": importing("./link/gone.stretto", "x") });
    symlinkSync("real", join(folder.path, "link"));
    commit({});
    expect(await affected(["real/a.stretto"])).toEqual([]);
    expect(await affected(["link/a.stretto", "b.stretto"])).toEqual(["link/a.stretto", "b.stretto"]);
    // Where the link was, nothing is: what it led to then may have been there.
    rmSync(join(folder.path, "link"));
    expect(await affected(["b.stretto"])).toEqual(["b.stretto"]);
  });

  test("what a link of its name leads to", async () => {
    commit({ "real.stretto": "param a = 1\n" });
    symlinkSync("real.stretto", join(folder.path, "link.stretto"));
    commit({});
    write({ "real.stretto": "param a = 2\n" });
    expect(await affected(["link.stretto"])).toEqual(["link.stretto"]);
  });

  test("not being there at all: that is still to be told", async () => {
    commit({ "a.stretto": "param a = 1\n" });
    expect(await affected(["typo.stretto", "a.stretto"])).toEqual(["typo.stretto"]);
  });

  test("lying outside the repository", async () => {
    commit({ "a.stretto": "param a = 1\n" });
    const other = temporaryFolder({ "a.stretto": "param a = 1\n" });
    const file = join(other.path, "a.stretto");
    expect(await affected([file])).toEqual([file]);
    other.remove();
  });

  test("names are bytes to git: blanks, quotes, other scripts, and settings of git change nothing", async () => {
    const names = ["a b.stretto", 'q"uote.stretto', "日本.stretto", "-x.stretto", "*.stretto", ":(top).stretto"];
    commit(Object.fromEntries(names.map((name) => [name, "param a = 1\n"])));
    git("config", "diff.relative", "true");
    git("config", "diff.external", "false");
    git("config", "diff.renames", "copies");
    git("config", "core.quotePath", "true");
    const given = names.map((name) => `./${name}`);
    expect(await affected(given)).toEqual([]);
    write({ [names[2]!]: "param a = 2\n" });
    expect(await affected(given)).toEqual([given[2]]);
  });

  test("a branch whose name looks like an option is a branch", async () => {
    commit({ "a.stretto": "param a = 1\n" });
    git("update-ref", "refs/heads/-q", "HEAD");
    commit({ "a.stretto": "param a = 2\n" });
    expect(await affected(["a.stretto"], "-q")).toEqual(["a.stretto"]);
    expect(await affected(["a.stretto"], "HEAD")).toEqual([]);
  });

  test("the folder it is in makes no difference, nor does one below", async () => {
    commit({ "sub/a.stretto": importing("./b.stretto", "b"), "sub/b.stretto": "param b = 1\n" });
    git("config", "diff.relative", "true");
    const session = recordedSession({ workingDirectory: join(folder.path, "sub"), environment });
    const found = async (): Promise<unknown> => affectedSince(session, ["a.stretto"], {}, "HEAD");
    expect(await found()).toEqual({ value: { affected: [], unaffected: ["a.stretto"] } });
    write({ "sub/b.stretto": "param b = 2\n" });
    expect(await found()).toEqual({ value: { affected: ["a.stretto"], unaffected: [] } });
  });

  test("random imports and changes: just those that reach what changed", async () => {
    const count = 6;
    const name = (index: number): string => `f${index}.stretto`;
    // Of files below alone, so that there is no cycle.
    const edges = fc.tuple(...Array.from({ length: count }, (_, index) => fc.subarray([...Array(index).keys()])));
    await fc.assert(
      fc.asyncProperty(edges, fc.subarray([...Array(count).keys()]), async (imports, changed) => {
        const textOf = (index: number): string =>
          imports[index]!.map((target) => `import { p${target} } from "./${name(target)}"\n`).join("") +
          `param p${index} = ${["1", ...imports[index]!.map((target) => `p${target}`)].join(" + ")}\n`;
        const files = [...Array(count).keys()];
        commit(Object.fromEntries(files.map((index) => [name(index), textOf(index)])));
        write(Object.fromEntries(changed.map((index) => [name(index), `// ${index}\n${textOf(index)}`])));
        const reaches = (index: number): boolean => changed.includes(index) || imports[index]!.some(reaches);
        expect(await affected(files.map(name))).toEqual(files.filter(reaches).map(name));
      }),
      { numRuns: 15 },
    );
  });
});

describe("what git cannot tell is a diagnostic, and exit code 2", () => {
  const check = (revision: string, more: Parameters<typeof stretto>[1] = {}) =>
    stretto(["check", "a.stretto", "--changed", revision], { workingDirectory: folder.path, environment, ...more });
  const says = (name: DiagnosticName): string => `stretto: error ${catalogue[name].code} ${name}: `;

  test.each([
    ["a branch that is not there", "orign/main"],
    ["nothing", ""],
    ["an option", "--output=stolen"],
    ["an option that git rev-parse takes", "--all"],
    ["two commits", "HEAD..HEAD"],
    ["a file of a commit", "HEAD:a.stretto"],
    ["a null character", "HEAD\0"],
    ["more than an argument can hold", "x".repeat(1 << 20)],
  ])("a revision that is %s", async (_, revision) => {
    git("init", "--quiet");
    commit({ "a.stretto": "param a = 1\n" });
    const { code, output, errors } = await check(revision);
    expect(errors).toContain(says("unknown-revision"));
    expect([code, output]).toEqual([2, ""]);
    expect(git("status", "--porcelain")).toBe("");
  });

  test("a clone of one commit is said to be one", async () => {
    git("init", "--quiet", "from");
    write({ "from/a.stretto": "param a = 1\n" });
    const from = join(folder.path, "from");
    git("-C", from, "add", "--all");
    git("-C", from, "commit", "--quiet", "-m", "1");
    git("-C", from, "commit", "--quiet", "--allow-empty", "-m", "2");
    git("clone", "--quiet", "--depth=1", `file://${from}`, "shallow");
    const shallow = { workingDirectory: join(folder.path, "shallow") };
    expect((await check("HEAD~1", shallow)).errors).toContain("`fetch-depth: 0`");
    expect((await check("HEAD~9", { workingDirectory: from })).errors).not.toContain("fetch-depth");
    expect((await check("HEAD", shallow)).code).toBe(0);
  });

  test("no repository", async () => {
    write({ "a.stretto": "param a = 1\n" });
    const { code, errors } = await check("HEAD");
    expect(errors).toContain(says("not-a-repository"));
    expect(errors).toContain("git says: not a git repository");
    expect(code).toBe(2);
  });

  test("no git", async () => {
    const { code, errors } = await check("HEAD", { environment: { PATH: folder.path } });
    expect(errors).toContain(says("git-not-found"));
    expect(code).toBe(2);
  });

  test("a repository that is damaged", async () => {
    git("init", "--quiet");
    commit({ "a.stretto": "param a = 1\n" });
    write({ ".git/index": "damaged" });
    const { code, errors } = await check("HEAD");
    expect(errors).toContain(says("git-failed"));
    expect(code).toBe(2);
  });
});

describe("the command", () => {
  beforeEach(() => {
    git("init", "--quiet");
    commit({ "good.stretto": "param a = 1\n", "bad.stretto": "param a = 1 / 0\n" });
  });
  const check = (...args: string[]) =>
    stretto(["check", "good.stretto", "bad.stretto", "--changed", "HEAD", ...args], {
      workingDirectory: folder.path,
      environment,
    });

  test("checks nothing where nothing changed, and says so", async () => {
    expect(await check()).toEqual({ code: 0, output: "2 files are not affected since HEAD\n", errors: "" });
    const json = await check("--format", "json");
    expect(JSON.parse(json.output)).toEqual({ files: [], unaffected: ["good.stretto", "bad.stretto"] });
    for (const format of ["sarif", "junit", "github"]) expect((await check("--format", format)).code).toBe(0);
  });

  test("checks what changed, whose mistakes decide", async () => {
    write({ "good.stretto": "param a = 2\n" });
    const good = await check();
    expect(good).toEqual({
      code: 0,
      output: "good.stretto\n  nothing is claimed\n1 file is not affected since HEAD\n",
      errors: "",
    });
    write({ "bad.stretto": "param a = 2 / 0\n" });
    const bad = await check();
    expect(bad.errors).toContain("bad.stretto:1:11: error ST2303");
    expect(bad.code).toBe(1);
  });
});
