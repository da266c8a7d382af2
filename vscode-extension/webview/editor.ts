/** What VS Code gives a page to speak with its extension. */
interface EditorApi {
  postMessage(message: unknown): void;
}
declare function acquireVsCodeApi(): EditorApi;

/** Speaks with the extension; to be called once. */
export function connect<Received, Sent>(receive: (message: Received) => void): (message: Sent) => void {
  const editor = acquireVsCodeApi();
  window.addEventListener("message", ({ data }: MessageEvent<Received>) => receive(data));
  return (message) => editor.postMessage(message);
}
