import { bind } from "../../compiler/bind/bind.js";
import { createMemoryHost } from "../../compiler/bind/source-host.js";
import type { Diagnostic } from "../../compiler/diagnostics/types.js";
import { standardHost } from "./bind-text.js";

/** Everything that any stage says of `main.stretto` among texts in memory. */
export function diagnose(files: Readonly<Record<string, string>>): readonly Diagnostic[] {
  return bind("main.stretto", createMemoryHost(files, standardHost)).diagnostics.list();
}
