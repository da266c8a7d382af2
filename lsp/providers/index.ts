/** All that the server can do, a provider each. */
import type { Provider } from "../provider.js";
import { completionProvider } from "./completion.js";
import { diagnosticsProvider } from "./diagnostics.js";
import { signatureHelpProvider } from "./signature-help.js";

export const providers: readonly Provider[] = [completionProvider, diagnosticsProvider, signatureHelpProvider];
