/** An editor that talks to the real language server over streams in memory. Sources may be marked: `┆` the cursor, `«..»` ranges. */
import { PassThrough } from "node:stream";
import {
  createConnection,
  createProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
  type ClientCapabilities,
  type Diagnostic,
  type InitializeResult,
  type Position,
  type ProtocolConnection,
  type PublishDiagnosticsParams,
  type Range,
} from "vscode-languageserver/node";
import { TextDocument } from "vscode-languageserver-textdocument";
import { onTestFinished } from "vitest";
import { createMemoryHost } from "../../compiler/bind/source-host.js";
import { nodePlatform } from "../../lsp/node/platform.js";
import type { StartWorker } from "../../lsp/background/worker.js";
import type { Platform } from "../../lsp/platform.js";
import { providers } from "../../lsp/providers/index.js";
import { startServer } from "../../lsp/server.js";

/** A source without its marks, and where they stood. */
export interface Marked {
  readonly text: string;
  readonly cursors: readonly number[];
  readonly ranges: readonly { readonly start: number; readonly end: number }[];
}

export function readMarks(source: string): Marked {
  const cursors: number[] = [];
  const ranges: { start: number; end: number }[] = [];
  const open: number[] = [];
  let text = "";
  for (const character of source) {
    if (character === "┆") cursors.push(text.length);
    else if (character === "«") open.push(text.length);
    else if (character === "»") ranges.push({ start: open.pop()!, end: text.length });
    else text += character;
  }
  return { text, cursors, ranges: ranges.toSorted((a, b) => a.start - b.start) };
}

/** A document that an editor has open. */
export interface OpenDocument extends Marked {
  readonly uri: string;
  /** Of the first cursor, or another one. */
  cursor(index?: number): Position;
  range(index?: number): Range;
  positionAt(offset: number): Position;
}

export interface Editor {
  readonly connection: ProtocolConnection;
  readonly answer: InitializeResult;
  /** Opens a document of the folder; its marks are taken out. */
  open(name: string, source: string): OpenDocument;
  /** Replaces the whole text of an open document. */
  replace(document: OpenDocument, source: string): OpenDocument;
  /** Replaces a part of it, as typing does. */
  edit(document: OpenDocument, start: number, end: number, inserted: string): OpenDocument;
  /** Asks the server about a place of a document. */
  ask<T>(method: string, document: OpenDocument, more?: object): Promise<T>;
  /** What the server says is wrong with a document as it is now; the first that is as wanted. */
  diagnosticsOf(
    document: OpenDocument,
    isWanted?: (diagnostics: readonly Diagnostic[]) => boolean,
  ): Promise<readonly Diagnostic[]>;
}

export interface EditorOptions {
  /** Beside the documents that are opened: files of the folder that are not. */
  readonly files?: Readonly<Record<string, string>>;
  readonly client?: ClientCapabilities;
  readonly settings?: object;
  /** Where predictions are made; absent: nowhere. */
  readonly background?: StartWorker;
  /** What the platform does otherwise. */
  readonly platform?: Partial<Platform>;
  /** Parameters of `initialize` beside those of all editors here. */
  readonly initialize?: object;
  /** Before anything is said: to answer what the server asks for at once. */
  readonly onConnection?: (connection: ProtocolConnection) => void;
}

/** Of all that clients can do nowadays. */
export const modernClient: ClientCapabilities = {
  workspace: { workspaceEdit: { documentChanges: true }, symbol: {} },
  textDocument: {
    completion: { completionItem: { snippetSupport: true, documentationFormat: ["markdown"] } },
    hover: { contentFormat: ["markdown"] },
    codeAction: {
      ...{ codeActionLiteralSupport: { codeActionKind: { valueSet: [] } }, dataSupport: true, disabledSupport: true },
      resolveSupport: { properties: ["edit"] },
    },
    rename: { prepareSupport: true },
    documentSymbol: { hierarchicalDocumentSymbolSupport: true },
  },
};

/** One that is told nothing unless it asks. */
export const pullingClient: ClientCapabilities = {
  ...modernClient,
  textDocument: { ...modernClient.textDocument, diagnostic: {} },
};

/** One that can do all that the server asks of clients: it is told of everything that the server can do. */
export const ableClient: ClientCapabilities = {
  workspace: {
    ...modernClient.workspace,
    ...{ applyEdit: true, configuration: true, workspaceFolders: true },
    fileOperations: { willRename: true, dynamicRegistration: true },
    didChangeWatchedFiles: { dynamicRegistration: true, relativePatternSupport: true },
    didChangeConfiguration: { dynamicRegistration: true },
    ...{ codeLens: { refreshSupport: true }, inlayHint: { refreshSupport: true } },
    ...{ semanticTokens: { refreshSupport: true }, diagnostics: { refreshSupport: true } },
  },
  textDocument: {
    ...pullingClient.textDocument,
    callHierarchy: { dynamicRegistration: true },
    codeLens: {},
    inlayHint: { resolveSupport: { properties: ["tooltip", "label.command"] } },
    linkedEditingRange: {},
    rangeFormatting: { rangesSupport: true },
    semanticTokens: {
      ...{
        requests: { full: { delta: true }, range: true },
        tokenTypes: [],
        tokenModifiers: [],
        formats: ["relative"],
      },
    },
    typeDefinition: { linkSupport: true },
  },
  window: { workDoneProgress: true },
};

const folder = "/workspace";

