/** All that the server can do, a provider each. */
import type { Provider } from "../provider.js";
import { diagnosticsProvider } from "./diagnostics.js";

export const providers: readonly Provider[] = [diagnosticsProvider];
