import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { temporaryFolder, withBuiltCommand } from "../support/command-line.js";
import { readProjectFile } from "../support/project.js";
import { expectSarif } from "../support/sarif-reader.js";
import type { SarifLog } from "../support/sarif-reader.js";
import { readXml } from "../support/xml-reader.js";
import { readYaml } from "../support/yaml-reader.js";

// The commands of the workflow files that docs/ci.md shows are run as the servers would, in a repository with a commit to
// compare with and one that breaks a claim.

interface Workflow {
  readonly on: object;
  readonly permissions: object;
  readonly jobs: { readonly check: { readonly steps: readonly Step[] } };
}
interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly if?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, string | number>>;
}
interface Pipeline {
  readonly stretto: {
    readonly variables: Readonly<Record<string, string | number>>;
    readonly script: readonly string[];
    readonly artifacts: { readonly paths: readonly string[]; readonly reports: { readonly junit: string } };
  };
}

const workflow = readYaml(readProjectFile("examples/ci/.github/workflows/stretto.yml")) as unknown as Workflow;
const pipeline = readYaml(readProjectFile("examples/ci/.gitlab-ci.yml")) as unknown as Pipeline;
const { steps } = workflow.jobs.check;

const layer = `import { laptop } from "std/machines"
import { relu } from "std/ops"
param rows = 8
mesh on laptop { tp: 2 }
layer net(x: f32[rows/tp]) -> out: f32[rows] { return relu(all_gather(x, rows)) }
schedule plain of net
`;
const good = `${layer}check plain { same result as net no deadlock }\n`;
const failing = `${layer}check plain { no deadlock memory <= 1 B }\n`;

let folder = temporaryFolder();
let path = "";
let base = "";
const git = (...args: string[]): string =>
  execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.com", ...args], {
    cwd: folder.path,
    encoding: "utf8",
  });

beforeEach(() => {
  folder = temporaryFolder({ "good.stretto": good, "layer.stretto": good, ".gitignore": ".commands\n" });
  path = withBuiltCommand(folder.path);
  git("init", "--quiet");
  git("add", "--all");
  git("commit", "--quiet", "-m", "what holds");
  base = git("rev-parse", "HEAD").trim();
  writeFileSync(join(folder.path, "layer.stretto"), failing);
  git("commit", "--quiet", "--all", "-m", "what does not");
});
afterEach(() => folder.remove());

/** Runs lines of a script as a server does: the first that fails ends it. */
function run(script: string, environment: Readonly<Record<string, string>> = {}) {
  const result = spawnSync("bash", ["-e", "-c", script], {
    cwd: folder.path,
    encoding: "utf8",
    env: { HOME: folder.path, PATH: path, ...environment },
  });
  return { code: result.status, output: result.stdout, errors: result.stderr };
}
const written = (name: string): string => readFileSync(join(folder.path, name), "utf8");
const stepOf = (event: string): Step =>
  steps.find((step) => step.run?.includes("stretto check") && step.if === `github.event_name == '${event}'`)!;

describe("GitHub Actions", () => {
  test("takes the whole history, actions of a stated version, and no right that it does not need", () => {
    expect(Object.keys(workflow.on)).toEqual(["pull_request", "push"]);
    expect(workflow.permissions).toEqual({ contents: "read", "security-events": "write" });
    const uses = steps.flatMap((step) => step.uses ?? []);
    expect(uses.length).toBeGreaterThan(2);
    for (const action of uses) expect(action).toMatch(/@v\d+$/);
    expect(steps.find(({ uses: action }) => action?.startsWith("actions/checkout"))!.with).toEqual({
      "fetch-depth": 0,
    });
  });

  test("a pull request: what it affects is annotated, and the page of the run has the summary", () => {
    const step = stepOf("pull_request");
    // What others choose, a branch's name say, never stands in a script.
    expect(steps.filter(({ run: script }) => script?.includes("${{"))).toEqual([]);
    expect(step.env).toEqual({ BASE: "${{ github.event.pull_request.base.sha }}" });
    const summary = join(folder.path, "step.md");
    const { code, output, errors } = run(step.run!, { BASE: base, GITHUB_STEP_SUMMARY: summary });
    expect(errors).toBe("");
    expect(output).toMatch(
      /^::error file=layer\.stretto,line=7,endLine=7,col=\d+,title=ST6002 quantity-out-of-limit::/,
    );
    expect(output).toContain("\nchecked 1 file: 1 claim holds, 1 fails\n1 file is not affected since ");
    expect(code).toBe(1);
    expect(written("step.md")).toContain("| **fails** | `plain` | `memory <= 1 B` |");
    expect(run(step.run!, { BASE: "HEAD" })).toMatchObject({ code: 0 });
  });

  test("a push: everything is checked, and the log that is uploaded has what is wrong", () => {
    const step = stepOf("push");
    const upload = steps.find(({ uses }) => uses?.includes("upload-sarif"))!;
    const { code, errors } = run(step.run!, { GITHUB_STEP_SUMMARY: join(folder.path, "step.md") });
    expect([code, errors]).toEqual([1, ""]);
    const log = JSON.parse(written(String(upload.with!["sarif_file"]))) as SarifLog;
    expectSarif(log);
    expect(log.runs[0]!.artifacts.map(({ location }) => location.uri)).toEqual(["good.stretto", "layer.stretto"]);
    expect(log.runs[0]!.results.map(({ ruleId }) => ruleId)).toEqual(["ST6002"]);
    // It comes after a step that failed: only a condition that says so lets it run.
    expect(upload.if).toContain("!cancelled()");
    expect(written("step.md")).toContain("layer.stretto");
  });
});

describe("GitLab", () => {
  const script = pipeline.stretto.script.filter((line) => line !== "npm ci").join("\n");
  const { paths, reports } = pipeline.stretto.artifacts;

  test.each([
    ["a merge request", () => ({ CI_MERGE_REQUEST_DIFF_BASE_SHA: base }), ["layer.stretto"]],
    ["the default branch", () => ({}), ["good.stretto", "layer.stretto"]],
  ])("%s: the report and the summary are where the pipeline says", (_, environment, files) => {
    const { code, errors } = run(script, environment());
    expect([code, errors]).toEqual([1, ""]);
    const { attributes, children } = readXml(written(reports.junit));
    expect(children.map(({ attributes: { name } }) => name)).toEqual(files);
    expect(attributes["failures"]).toBe("1");
    for (const file of paths) expect(existsSync(join(folder.path, file))).toBe(true);
    expect(pipeline.stretto.variables).toEqual({ GIT_DEPTH: 0 });
  });
});
