import { readFileSync } from "node:fs";
import { projectFiles } from "./project.js";
import { fileURLToPath } from "node:url";

/** Every file of the language in std/ and examples/. */
export const strettoFiles: readonly { readonly path: string; readonly text: string }[] = projectFiles()
  .filter((path) => /^(std|examples)\/.*\.stretto$/.test(path))
  .map((path) => ({ path, text: readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), "utf8") }));
