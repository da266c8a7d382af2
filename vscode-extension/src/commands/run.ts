import { commands, tasks, window, type Disposable } from "vscode";
import { subjectOf } from "../subject.js";
import { taskOf } from "../tasks.js";

/** `Run`: the schedule on this machine, in a terminal. */
export function registerRun(): Disposable {
  return commands.registerCommand("stretto.run", async (uri?: unknown, schedule?: unknown) => {
    const subject = subjectOf(uri, schedule);
    if (subject === undefined) return void window.showInformationMessage("Open a .stretto file first.");
    await tasks.executeTask(await taskOf("run", subject));
  });
}
