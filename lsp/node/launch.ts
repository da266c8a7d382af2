/** What the extension for VS Code starts, as `stretto lsp` does by itself: the server, bundled beside this, as fast as it can be. */
import { fileURLToPath } from "node:url";
import { runWithCodeCache } from "../../runtime/node/code-cache.js";

runWithCodeCache(fileURLToPath(new URL("./server.cjs", import.meta.url)), "server");
// Whoever imports this waits until the process ends.
await new Promise<never>(() => undefined);
