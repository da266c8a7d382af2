/** The language server: documents in, and what each provider makes of them. It knows no transport and no platform. */
import {
  DidChangeConfigurationNotification,
  MessageType,
  ShowMessageNotification,
  TextDocumentSyncKind,
  type ClientCapabilities,
  type Connection,
  type ServerCapabilities,
} from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";
import { Asker } from "./background/asker.js";
import { CheckResults } from "./background/check-results.js";
import { Predictions } from "./background/predictions.js";
import { Runner } from "./background/runner.js";
import type { Analysis } from "./documents/analysis.js";
import { edited } from "./documents/edited.js";
import { Workspace } from "./documents/workspace.js";
import type { Platform } from "./platform.js";
import type { Provider } from "./provider.js";
import { defaultSettings, readSettings, type Settings } from "./settings.js";
import { createUnawaited, type Unawaited } from "./unawaited.js";
import { canWatch, watch } from "./watched-files.js";

export interface Server {
  readonly workspace: Workspace;
  readonly platform: Platform;
  readonly client: ClientCapabilities;
  readonly settings: Settings;
  /** Of what takes long, and is done elsewhere: what is known, and what a user asks for. */
  readonly predictions: Predictions;
  readonly checkResults: CheckResults;
  readonly asker: Asker;
  /** For all that is done without being waited for: what it throws ends nothing. */
  readonly unawaited: Unawaited;
  /** What a document means as it is now; undefined where there is none. */
  analysisOf(uri: string): Analysis | undefined;
  /** Called after a document or a file has changed: paths. Several changes that came together are told of together. */
  onChange(listener: (paths: ReadonlySet<string>) => void): void;
  /** Called when there are predictions, or results of checks, that there were not. */
  onPredicted(listener: () => void): void;
  /** Called when a user has set something else. */
  onSettings(listener: () => void): void;
}

