import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { catalogue } from "../../compiler/diagnostics/catalogue.js";
import type { DiagnosticName } from "../../compiler/diagnostics/catalogue.js";
import { spawnStretto, stretto, temporaryFolder, withoutPackage } from "../support/command-line.js";
import { readProjectFile } from "../support/project.js";

const comet = readProjectFile("examples/comet.stretto");

let folder = temporaryFolder();
beforeEach(() => {
  folder.remove();
  folder = temporaryFolder();
});
afterAll(() => folder.remove());

const write = (name: string, content: string | Uint8Array): string => {
  writeFileSync(join(folder.path, name), content);
  return name;
};
const inFolder = (args: readonly string[]): ReturnType<typeof stretto> =>
  stretto(args, { workingDirectory: folder.path });

/** The text of a diagnostic, with its place where it is about a file, and a part of its message. */
function says(name: DiagnosticName, file = "", part = ""): RegExp {
  const place = file === "" ? "stretto" : `${file.replaceAll(".", "\\.")}(:\\d+:\\d+)?`;
  return new RegExp(`${place}: error ${catalogue[name].code} ${name}: .*${part}`);
}

describe("a file that is wrong gives a diagnostic with its place, and exit code 1", () => {
  test.each([
    ["malformed", "layer moe(x: bf16[tokens] -> out {", /bad\.stretto:1:\d+: error ST1/],
    ["empty of sense", "}}}}", /bad\.stretto:1:1: error ST1/],
    ["division by zero", "param a = 4, b = 1 / (a - 4)", says("division-by-zero", "bad.stretto")],
    ["a name that is not there", "param a = tokns", says("unknown-name", "bad.stretto")],
    ["a param that depends on itself", "param a = b, b = a", says("param-cycle", "bad.stretto")],
    ["units that do not go together", "param a = 3 GB + 2 us", says("mixed-units", "bad.stretto")],
    ["a number beyond all numbers", "param a = 1e400", /bad\.stretto:1:\d+: error ST[12]/],
  ])("%s", async (_, text, expected) => {
    write("bad.stretto", text);
    for (const command of ["run", "simulate", "check"]) {
      const { code, output, errors } = await inFolder([command, "bad.stretto"]);
      expect(errors).toMatch(expected);
      expect(code).toBe(1);
      if (command !== "check") expect(output).toBe("");
    }
  });

  test("under --json, the same as one object with file, line, column and code, and nothing else", async () => {
    write("bad.stretto", "param a = 4\nparam b = 1 / (a - 4)\n");
    for (const command of ["run", "simulate"]) {
      const { code, output, errors } = await inFolder([command, "bad.stretto", "--json"]);
      expect(code).toBe(1);
      expect(errors).toBe("");
      const answer = JSON.parse(output) as { file: string; diagnostics: object[] };
      expect(answer.file).toBe("bad.stretto");
      expect(answer.diagnostics).toHaveLength(1);
      expect(answer.diagnostics[0]).toMatchObject({
        code: "ST2303",
        severity: "error",
        file: "bad.stretto",
        line: 2,
        column: expect.any(Number) as number,
      });
    }
  });

  test("sizes that nothing has: 10^18 tokens, and all that they bring", async () => {
    write("comet.stretto", comet);
    for (const setting of [
      "tokens=1000000000000000000",
      "hidden=1e18",
      "ffn=10^18",
      "experts=9007199254740991",
      "ranks=1e9",
      "topk=1e12",
    ]) {
      for (const command of ["simulate", "run"]) {
        const { code, errors, milliseconds } = spawnStretto([command, "comet.stretto", "--set", setting], {
          folder: folder.path,
        });
        expect(errors, setting).toMatch(/error ST\d{4}/);
        expect([1, 2], setting).toContain(code);
        expect(milliseconds, setting).toBeLessThan(10_000);
      }
    }
  });

  test("sizes of nothing: zero, negative, half", async () => {
    write("comet.stretto", comet);
    for (const setting of ["tokens=0", "tokens=-4", "tokens=2.5", "edge=0", "cols=0", "topk=0", "ranks=0"]) {
      const { code, errors } = await inFolder(["simulate", "comet.stretto", "--set", setting]);
      expect(errors, setting).toMatch(/error ST\d{4}/);
      expect([1, 2], setting).toContain(code);
    }
  });
});

