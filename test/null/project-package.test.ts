import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { projectFiles, projectRoot, readManifest, readProjectFile } from "../support/project.js";

/** Hand-written programs; what is generated may be longer. */
const isProgram = (path: string): boolean => /\.(ts|mjs|js)$/.test(path) && existsSync(join(projectRoot, path));

describe("the package", () => {
  test("says which Node it needs, its licence and its command", () => {
    const manifest = readManifest();
    expect(manifest.engines.node).toBe(">=20.19");
    expect(manifest.license).toBe("Apache-2.0");
    expect(readProjectFile("LICENSE")).toContain("Apache License");
    expect(manifest.bin.stretto).toBe("dist/cli/main.js");
    expect(readProjectFile("cli/main.ts").startsWith("#!/usr/bin/env node\n")).toBe(true);
  });

  test("ships what the commands read", () => {
    const { files } = readManifest();
    for (const needed of ["dist", "docs", "examples", "cli/templates"]) expect(files).toContain(needed);
  });

  test("has only dependencies that the shipped code imports", () => {
    const sources = projectFiles().filter((path) => isProgram(path) && !/^(test|bench|scripts)\//.test(path));
    const text = sources.map(readProjectFile).join("\n");
    for (const dependency of Object.keys(readManifest().dependencies)) {
      expect(text, dependency).toMatch(new RegExp(`"${dependency}["/]`));
    }
  });

  test("has no program of more than 500 lines, and most have fewer than 300", () => {
    const lengths = projectFiles()
      .filter(isProgram)
      .map((path) => ({ path, lines: readProjectFile(path).split("\n").length - 1 }));
    expect(lengths.length).toBeGreaterThan(0);
    expect(lengths.filter(({ lines }) => lines > 500)).toEqual([]);
    expect(lengths.filter(({ lines }) => lines >= 300).length / lengths.length).toBeLessThan(0.1);
  });

  test("is small: no file in it is larger than a megabyte", () => {
    const large = projectFiles()
      .map((path) => join(projectRoot, path))
      .filter((path) => existsSync(path) && statSync(path).size > 1_000_000);
    expect(large).toEqual([]);
  });
});

describe("the README", () => {
  const readme = readProjectFile("README.md");

  test("names the two commands a newcomer needs", () => {
    expect(readme).toContain("npm ci && npm start");
    expect(readme).toContain("npm ci && npm test");
  });

  test("names only scripts that exist", () => {
    const { scripts } = readManifest();
    const contributing = readProjectFile("CONTRIBUTING.md");
    const named = [
      ...`${readme}\n${contributing}`.matchAll(/npm (?:run )?(start|test|[a-z]+:[a-z]+|bench|lint|format|build)\b/g),
    ];
    expect(named.length).toBeGreaterThan(3);
    for (const [, name] of named) expect(scripts, name).toHaveProperty([name!]);
  });

  test("and every other page link only to files that are there", () => {
    const pages = projectFiles().filter((path) => path.endsWith(".md") && existsSync(join(projectRoot, path)));
    const broken = pages.flatMap((page) =>
      [
        ...readProjectFile(page)
          .replaceAll(/```[\s\S]*?```/g, "")
          .matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g),
      ]
        .map(([, target]) => ({ page, target: target! }))
        .filter(({ target }) => !existsSync(join(projectRoot, page, "..", target))),
    );
    expect(broken).toEqual([]);
  });
});
