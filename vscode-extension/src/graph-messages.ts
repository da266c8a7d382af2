import type { LineRange, TaskGraph } from "../../lsp/protocol.js";

/** What the editor tells the page of a task graph. */
export type ToGraph =
  { readonly type: "graph"; readonly graph: TaskGraph } | { readonly type: "problem"; readonly text: string };

/** What the page tells the editor. */
export type FromGraph = { readonly type: "ready" } | { readonly type: "reveal"; readonly range: LineRange };
