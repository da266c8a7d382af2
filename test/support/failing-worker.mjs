// A rank's worker that fails once, as `FAILS=what=lost&rank=2&after=10` of the environment says: its device is lost where that rank
// submits work for the tenth time, its memory does not suffice (`memory`), or it ends without a word (`exit`). It answers on a
// channel how many buffers of its device are alive.
import { parentPort } from "node:worker_threads";
import { globals } from "webgpu";

const settings = new URLSearchParams(process.env.FAILS);
const what = settings.get("what");
let left = what === null ? Infinity : Number(settings.get("after") ?? 1);
let rank = -1;
let device;
let buffers = 0;

const fails = () => rank === Number(settings.get("rank"));

const { requestDevice } = globals.GPUAdapter.prototype;
globals.GPUAdapter.prototype.requestDevice = async function (...all) {
  device = await requestDevice.apply(this, all);
  return device;
};
const { submit } = globals.GPUQueue.prototype;
globals.GPUQueue.prototype.submit = function (...all) {
  submit.apply(this, all);
  if (fails() && what === "lost" && --left === 0) device.destroy();
};
const { popErrorScope, createBuffer } = globals.GPUDevice.prototype;
globals.GPUDevice.prototype.popErrorScope = async function () {
  const error = await popErrorScope.call(this);
  return fails() && what === "memory" && left-- === 1 ? { message: "a test took it" } : error;
};
globals.GPUDevice.prototype.createBuffer = function (...all) {
  buffers++;
  return createBuffer.apply(this, all);
};
const { destroy } = globals.GPUBuffer.prototype;
globals.GPUBuffer.prototype.destroy = function () {
  buffers--;
  destroy.call(this);
};

const questions = new BroadcastChannel("buffers alive");
questions.onmessage = ({ data }) => data === "how many" && questions.postMessage(buffers);
questions.unref();

await import("../../dist/runtime/node/worker.js");
// Not before: the first listener is told all that has come.
parentPort.on("message", (job) => {
  rank = job.rank;
  if (fails() && what === "exit") process.exit(7);
});
