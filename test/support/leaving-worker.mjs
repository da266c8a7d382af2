// A worker that ends without a word, as one killed for memory does.
import { parentPort } from "node:worker_threads";

parentPort.on("message", () => process.exit(7));
