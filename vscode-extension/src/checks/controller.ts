import {
  commands,
  Disposable,
  TestRunProfileKind,
  TestRunRequest,
  tests,
  window,
  workspace,
  type CancellationToken,
  type TestItem,
  type Uri,
} from "vscode";
import { languageId } from "../client-options.js";
import type { Server } from "../server.js";
import { subjectOf } from "../subject.js";
import { discoverFile, isFile } from "./discover.js";
import type { Drawn } from "./results.js";
import { runChecks, type Manner } from "./run.js";

/** Files of a workspace whose checks are listed. */
const listedFiles = 1000;

/** The checks of the workspace in the test explorer: a file, its `check` blocks, their claims. */
export function registerChecks(server: Server): Disposable {
  const controller = tests.createTestController("stretto", "Stretto");
  const discover = (item: TestItem): Promise<void> => discoverFile(controller, server, item);
  const fileItem = (uri: Uri): TestItem => {
    const known = controller.items.get(uri.toString());
    if (known !== undefined) return known;
    const item = controller.createTestItem(uri.toString(), workspace.asRelativePath(uri), uri);
    item.canResolveChildren = true;
    controller.items.add(item);
    return item;
  };

  controller.resolveHandler = async (item) => {
    if (item !== undefined) return isFile(item) ? discover(item) : undefined;
    for (const uri of await workspace.findFiles("**/*.stretto", "**/node_modules/**", listedFiles)) fileItem(uri);
  };
  controller.refreshHandler = async () => {
    controller.items.replace([]);
    await controller.resolveHandler?.(undefined);
  };

  // Those that a user last chose: what failed by them is debugged by them.
  let lastDrawn: Drawn = {};
  const runner = { controller, server, discover };
  const run = (request: TestRunRequest, signal?: CancellationToken, manner: Manner = {}): Promise<void> =>
    runChecks(runner, request, signal, manner);
  const profile = (label: string, kind: TestRunProfileKind, handler: typeof run, isDefault = false): void =>
    void controller.createRunProfile(label, kind, handler, isDefault);
  profile("Check", TestRunProfileKind.Run, (request, signal) => run(request, signal, (lastDrawn = {})), true);
  profile("Check with a seed", TestRunProfileKind.Run, async (request, signal) => {
    const drawn = await askForSeed();
    if (drawn !== undefined) await run(request, signal, (lastDrawn = drawn));
  });
  const repeating = (): Manner => ({ ...lastDrawn, repeatsFailures: true });
  profile("Repeat what fails", TestRunProfileKind.Debug, (request, signal) => run(request, signal, repeating()), true);

  const watcher = workspace.createFileSystemWatcher("**/*.stretto");
  return Disposable.from(
    controller,
    watcher,
    watcher.onDidCreate(fileItem),
    watcher.onDidDelete((uri) => controller.items.delete(uri.toString())),
    workspace.onDidOpenTextDocument(({ languageId: language, uri }) => {
      if (language === languageId && isListed(uri)) void discover(fileItem(uri));
    }),
    workspace.onDidSaveTextDocument(({ languageId: language, uri }) => {
      if (language === languageId && isListed(uri)) void discover(fileItem(uri));
    }),
    commands.registerCommand("stretto.check", (uri?: unknown, subject?: unknown) =>
      checkCommand(fileItem, discover, run, uri, subject),
    ),
  );
}

/** Texts of the standard library claim nothing. */
const isListed = (uri: Uri): boolean => workspace.getWorkspaceFolder(uri) !== undefined;

/** Runs the checks of a file, or of one schedule or layer of it, as the test explorer would. */
async function checkCommand(
  fileItem: (uri: Uri) => TestItem,
  discover: (item: TestItem) => Promise<void>,
  run: (request: TestRunRequest) => Promise<void>,
  uri: unknown,
  subject: unknown,
): Promise<void> {
  const about = subjectOf(uri, subject);
  if (about === undefined) return void window.showInformationMessage("Open a .stretto file first.");
  const file = fileItem(about.uri);
  await discover(file);
  const blocks = [...file.children].map(([, item]) => item).filter(({ label }) => label === about.schedule);
  await run(new TestRunRequest(blocks.length > 0 ? blocks : [file]));
}

/** Undefined where the user changed their mind. */
async function askForSeed(): Promise<Drawn | undefined> {
  const isNumber = (text: string): string | undefined => (/^\d{1,9}$/.test(text) ? undefined : "A whole number.");
  const seed = await window.showInputBox({
    title: "Check",
    prompt: "Seed that cases are drawn with",
    value: "1",
    validateInput: isNumber,
  });
  if (seed === undefined) return undefined;
  const runs = await window.showInputBox({
    title: "Check",
    prompt: "How many cases are drawn",
    value: "100",
    validateInput: isNumber,
  });
  return runs === undefined ? undefined : { seed: Number(seed), runs: Number(runs) };
}
