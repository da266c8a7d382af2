/** What would be said of files once they are edited. */
import type { Diagnostic } from "../../compiler/diagnostics/types.js";
import { applyEdits } from "../names/rename.js";
import type { TextEdit } from "../names/rename.js";
import type { Server } from "../server.js";
import type { Workspace } from "./workspace.js";

/** More files are not checked before an edit is offered: it is asked for by a person, who waits. */
const mostFiles = 24;

/** By path, what edited files hold. */
export function textsAfter(
  edits: ReadonlyMap<string, readonly TextEdit[]>,
  workspace: Workspace,
): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const [file, list] of edits) {
    const place = workspace.placeOf(file);
    if (place) texts.set(file, applyEdits(place.document.getText(), list));
  }
  return texts;
}

/**
 * A mistake that the edits would make, in a file they change or an open document that depends on one. What names refer to
 * is not all there is: axes of values from different files are one axis where they have one name.
 */
export function newMistake(
  edits: ReadonlyMap<string, readonly TextEdit[]>,
  { workspace, platform }: Server,
): Diagnostic | undefined {
  const texts = textsAfter(edits, workspace);
  const dependent = workspace
    .uris()
    .filter((uri) => [...texts.keys()].some((file) => workspace.dependsOn(uri, file)))
    .map((uri) => platform.pathOf(uri));
  for (const path of [...new Set([...texts.keys(), ...dependent])].slice(0, mostFiles)) {
    const before = (workspace.analysisOf(platform.uriOf(path))?.diagnostics ?? []).map(({ name }) => name);
    for (const diagnostic of workspace.checkWith(path, texts).diagnostics) {
      const known = before.indexOf(diagnostic.name);
      if (known < 0) return diagnostic;
      before.splice(known, 1);
    }
  }
  return undefined;
}
