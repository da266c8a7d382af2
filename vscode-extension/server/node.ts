/** The language server as the extension carries it: `stretto lsp` without the rest of the command line. */
import { serveStreams } from "../../lsp/node/serve.js";

/** Put here when it is bundled. */
declare const strettoVersion: string;

await serveStreams(process.stdin, process.stdout, strettoVersion);
