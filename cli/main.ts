#!/usr/bin/env node
import { fileURLToPath } from "node:url";
import { runWithCodeCache } from "../runtime/node/code-cache.js";
import type * as Program from "./program.js";
import { packagePath } from "./support/package-files.js";
import { isForEditor, serveEditor } from "./support/serve-editor.js";

// Bundled by itself: what a start waits for is loaded by it, once it is known which program is meant.
const args = process.argv.slice(2);
if (isForEditor(args)) await serveEditor();
const bundle = packagePath("dist/cli/program/program.cjs");
// Commands need different parts of it compiled; one that is attended, more than who attends it.
const use = `${args[0]?.match(/^[a-z]+$/)?.[0] ?? "other"}${process.channel ? "-attended" : ""}`;
const { runProgram } = runWithCodeCache(bundle, use) as typeof Program;
await runProgram(fileURLToPath(import.meta.url), args);