describe("a file that cannot be read", () => {
  test("is not there", async () => {
    const { code, errors } = await inFolder(["run", "no.stretto"]);
    expect(errors).toMatch(says("file-not-found", "no.stretto"));
    expect(code).toBe(1);
  });

  test("is a directory", async () => {
    mkdirSync(join(folder.path, "folder.stretto"));
    const { code, errors } = await inFolder(["check", "folder.stretto"]);
    expect(errors).toMatch(says("not-a-file", "folder.stretto"));
    expect(code).toBe(1);
  });

  test("is not UTF-8", async () => {
    write("latin.stretto", Uint8Array.from([0x2f, 0x2f, 0x20, 0xe9, 0x0a]));
    const { code, errors } = await inFolder(["simulate", "latin.stretto"]);
    expect(errors).toMatch(says("not-utf8", "latin.stretto"));
    expect(code).toBe(1);
  });

  test("is larger than 4 MB: 100 MB are refused without being read", () => {
    write("large.stretto", new Uint8Array(100_000_000).fill(0x20));
    const { code, errors, milliseconds } = spawnStretto(["run", "large.stretto"], { folder: folder.path });
    expect(errors).toMatch(says("file-too-large", "large.stretto"));
    expect(code).toBe(1);
    expect(milliseconds).toBeLessThan(10_000);
  });
});

describe("text that no one wrote", () => {
  test("4 MB of noise", () => {
    const alphabet = 'abcxyz019 .,:;(){}[]<>/\\-+*="`\n\t layer schedule overlap -> op';
    let state = 12345;
    const noise = Array.from({ length: 4_000_000 }, () => {
      state = (state * 1103515245 + 12345) & 0x7fffffff;
      return alphabet[state % alphabet.length];
    }).join("");
    write("noise.stretto", noise);
    const { code, errors, milliseconds } = spawnStretto(["check", "noise.stretto"], { folder: folder.path });
    expect(code).toBe(1);
    expect(errors.match(/error ST\d{4}/g)!.length).toBeLessThanOrEqual(101);
    expect(milliseconds).toBeLessThan(10_000);
  });

  test.each([
    ["brackets", `param a = ${"(".repeat(100_000)}1${")".repeat(100_000)}`],
    ["open brackets", "layer a(".repeat(50_000)],
    ["blocks", "schedule a of b { ".repeat(50_000)],
    ["signs", `param a = ${"-".repeat(100_000)}1`],
    ["operators", `param a = 1${" + 1".repeat(100_000)}`],
    ["a name", `param ${"a".repeat(1_000_000)} = 1`],
    ["a line", " ".repeat(3_000_000) + "}"],
  ])("deep and long: %s", (_, text) => {
    write("deep.stretto", text);
    const { code, errors, milliseconds } = spawnStretto(["simulate", "deep.stretto"], { folder: folder.path });
    expect(errors).toMatch(/error ST\d{4}/);
    expect(errors).not.toContain("    at ");
    expect([1, 2]).toContain(code);
    expect(milliseconds).toBeLessThan(10_000);
    expect(errors.length).toBeLessThan(200_000);
  });

  test("a good file, cut anywhere, is a good file or has a diagnostic, and nothing is thrown", async () => {
    const bytes = new TextEncoder().encode(comet);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: bytes.length }), async (length) => {
        write("cut.stretto", bytes.subarray(0, length));
        const { code, errors } = await inFolder(["compile", "cut.stretto", "--target", "graph", "--profile", "small"]);
        expect([0, 1, 2], errors).toContain(code);
        expect(errors !== "" || code === 0).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  test("a good file with a byte changed anywhere, likewise", async () => {
    const bytes = new TextEncoder().encode(comet);
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: bytes.length - 1 }), fc.nat({ max: 255 }), async (at, byte) => {
        const changed = bytes.slice();
        changed[at] = byte;
        write("changed.stretto", changed);
        const { code, errors } = await inFolder(["simulate", "changed.stretto", "--profile", "small", "--json"]);
        expect([0, 1, 2], errors).toContain(code);
      }),
      { numRuns: 60 },
    );
  });
});

