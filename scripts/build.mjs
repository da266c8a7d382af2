// Compiles TypeScript into dist/ and puts the standard library beside it. A build that fails leaves dist/ as it was.
import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const next = join(root, "node_modules/.cache/stretto/dist");
const dist = join(root, "dist");

rmSync(next, { recursive: true, force: true });
try {
  const compiler = join(root, "node_modules/typescript/bin/tsc");
  execFileSync(process.execPath, [compiler, "-p", "tsconfig.json", "--outDir", next], { cwd: root, stdio: "inherit" });
} catch {
  process.exit(1); // the compiler has said why
}
cpSync(join(root, "std"), join(next, "std"), { recursive: true });
chmodSync(join(next, "cli/main.js"), 0o755); // npm does so when it links the command, but not after a later build
rmSync(dist, { recursive: true, force: true });
renameSync(next, dist);
