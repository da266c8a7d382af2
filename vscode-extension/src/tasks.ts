import {
  ShellExecution,
  ShellQuoting,
  Task,
  TaskGroup,
  TaskScope,
  tasks,
  Uri,
  workspace,
  type Disposable,
} from "vscode";
import { commandLine } from "./command-line.js";
import type { Subject } from "./subject.js";

const type = "stretto";
const kinds = ["check", "simulate", "run"] as const;
export type TaskKind = (typeof kinds)[number];

/** Files that tasks are offered for; others can be named in tasks.json. */
const offeredFiles = 50;

interface Definition {
  readonly type: string;
  readonly command: TaskKind;
  readonly file: string;
  readonly schedule?: string;
  readonly args?: readonly string[];
}

export function registerTasks(): Disposable {
  return tasks.registerTaskProvider(type, {
    async provideTasks() {
      const files = await workspace.findFiles("**/*.stretto", "**/node_modules/**", offeredFiles);
      return Promise.all(files.flatMap((uri) => kinds.map((kind) => taskOf(kind, { uri }))));
    },
    async resolveTask({ definition, scope }) {
      const given = definition as unknown as Definition;
      const folder = typeof scope === "object" ? scope.uri : workspace.workspaceFolders?.[0]?.uri;
      if (folder === undefined || !kinds.includes(given.command)) return undefined;
      return makeTask(given, Uri.joinPath(folder, given.file), given);
    },
  });
}

/** What is done with a file, in a terminal. */
export async function taskOf(command: TaskKind, { uri, schedule }: Subject): Promise<Task> {
  const file = workspace.asRelativePath(uri, false);
  const definition: Definition = { type, command, file, ...(schedule !== undefined && { schedule }) };
  return makeTask(definition, uri, definition);
}

async function makeTask(definition: Definition, uri: Uri, { command, schedule, args = [] }: Definition): Promise<Task> {
  const folder = workspace.getWorkspaceFolder(uri);
  const [program, ...before] = await commandLine(folder);
  const named = folder === undefined ? uri.fsPath : definition.file;
  const all = [...before, command, named, ...(schedule === undefined ? [] : ["--schedule", schedule]), ...args];
  const execution = new ShellExecution(
    { value: program, quoting: ShellQuoting.Strong },
    all.map((value) => ({ value, quoting: ShellQuoting.Strong })),
    folder === undefined ? {} : { cwd: folder.uri.fsPath },
  );
  const name = [command, definition.file, schedule].filter((part) => part !== undefined).join(" ");
  const task = new Task(definition as never, folder ?? TaskScope.Workspace, name, type, execution, "$stretto");
  if (command === "check") task.group = TaskGroup.Test;
  return task;
}