describe("imports", () => {
  test("in a circle", async () => {
    write("a.stretto", 'import { x } from "./b.stretto"\nparam y = x');
    write("b.stretto", 'import { y } from "./a.stretto"\nparam x = y');
    const { code, errors } = await inFolder(["check", "a.stretto"]);
    expect(errors).toMatch(/error ST2203 import-cycle/);
    expect(code).toBe(1);
  });

  test("of itself, of nothing, from outside", async () => {
    write("self.stretto", 'import { x } from "./self.stretto"');
    write("none.stretto", 'import { x } from "./nowhere.stretto"');
    write("outside.stretto", 'import { x } from "../../etc/passwd.stretto"');
    expect((await inFolder(["check", "self.stretto"])).errors).toMatch(/error ST2203/);
    expect((await inFolder(["check", "none.stretto"])).errors).toMatch(/error ST2201/);
    expect((await inFolder(["check", "outside.stretto"])).errors).toMatch(/error ST2206/);
  });
});

describe("a command line that is wrong gives exit code 2", () => {
  beforeEach(() => void write("comet.stretto", comet));

  const small = ["--profile", "small"];

  test.each([
    ["an unknown command", ["simulat", "comet.stretto"], /unknown command 'simulat'[\s\S]*simulate/],
    [
      "an unknown option",
      ["run", "comet.stretto", "--shedule", "comet"],
      /unknown option '--shedule'[\s\S]*--schedule/,
    ],
    ["no file", ["run"], /missing required argument 'file'/],
    ["too many files", ["run", "comet.stretto", "comet.stretto"], /too many arguments/],
    [
      "an unknown schedule",
      ["run", "comet.stretto", "--schedule", "commet"],
      says("unknown-schedule", "", "Did you mean `comet`"),
    ],
    ["an unknown profile", ["run", "comet.stretto", "--profile", "smal"], says("unknown-profile", "", "small")],
    ["an unknown setting", ["run", "comet.stretto", "--set", "tokns=4"], says("unknown-setting", "", "tokens")],
    ["a setting that is no expression", ["run", "comet.stretto", "--set", "tokens=(("], says("setting-unreadable")],
    ["a setting without a value", ["run", "comet.stretto", "--set", "tokens"], /name=value/],
    ["an unknown device", ["run", "comet.stretto", "--device", "tpu"], /cpu, webgpu, null/],
    ["an unknown target", ["compile", "comet.stretto", "--target", "cuda"], /graph, trace/],
    ["several files without a folder", ["compile", "comet.stretto", "--target", "chakra"], says("needs-folder")],
    ["a package without a folder", ["compile", "comet.stretto", "--target", "webgpu"], says("needs-folder")],
    [
      "an option of another target",
      ["compile", "comet.stretto", "--target", "goal", "--collectives", "whole"],
      says("option-of-target"),
    ],
    ["no target", ["compile", "comet.stretto"], /--target/],
    [
      "an unknown machine",
      ["simulate", "comet.stretto", ...small, "--machine", "h900_node"],
      says("unknown-machine", "", "h800_node"),
    ],
    [
      "an unknown form of timeline",
      ["simulate", "comet.stretto", "--timeline", "out.png"],
      says("unknown-output-form", "", "\\.html, \\.svg, \\.json"),
    ],
    ["an unknown format", ["check", "comet.stretto", "--format", "xml"], /text, json/],
    ["an unknown code", ["explain", "ST9999"], says("unknown-code")],
    ["what names no task", ["explain", "comet.stretto", ...small, "--why", "rank 2"], says("task-name")],
    [
      "an unknown task",
      ["explain", "comet.stretto", ...small, "--why", "hh"],
      says("unknown-task", "", "Did you mean `h`"),
    ],
    [
      "tasks of an unknown schedule",
      ["explain", "comet.stretto", ...small, "--why", "h", "--schedule", "comte"],
      says("unknown-schedule", "", "Did you mean `comet`"),
    ],
    ["a file to explain, and not what of it", ["explain", "comet.stretto"], says("option-needs", "", "--why NAME")],
    ["a code to explain, of a schedule", ["explain", "ST2303", "--schedule", "comet"], says("option-needs")],
    ["an unknown template", ["new", "overlapp"], says("unknown-template", "", "Did you mean `overlap`")],
    ["all schedules and one", ["run", "comet.stretto", "--all", "--schedule", "comet"], /cannot be used with/],
  ])("%s", async (_, args, expected) => {
    const { code, output, errors } = await inFolder(args);
    expect(errors).toMatch(expected);
    expect(code).toBe(2);
    expect(output).toBe("");
    expect(readdirSync(folder.path)).toEqual(["comet.stretto"]);
  });

  test("the end of a name that several values have", async () => {
    const layer = `
layer twice(x: bf16[tokens/ep, hidden]) -> out: bf16[tokens/ep, hidden] {
  let first = dispatch(x, gate)
  let home = combine(first, gate)
  let second = dispatch(home, gate)
  return combine(second, gate)
}
schedule s of twice
`;
    write("twice.stretto", comet + layer);
    const { code, errors } = await inFolder(["explain", "twice.stretto", "--profile", "small", "--why", "take"]);
    expect(errors).toMatch(says("ambiguous-task", "", "`first.take`, `second.take`"));
    expect(code).toBe(2);
  });

  test("a file without a schedule has nothing to run", async () => {
    write("plain.stretto", comet.split("schedule ")[0]!.replace(/\/\/\/ Each step[^\n]*\n*$/, ""));
    for (const command of [["run"], ["simulate"], ["compile", "--target", "graph"]]) {
      const { code, errors } = await inFolder([...command, "plain.stretto"]);
      expect(errors).toContain(`plain.stretto:1:1: error ${catalogue["no-schedule"].code} no-schedule`);
      expect(code).toBe(1);
    }
  });

  test("more ranks than a run has workers for are refused", async () => {
    const machine = readProjectFile("std/machines.stretto").match(/^machine h800_node \{.*?^\}/ms)![0];
    const wide = machine.replace("h800_node", "wide_node").replace("gpu[8]", "gpu[72]");
    const text = comet
      .replace('import { h800_node } from "std/machines"', wide)
      .replace("on h800_node", "on wide_node");
    write("wide.stretto", text);
    const { code, errors } = await inFolder(["run", "wide.stretto", "--set", "ranks=72", "--schedule", "barrier"]);
    expect(errors).toMatch(says("run-failed", "wide.stretto", "64"));
    expect(code).toBe(1);
  });

  test("a layer too large to be run here is refused, with what to do", async () => {
    write("large.stretto", comet.replace(/profile small .*/, ""));
    const { code, errors } = await inFolder(["run", "large.stretto"]);
    expect(errors).toMatch(says("too-large-to-run", "large.stretto", "profile small"));
    expect(code).toBe(1);
  });

  test("without the package that is WebGPU in Node there is no device", () => {
    write("comet.stretto", comet);
    const { code, errors } = spawnStretto(["run", "--device", "webgpu", "comet.stretto"], {
      folder: folder.path,
      before: withoutPackage("webgpu"),
    });
    expect(errors).toMatch(says("no-device", "", "npm install webgpu"));
    expect(code).toBe(2);
  });

  test("what only device webgpu does is refused of others, and what needs a calibration without one", async () => {
    write("comet.stretto", comet);
    for (const options of [
      ["--links", "2000"],
      ["--compare", "here.stretto"],
    ]) {
      const { code, errors } = await inFolder(["run", "comet.stretto", ...options]);
      expect(errors).toMatch(says("option-of-device", "", "--device webgpu"));
      expect(code).toBe(2);
    }
    const { code, errors } = await inFolder(["run", "comet.stretto", "--device", "webgpu", "--links", "scaled"]);
    expect(errors).toMatch(says("option-needs", "", "--compare FILE"));
    expect(code).toBe(2);
    const wrong = await inFolder(["run", "comet.stretto", "--device", "webgpu", "--links", "0"]);
    expect(wrong.errors).toContain("how many times slower");
    expect(wrong.code).toBe(2);
  });

  test("a file that measures no computer, or one of other ranks, is not compared with", async () => {
    write("comet.stretto", comet);
    const machine = (rank: string, ranks = 4): string =>
      `machine here {\n  rank gpu[${ranks}] { compute f32 1 TFLOP/s\n sms 1\n memory m 1 GB at 1 TB/s\n copy engines 1\n ${rank} }\n` +
      `  link gpu <-> gpu: switch { 1 GB/s each way }\n}\n`;
    const mesh = "mesh on here { rank: 4 }\n";
    for (const [text, reason] of [
      [machine("dispatch 1 us"), "it has no mesh"],
      [`${machine("")}${mesh}`, "its rank states no `dispatch`"],
      [`import { h100_node } from "std/machines"\nmesh on h100_node { rank: 4 }\n`, "was not measured"],
    ] as const) {
      write("here.stretto", text);
      const { code, errors } = await inFolder([
        "run",
        "comet.stretto",
        "--device",
        "webgpu",
        "--compare",
        "here.stretto",
      ]);
      expect(errors).toMatch(says("not-a-calibration", "here.stretto", reason));
      expect(code).toBe(1);
    }
    write("here.stretto", "machine here {");
    const broken = await inFolder(["run", "comet.stretto", "--device", "webgpu", "--compare", "here.stretto"]);
    expect(broken.errors).toContain("here.stretto:1");
    expect(broken.code).toBe(1);
    const missing = await inFolder(["run", "comet.stretto", "--device", "webgpu", "--compare", "nowhere.stretto"]);
    expect(missing.errors).toContain("nowhere.stretto");
    expect(missing.code).toBeGreaterThan(0);
  });

  test("a layer of a dtype that devices have no arithmetic for runs on the cpu alone", async () => {
    write("wide.stretto", comet.replaceAll("bf16", "f64"));
    for (const command of [
      ["run", "--device", "webgpu"],
      ["compile", "--target", "webgpu", "--out", "out", ...small],
    ]) {
      const { code, errors } = await inFolder([...command, "wide.stretto"]);
      expect(errors).toMatch(says("dtype-not-on-device", "wide.stretto", "f64"));
      expect(code).toBe(1);
    }
    expect(readdirSync(join(folder.path, "out"))).toEqual([]);
  });

  test("a layer with an opaque op is simulated, and not run", async () => {
    const costs = "cost { flops = 9 * a, bytes = 8 * a }";
    const head = `import { h800_node } from "std/machines"\nparam n = 64\nmesh on h800_node { tp: 2 }\n`;
    const text = `${head}opaque op f(x: T[a]) -> T[a] ${costs}\nlayer l(x: f32[n/tp]) -> y: f32[n/tp] { return f(x) }\n`;
    write("opaque.stretto", `${text}schedule s of l\n`);
    const { code, errors } = await inFolder(["run", "opaque.stretto"]);
    expect(errors).toMatch(says("opaque-not-run", "opaque.stretto", "`f` is opaque"));
    expect(code).toBe(1);
    expect((await inFolder(["simulate", "opaque.stretto"])).code).toBe(0);
  });
});

