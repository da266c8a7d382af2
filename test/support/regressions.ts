/** Texts that were once a fault of ours, each kept as it was found and made smaller. */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "./project.js";

const folder = join(projectRoot, "test/regressions");

export interface Regression {
  readonly name: string;
  /** A `.json` holds a text that no file of UTF-8 can. */
  readonly content: string | Uint8Array;
}

export const regressions: readonly Regression[] = readdirSync(folder)
  .filter((name) => /\.(stretto|json)$/.test(name))
  .map((name) => {
    const bytes = readFileSync(join(folder, name));
    return { name, content: name.endsWith(".json") ? (JSON.parse(bytes.toString("utf8")) as string) : bytes };
  });
