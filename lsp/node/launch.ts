/** What `stretto lsp` and the extension for VS Code start: the server, bundled beside this, as fast as it can be. */
import { fileURLToPath } from "node:url";
import { runWithCodeCache } from "../../runtime/node/code-cache.js";

runWithCodeCache(fileURLToPath(new URL("./server.cjs", import.meta.url)), "server");
// Whoever imports this waits until the process ends.
await new Promise<never>(() => undefined);