/** The server over a folder in memory, initialized; it is stopped when the test has finished. */
export async function openEditor(options: EditorOptions = {}): Promise<Editor> {
  const [toServer, toClient] = [new PassThrough(), new PassThrough()];
  const server = createConnection(new StreamMessageReader(toServer), new StreamMessageWriter(toClient));
  startServer(server, memoryPlatform(options), providers, "0.0.0");
  server.listen();
  const connection = createProtocolConnection(new StreamMessageReader(toClient), new StreamMessageWriter(toServer));
  // Whatever the server asks of a client is granted; no setting has a value.
  connection.onRequest("workspace/configuration", ({ items }: { items: unknown[] }) => items.map(() => null));
  const told = ["codeLens", "inlayHint", "semanticTokens", "diagnostic"].map((what) => `workspace/${what}/refresh`);
  for (const method of ["client/registerCapability", ...told]) connection.onRequest(method, () => null);
  // Of what it answers itself, the last to say how has the say.
  options.onConnection?.(connection);
  connection.listen();
  onTestFinished(async () => {
    // What the server has put off until all messages are in is done before its connection goes.
    await connection.sendRequest("shutdown");
    await new Promise((resolve) => setTimeout(resolve, 2));
    // And what it asked the client for meanwhile is answered: messages come in their order.
    await connection.sendRequest("shutdown");
    connection.dispose();
    server.dispose();
  });
  const said = collectDiagnostics(connection);
  const answer = await connection.sendRequest<InitializeResult>("initialize", {
    processId: null,
    rootUri: null,
    capabilities: options.client ?? modernClient,
    workspaceFolders: [{ uri: `file://${folder}`, name: "workspace" }],
    ...(options.settings && { initializationOptions: options.settings }),
    ...options.initialize,
  });
  await connection.sendNotification("initialized", {});
  const versions = new Map<string, number>();
  const next = (uri: string): number => {
    versions.set(uri, (versions.get(uri) ?? 0) + 1);
    return versions.get(uri)!;
  };
  return {
    connection,
    answer,
    open(name, source) {
      const document = openDocument(`file://${folder}/${name}`, source);
      const { uri, text } = document;
      void connection.sendNotification("textDocument/didOpen", {
        textDocument: { uri, languageId: "stretto", version: next(uri), text },
      });
      return document;
    },
    replace({ uri }, source) {
      const document = openDocument(uri, source);
      void connection.sendNotification("textDocument/didChange", {
        textDocument: { uri, version: next(uri) },
        contentChanges: [{ text: document.text }],
      });
      return document;
    },
    edit(document, start, end, text) {
      const { uri } = document;
      const range = { start: document.positionAt(start), end: document.positionAt(end) };
      void connection.sendNotification("textDocument/didChange", {
        textDocument: { uri, version: next(uri) },
        contentChanges: [{ range, text }],
      });
      return openDocument(uri, document.text.slice(0, start) + text + document.text.slice(end));
    },
    ask: (method, { uri }, more) => connection.sendRequest(method, { textDocument: { uri }, ...more }),
    diagnosticsOf: ({ uri }, isWanted = () => true) =>
      said.until(uri, ({ version = 0, diagnostics }) => version >= versions.get(uri)! && isWanted(diagnostics)),
  };
}

function openDocument(uri: string, source: string): OpenDocument {
  const marked = readMarks(source);
  const document = TextDocument.create(uri, "stretto", 1, marked.text);
  return {
    ...marked,
    uri,
    cursor: (index = 0) => document.positionAt(marked.cursors[index]!),
    range(index = 0) {
      const { start, end } = marked.ranges[index]!;
      return { start: document.positionAt(start), end: document.positionAt(end) };
    },
    positionAt: (offset) => document.positionAt(offset),
  };
}

/** Diagnostics as they are pushed, by uri. */
function collectDiagnostics(connection: ProtocolConnection) {
  const latest = new Map<string, PublishDiagnosticsParams>();
  const waiting = new Set<() => void>();
  connection.onNotification("textDocument/publishDiagnostics", (params: PublishDiagnosticsParams) => {
    latest.set(params.uri, params);
    for (const wake of waiting) wake();
  });
  return {
    /** The first that are as they are to be. */
    until: (uri: string, isWanted: (params: PublishDiagnosticsParams) => boolean) =>
      new Promise<readonly Diagnostic[]>((resolve) => {
        const look = (): void => {
          const found = latest.get(uri);
          if (found === undefined || !isWanted(found)) return;
          waiting.delete(look);
          resolve(found.diagnostics);
        };
        waiting.add(look);
        look();
      }),
  };
}

/** Node's, with files of the folder in memory; nothing of the disk but the standard library. */
function memoryPlatform({ files = {}, background, platform: own }: EditorOptions): Platform {
  const { startWorker: _, ...platform } = nodePlatform;
  const texts = new Map(Object.entries(files).map(([name, text]) => [`${folder}/${name}`, text]));
  const standard = nodePlatform.hostFor(`${folder}/none.stretto`);
  return {
    ...platform,
    ...(background && { startWorker: background }),
    hostFor: () =>
      createMemoryHost(texts, {
        read: (path) => (path.startsWith("stretto:") ? standard.read(path) : { problem: { kind: "missing" } }),
      }),
    listFiles: (_, ending, limit) =>
      Promise.resolve([...texts.keys()].filter((path) => path.endsWith(ending)).slice(0, limit)),
    ...own,
  };
}