describe("output that cannot be written leaves nothing half-written", () => {
  const args = (path: string): string[] => ["simulate", "comet.stretto", "--profile", "small", "--timeline", path];
  beforeEach(() => void write("comet.stretto", comet));

  test("a folder is in the way", async () => {
    mkdirSync(join(folder.path, "out.html"));
    const { code, output, errors } = await inFolder(args("out.html"));
    expect(errors).toMatch(says("output-not-written", "out.html"));
    expect(code).toBe(1);
    expect(output).toBe("");
    expect(readdirSync(join(folder.path, "out.html"))).toEqual([]);
  });

  test("the folder is not there, or is a file", async () => {
    expect((await inFolder(args("no/out.svg"))).errors).toMatch(
      says("output-not-written", "no/out.svg", "no such folder"),
    );
    expect((await inFolder(args("comet.stretto/out.svg"))).errors).toMatch(
      says("output-not-written", "comet.stretto/out.svg", "not a folder"),
    );
    const compiled = await inFolder(["compile", "comet.stretto", "--target", "graph", "--out", "comet.stretto"]);
    expect(compiled.errors).toMatch(says("output-not-written", "comet.stretto"));
    expect(compiled.code).toBe(1);
    expect(readdirSync(folder.path)).toEqual(["comet.stretto"]);
  });

  test("what calibrate could not keep is said before anything is measured", async () => {
    const { code, errors } = await inFolder(["calibrate", "--out", "no/here.stretto"]);
    expect(code).toBe(1);
    expect(errors).toMatch(says("output-not-written", "no/here.stretto", "no such folder"));
    expect(errors).not.toContain("measuring");
  });

  // A limit on the size of files stands for a full disk: it needs no rights, and Node is told as by one.
  test.skipIf(process.platform === "win32")("the disk is full", () => {
    writeFileSync(join(folder.path, "out.html"), "old");
    for (const command of [args("out.html"), ["compile", "comet.stretto", "--target", "graph", "--out", "."]]) {
      const { code, errors } = spawnStretto(command, { folder: folder.path, before: "ulimit -f 4" });
      expect(errors).toMatch(/error ST7104 output-not-written: .*(EFBIG|ENOSPC)/);
      expect(code).toBe(1);
      expect(readdirSync(folder.path).sort()).toEqual(["comet.stretto", "out.html"]);
      expect(readFileSync(join(folder.path, "out.html"), "utf8")).toBe("old");
    }
  });

  test.skipIf(!existsSync("/dev/full"))("standard output is full", () => {
    const { code, errors } = spawnStretto(["simulate", "comet.stretto", "--profile", "small"], {
      folder: folder.path,
      before: "exec >/dev/full",
    });
    expect(errors).toContain("standard output cannot be written: no space is left");
    expect(code).toBe(1);
  });

  test("a reader that goes away early is no fault", () => {
    const { errors, output } = spawnStretto(["compile", "comet.stretto", "--profile", "small", "--target", "graph"], {
      folder: folder.path,
      before: 'set -- bash -c \'"$@" | head -c 20; echo " ${PIPESTATUS[0]}"\' bash "$@"',
    });
    expect(errors).toBe("");
    expect(output).toMatch(/^.{20} 0\n$/s);
  });

  test("a new project overwrites nothing", async () => {
    mkdirSync(join(folder.path, "overlap"));
    writeFileSync(join(folder.path, "overlap", "README.md"), "mine");
    const { code, errors } = await inFolder(["new"]);
    expect(errors).toMatch(says("already-there"));
    expect(code).toBe(2);
    expect(readdirSync(join(folder.path, "overlap"))).toEqual(["README.md"]);
    expect(readFileSync(join(folder.path, "overlap", "README.md"), "utf8")).toBe("mine");
    rmSync(join(folder.path, "overlap"), { recursive: true });
  });
});
