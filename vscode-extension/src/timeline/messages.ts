import type { LineRange, Timeline } from "../../../lsp/protocol.js";

/** What the editor tells the page. */
export type ToTimeline =
  | { readonly type: "timeline"; readonly timeline: Timeline }
  | { readonly type: "problem"; readonly text: string }
  /** The line that the cursor is on, from 0. */
  | { readonly type: "cursor"; readonly line: number };

/** What the page tells the editor. */
export type FromTimeline =
  | { readonly type: "ready" }
  | { readonly type: "reveal"; readonly range: LineRange }
  | { readonly type: "schedule"; readonly name: string };
