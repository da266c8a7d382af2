/** All that the server can do, a provider each. */
import type { Provider } from "../provider.js";
import { callHierarchyProvider } from "./call-hierarchy.js";
import { codeActionProvider } from "./code-action.js";
import { codeLensProvider } from "./code-lens.js";
import { completionProvider } from "./completion.js";
import { definitionProvider } from "./definition.js";
import { diagnosticsProvider } from "./diagnostics.js";
import { documentHighlightProvider } from "./document-highlight.js";
import { documentLinkProvider } from "./document-link.js";
import { documentSymbolProvider } from "./document-symbol.js";
import { executeCommandProvider } from "./execute-command.js";
import { foldingRangeProvider } from "./folding-range.js";
import { formattingProvider } from "./formatting.js";
import { hoverProvider } from "./hover.js";
import { inlayHintProvider } from "./inlay-hint.js";
import { linkedEditingRangeProvider } from "./linked-editing-range.js";
import { referencesProvider } from "./references.js";
import { renameFilesProvider } from "./rename-files.js";
import { renameProvider } from "./rename.js";
import { requestsProvider } from "./requests.js";
import { selectionRangeProvider } from "./selection-range.js";
import { semanticTokensProvider } from "./semantic-tokens.js";
import { signatureHelpProvider } from "./signature-help.js";
import { typeDefinitionProvider } from "./type-definition.js";
import { workspaceSymbolProvider } from "./workspace-symbol.js";

export const providers: readonly Provider[] = [
  codeActionProvider,
  completionProvider,
  definitionProvider,
  diagnosticsProvider,
  documentHighlightProvider,
  documentLinkProvider,
  signatureHelpProvider,
  hoverProvider,
  inlayHintProvider,
  codeLensProvider,
  callHierarchyProvider,
  executeCommandProvider,
  requestsProvider,
  documentSymbolProvider,
  foldingRangeProvider,
  formattingProvider,
  linkedEditingRangeProvider,
  referencesProvider,
  renameFilesProvider,
  renameProvider,
  selectionRangeProvider,
  semanticTokensProvider,
  typeDefinitionProvider,
  workspaceSymbolProvider,
];