/** @param version of the product, which the answer to `initialize` names */
export function startServer(
  connection: Connection,
  platform: Platform,
  providers: readonly Provider[],
  version: string,
): void {
  const workspace = new Workspace(platform);
  const listeners: ((paths: ReadonlySet<string>) => void)[] = [];
  const predictionListeners: (() => void)[] = [];
  const settingsListeners: (() => void)[] = [];
  const unawaited = createUnawaited(connection);
  let client: ClientCapabilities = {};
  let settings = defaultSettings;
  /** As the client was started with: what it does not say later stays. */
  let initialSettings = defaultSettings;
  let folders: readonly string[] = [];
  let changed = new Set<string>();
  const runner = new Runner(
    platform.startWorker,
    () => settings.predictionSeconds,
    (reason) => {
      const message = `Stretto cannot predict: ${reason}. This is a fault of ours.`;
      unawaited(() => connection.sendNotification(ShowMessageNotification.type, { type: MessageType.Error, message }));
    },
  );
  const tellOfNews = (): void => {
    for (const listener of predictionListeners) unawaited(listener);
  };
  const predictions = new Predictions(workspace, runner, tellOfNews);
  const checkResults = new CheckResults(workspace, tellOfNews);
  const asker = new Asker(workspace, runner);
  const server: Server = {
    ...{ workspace, platform, predictions, checkResults, asker, unawaited },
    get client() {
      return client;
    },
    get settings() {
      return settings;
    },
    analysisOf: (uri) => workspace.analysisOf(uri),
    onChange: (listener) => void listeners.push(listener),
    onPredicted: (listener) => void predictionListeners.push(listener),
    onSettings: (listener) => void settingsListeners.push(listener),
  };

  /** Told once all messages that are here already have been taken in, so that a fast typist is never answered one by one. */
  function noteChange(path: string): void {
    const isFirst = changed.size === 0;
    changed.add(path);
    if (isFirst)
      setTimeout(() => {
        const paths = changed;
        changed = new Set();
        for (const listener of listeners) unawaited(() => listener(paths));
        // What is told of a change is on its way before it is asked what of it is to be predicted.
        setTimeout(() => {
          unawaited(() => asker.update());
          if (platform.startWorker) unawaited(() => predictions.update());
        });
      });
  }

  function noteFile(path: string): void {
    workspace.forget(path);
    noteChange(path);
  }
  platform.onArrival?.((path) => {
    workspace.readAnew(path);
    noteChange(path);
  });

  /** For clients that tell of no file: called when a user may have come back from where files are changed. */
  function lookAgain(): void {
    if (!canWatch(client)) for (const path of workspace.changedOnDisk()) noteFile(path);
  }

  function setFolders(uris: readonly string[]): void {
    folders = uris;
    workspace.setFolders(folders.map((uri) => platform.pathOf(uri)));
  }

  connection.onInitialize(({ capabilities, workspaceFolders, rootUri, initializationOptions }) => {
    client = capabilities;
    setFolders(workspaceFolders?.map(({ uri }) => uri) ?? (rootUri ? [rootUri] : []));
    initialSettings = readSettings(initializationOptions);
    take(undefined);
    for (const provider of providers) provider.register(connection, server);
    return { capabilities: capabilitiesOf(providers, client), serverInfo: { name: "stretto", version } };
  });
  connection.onShutdown(() => {
    predictions.dispose();
    runner.dispose();
  });
  connection.onInitialized(() => {
    if (client.workspace?.didChangeConfiguration?.dynamicRegistration)
      unawaited(() => connection.client.register(DidChangeConfigurationNotification.type, { section: "stretto" }));
    if (canWatch(client)) unawaited(() => watch(connection));
    if (client.workspace?.workspaceFolders)
      connection.workspace.onDidChangeWorkspaceFolders(({ added, removed }) => {
        const gone = new Set(removed.map(({ uri }) => uri));
        setFolders([...folders.filter((uri) => !gone.has(uri)), ...added.map(({ uri }) => uri)]);
      });
    if (client.workspace?.configuration) unawaited(askForSettings);
  });
  connection.onDidChangeConfiguration(({ settings: given }) => {
    if (client.workspace?.configuration) unawaited(askForSettings);
    else take((given as { stretto?: unknown } | undefined)?.stretto);
  });

  async function askForSettings(): Promise<void> {
    take(await connection.workspace.getConfiguration("stretto"));
  }

  function take(given: unknown): void {
    const now = readSettings(given, initialSettings);
    if (JSON.stringify(now) === JSON.stringify(settings)) return;
    settings = now;
    const { profile, machine } = settings;
    workspace.setOptions({ ...(profile && { profileIfThere: profile }), ...(machine && { machine }) });
    predictions.forgetFailures();
    for (const uri of workspace.uris()) noteChange(platform.pathOf(uri));
    for (const listener of settingsListeners) unawaited(listener);
  }

  connection.onDidOpenTextDocument(({ textDocument: { uri, languageId, version: number, text } }) => {
    workspace.set(TextDocument.create(uri, languageId, number, text));
    noteChange(platform.pathOf(uri));
    lookAgain();
  });
  connection.onDidChangeTextDocument(({ textDocument: { uri, version: number }, contentChanges }) => {
    const document = workspace.documentOf(uri);
    if (document === undefined) return;
    workspace.set(edited(document, contentChanges, number));
    noteChange(platform.pathOf(uri));
  });
  connection.onDidCloseTextDocument(({ textDocument: { uri } }) => {
    workspace.close(uri);
    noteChange(platform.pathOf(uri));
  });
  connection.onDidSaveTextDocument(lookAgain);
  connection.onDidChangeWatchedFiles(({ changes }) => {
    for (const { uri } of changes) noteFile(platform.pathOf(uri));
  });
}

/** All that the providers say, and how documents are kept in step. */
function capabilitiesOf(providers: readonly Provider[], client: ClientCapabilities): ServerCapabilities {
  const said = providers.map((provider) => provider.capabilities(client));
  const own: ServerCapabilities = {
    textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: !canWatch(client) },
    workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
  };
  return said.reduce((all, one) => ({ ...all, ...one, workspace: { ...all.workspace, ...one.workspace } }), own);
}
