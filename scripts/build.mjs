// Compiles TypeScript into dist/ and puts the standard library beside it.
import { execFileSync } from "node:child_process";
import { cpSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
rmSync(new URL("../dist", import.meta.url), { recursive: true, force: true });
execFileSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tsconfig.json"], {
  cwd: root,
  stdio: "inherit",
});
cpSync(new URL("../std", import.meta.url), new URL("../dist/std", import.meta.url), { recursive: true });
