/** The server as a program, which is bundled: `launch.ts` and `stretto lsp` start it. */
import { serveStreams } from "./serve.js";

/** Put here when it is bundled. */
declare const strettoVersion: string;

serveStreams(process.stdin, process.stdout, strettoVersion);
