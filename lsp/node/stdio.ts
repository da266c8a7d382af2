/** The server as a program: bundled, it is what `stretto lsp` and the extension for VS Code start. */
import { serveStreams } from "./serve.js";

/** Put here when it is bundled. */
declare const strettoVersion: string;

await serveStreams(process.stdin, process.stdout, strettoVersion);
