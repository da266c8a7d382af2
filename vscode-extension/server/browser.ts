/** The language server as the extension carries it for browsers: a worker, with the standard library in it. */
import standard from "stretto:standard-library";
import { serveWorker } from "../../lsp/browser/serve.js";

/** Put here when it is bundled. */
declare const strettoVersion: string;

serveWorker(self as unknown as DedicatedWorkerGlobalScope, strettoVersion, standard);
