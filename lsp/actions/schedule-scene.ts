/** A schedule at a place, and a verb more in it. */
import { pathText } from "../../compiler/check/schedules.js";
import type { CheckedLayer } from "../../compiler/check/layers.js";
import type { ScheduleDecl, Verb } from "../../grammar/ast.js";
import type { Replacement } from "../../grammar/format-range.js";
import { isWithin, refuse, type Edits, type Outcome, type Scene } from "./action.js";
import { finishEdits } from "./finish-edits.js";
import { problemOfSchedule } from "./proof.js";

/** Of which a layer is known that is right. */
export interface KnownSchedule {
  readonly node: ScheduleDecl;
  readonly layer: CheckedLayer;
}

export function scheduleAt({ analysis, selection }: Scene): KnownSchedule | undefined {
  const node = analysis.tree.declarations.find(
    (one): one is ScheduleDecl => one.kind === "ScheduleDecl" && isWithin(selection, one.span),
  );
  const layer = node && analysis.layers.get(pathText(node.layer))?.layer;
  return layer && { node, layer };
}

/** With a verb before all others, or after; proved. */
export async function withVerb(
  { node }: KnownSchedule,
  verb: string,
  place: "first" | "last",
  scene: Scene,
): Promise<Outcome> {
  const { path, text } = scene.analysis;
  const edits: Edits = new Map([[path, await finishEdits(text, [insertion(node, verb, place, text)])]]);
  const problem = await problemOfSchedule(node.name.text, edits, scene);
  return problem === undefined ? { edits } : refuse(problem);
}

function insertion({ verbs, span }: ScheduleDecl, verb: string, place: "first" | "last", text: string): Replacement {
  const [first, last] = [verbs[0], verbs.at(-1)];
  const at = (start: number, newText: string) => ({ span: { start, end: start }, newText });
  if (first && place === "first") return at(text.indexOf("{", span.start) + 1, `\n  ${verb}`);
  if (last) return at(endOfLine(last, text), `\n  ${verb}`);
  // An empty block may hold comments.
  return text[span.end - 1] === "}" ? at(span.end - 1, `\n  ${verb}\n`) : at(span.end, ` {\n  ${verb}\n}`);
}

/** Behind the comment that a verb may have behind it. */
function endOfLine({ span }: Verb, text: string): number {
  const comment = /^[ \t]*\/\/[^\n\r]*/.exec(text.slice(span.end, span.end + 1000));
  return span.end + (comment?.[0].length ?? 0);
}
