/** Every request of the protocol that a server may say it answers, at a place of a document. */
import { ErrorCodes, LSPErrorCodes, ResponseError, type ServerCapabilities } from "vscode-languageserver";
import { commands } from "../../lsp/protocol.js";
import type { Editor, OpenDocument } from "./editor.js";

/** A method with what it is given beside the document; or one that a first answer leads to. */
interface Request {
  readonly method: string;
  readonly given: (place: Place) => object;
  /** What is asked next, for what the answer lists. */
  readonly next?: { readonly method: string; readonly given: (item: unknown) => object };
}

export interface Place {
  readonly document: OpenDocument;
  readonly offset: number;
  /** Further on, or the same. */
  readonly end: number;
}

const at = ({ document, offset }: Place) => ({ position: document.positionAt(offset) });
const range = ({ document, offset, end }: Place) => ({
  range: { start: document.positionAt(offset), end: document.positionAt(end) },
});
const nothing = () => ({});
const options = { tabSize: 2, insertSpaces: true };
const itself = (item: unknown) => item as object;
const asItem = (item: unknown) => ({ item });

/** By the capability that says so. */
const requests: Readonly<Partial<Record<keyof ServerCapabilities, readonly Request[]>>> = {
  completionProvider: [
    {
      method: "textDocument/completion",
      given: at,
      next: { method: "completionItem/resolve", given: itself },
    },
  ],
  hoverProvider: [{ method: "textDocument/hover", given: at }],
  signatureHelpProvider: [{ method: "textDocument/signatureHelp", given: at }],
  declarationProvider: [{ method: "textDocument/declaration", given: at }],
  definitionProvider: [{ method: "textDocument/definition", given: at }],
  typeDefinitionProvider: [{ method: "textDocument/typeDefinition", given: at }],
  implementationProvider: [{ method: "textDocument/implementation", given: at }],
  referencesProvider: [
    { method: "textDocument/references", given: (place) => ({ ...at(place), context: { includeDeclaration: true } }) },
  ],
  documentHighlightProvider: [{ method: "textDocument/documentHighlight", given: at }],
  documentSymbolProvider: [{ method: "textDocument/documentSymbol", given: nothing }],
  workspaceSymbolProvider: [{ method: "workspace/symbol", given: () => ({ query: "a" }) }],
  codeActionProvider: [
    {
      method: "textDocument/codeAction",
      given: (place) => ({ ...range(place), context: { diagnostics: [] } }),
      next: { method: "codeAction/resolve", given: itself },
    },
    {
      method: "textDocument/codeAction",
      given: (place) => ({ ...range(place), context: { diagnostics: [], only: ["source"] } }),
      next: { method: "codeAction/resolve", given: itself },
    },
  ],
  codeLensProvider: [
    { method: "textDocument/codeLens", given: nothing, next: { method: "codeLens/resolve", given: itself } },
  ],
  documentLinkProvider: [{ method: "textDocument/documentLink", given: nothing }],
  documentFormattingProvider: [{ method: "textDocument/formatting", given: () => ({ options }) }],
  documentRangeFormattingProvider: [
    { method: "textDocument/rangeFormatting", given: (place) => ({ ...range(place), options }) },
    { method: "textDocument/rangesFormatting", given: (place) => ({ ranges: [range(place).range], options }) },
  ],
  documentOnTypeFormattingProvider: [
    { method: "textDocument/onTypeFormatting", given: (place) => ({ ...at(place), ch: "}", options }) },
    { method: "textDocument/onTypeFormatting", given: (place) => ({ ...at(place), ch: "\n", options }) },
  ],
  foldingRangeProvider: [{ method: "textDocument/foldingRange", given: nothing }],
  selectionRangeProvider: [
    { method: "textDocument/selectionRange", given: (place) => ({ positions: [at(place).position] }) },
  ],
  linkedEditingRangeProvider: [{ method: "textDocument/linkedEditingRange", given: at }],
  callHierarchyProvider: [
    {
      method: "textDocument/prepareCallHierarchy",
      given: at,
      next: { method: "callHierarchy/incomingCalls", given: asItem },
    },
    {
      method: "textDocument/prepareCallHierarchy",
      given: at,
      next: { method: "callHierarchy/outgoingCalls", given: asItem },
    },
  ],
  typeHierarchyProvider: [{ method: "textDocument/prepareTypeHierarchy", given: at }],
  semanticTokensProvider: [
    { method: "textDocument/semanticTokens/full", given: nothing },
    { method: "textDocument/semanticTokens/range", given: range },
  ],
  inlayHintProvider: [
    { method: "textDocument/inlayHint", given: range, next: { method: "inlayHint/resolve", given: itself } },
  ],
  inlineValueProvider: [
    {
      method: "textDocument/inlineValue",
      given: (place) => ({ ...range(place), context: { frameId: 0, stoppedLocation: range(place).range } }),
    },
  ],
  diagnosticProvider: [{ method: "textDocument/diagnostic", given: nothing }],
  executeCommandProvider: [
    {
      method: "workspace/executeCommand",
      given: (place) => ({ command: commands.why, arguments: [place.document.uri, at(place).position] }),
    },
  ],
  workspace: [
    {
      method: "workspace/willRenameFiles",
      given: ({ document: { uri } }) => ({ files: [{ oldUri: uri, newUri: uri.replace(/[^/]*$/, "moved/$&") }] }),
    },
  ],
  renameProvider: [
    { method: "textDocument/prepareRename", given: at },
    { method: "textDocument/rename", given: (place) => ({ ...at(place), newName: "renamed" }) },
  ],
};

/** What needs no request, or is no request about a document. */
const others: ReadonlySet<string> = new Set(["textDocumentSync", "positionEncoding"]);

/** Capabilities that nothing here asks for. */
export function unknownCapabilities(capabilities: ServerCapabilities): string[] {
  return Object.keys(capabilities).filter((name) => !(name in requests) && !others.has(name));
}

/** What an answer lists. */
function itemsOf(answer: unknown): unknown[] {
  if (Array.isArray(answer)) return answer;
  const items = answer && typeof answer === "object" && "items" in answer ? answer.items : undefined;
  return Array.isArray(items) ? items : [];
}

/** Asks everything that the server says it answers; rejects where an answer is an error. */
export async function askEverything(
  editor: Editor,
  place: Place,
  follow: (items: unknown[]) => unknown[],
): Promise<void> {
  for (const name of Object.keys(editor.answer.capabilities) as (keyof ServerCapabilities)[])
    for (const { method, given, next } of requests[name] ?? []) {
      const answer = await about(method, () => editor.ask(method, place.document, given(place)));
      if (
        !next ||
        (isObject(editor.answer.capabilities[name]) && !resolves(editor.answer.capabilities[name], next.method))
      )
        continue;
      for (const item of follow(itemsOf(answer)))
        await about(next.method, () => editor.connection.sendRequest(next.method, next.given(item)));
    }
}

function resolves(capability: object, method: string): boolean {
  return !method.endsWith("/resolve") || ("resolveProvider" in capability && capability.resolveProvider === true);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

const refusals: readonly number[] = [ErrorCodes.InvalidRequest, LSPErrorCodes.RequestFailed];

/** To say why not is an answer too. */
async function about(method: string, ask: () => Promise<unknown>): Promise<unknown> {
  try {
    return await ask();
  } catch (fault) {
    if (fault instanceof ResponseError && refusals.includes(fault.code)) return undefined;
    throw new Error(`${method}: ${fault instanceof Error ? fault.message : String(fault)}`, { cause: fault });
  }
}
