/** Whether an edit keeps what it must: no new diagnostics, layers that are checked to the same, a schedule that can be planned. */
import { LSPErrorCodes, ResponseError } from "vscode-languageserver";
import type { CheckedProgram } from "../../compiler/check/ir.js";
import type { CheckedFile } from "../../compiler/program.js";
import { newMistake, textsAfter } from "../documents/after-edits.js";
import type { Edits, Scene } from "./action.js";

/** The first thing that is wrong after the edit and was not before; undefined where nothing is. */
export function newProblem(edits: Edits, { server }: Scene): string | undefined {
  return newMistake(edits, server)?.message;
}

/** The same, and why the program would be another one: each layer that is still there must be checked to the same, places aside. */
export function problemOfRewrite(
  edits: Edits,
  scene: Scene,
  keeps: "names stay" | "values have other names",
): string | undefined {
  const problem = newProblem(edits, scene);
  if (problem !== undefined) return problem;
  const before = scene.analysis.program;
  const after = checkedAfter(edits, scene).program;
  if (!before || !after) return "Whether it computes the same cannot be told: the file has errors.";
  for (const layer of before.layers) {
    const other = after.layers.find(({ name }) => name === layer.name);
    if (other && textOf(layer, keeps) !== textOf(other, keeps)) return `\`${layer.name}\` would be another layer.`;
  }
  if (keeps === "names stay" && textOf(restOf(before), keeps) !== textOf(restOf(after), keeps))
    return "The program would be another one.";
  return undefined;
}

/** Without places. */
function textOf(value: object, keeps: Parameters<typeof problemOfRewrite>[2]): string {
  const leftOut = new Set(["location", ...(keeps === "names stay" ? [] : ["name"])]);
  return JSON.stringify(value, (key, part: unknown) => (leftOut.has(key) ? undefined : part));
}

/** What a program has beside layers; of tables, only their axes. */
function restOf({ meshes, schedules, checks, tables }: CheckedProgram): object {
  const axes = tables.map(({ name, fromAxis, fromSize, toAxis, toSize }) => ({
    name,
    fromAxis,
    fromSize,
    toAxis,
    toSize,
  }));
  return { meshes, schedules, checks, axes };
}

/**
 * Why a schedule cannot be planned and proved as it is edited; undefined where it is, at these sizes alone: those of the profile
 * `small` where there is one, as `run` takes them. In the background.
 */
export async function problemOfSchedule(name: string, edits: Edits, scene: Scene): Promise<string | undefined> {
  const asSet = newProblem(edits, scene);
  if (asSet !== undefined) return asSet;
  const { server, analysis, token } = scene;
  try {
    await server.asker.ask({
      ...{ uri: analysis.uri, token, options: { profileIfThere: "small" } },
      ...{ ask: { kind: "prove", schedule: name }, edited: textsAfter(edits, server.workspace) },
    });
    return undefined;
  } catch (error) {
    if (error instanceof ResponseError && error.code === LSPErrorCodes.RequestFailed) return error.message;
    throw error;
  }
}

function checkedAfter(edits: Edits, { server, analysis }: Scene): CheckedFile {
  return server.workspace.checkWith(analysis.path, textsAfter(edits, server.workspace));
}
