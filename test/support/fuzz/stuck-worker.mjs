// A worker that takes a case and never comes back.
import { parentPort } from "node:worker_threads";

parentPort.on("message", () => {
  for (;;);
});
