/** All that the server can do, a provider each. */
import type { Provider } from "../provider.js";
import { codeActionProvider } from "./code-action.js";
import { completionProvider } from "./completion.js";
import { definitionProvider } from "./definition.js";
import { diagnosticsProvider } from "./diagnostics.js";
import { documentHighlightProvider } from "./document-highlight.js";
import { documentLinkProvider } from "./document-link.js";
import { documentSymbolProvider } from "./document-symbol.js";
import { foldingRangeProvider } from "./folding-range.js";
import { formattingProvider } from "./formatting.js";
import { linkedEditingRangeProvider } from "./linked-editing-range.js";
import { referencesProvider } from "./references.js";
import { renameFilesProvider } from "./rename-files.js";
import { renameProvider } from "./rename.js";
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
  documentSymbolProvider,
  foldingRangeProvider,
  formattingProvider,
  linkedEditingRangeProvider,
  referencesProvider,
  renameFilesProvider,
  renameProvider,
  selectionRangeProvider,
  semanticTokensProvider,
  signatureHelpProvider,
  typeDefinitionProvider,
  workspaceSymbolProvider,
];
