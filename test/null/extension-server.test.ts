import type { BaseLanguageClient } from "vscode-languageclient";
import { expect, test, vi } from "vitest";
import { Server } from "../../vscode-extension/src/server.js";

// The rest of the client needs an editor.
vi.mock("vscode-languageclient", () => ({ LSPErrorCodes: {}, ResponseError: class {} }));

const pause = () => new Promise<void>((resume) => setTimeout(resume, 1));

/** Clients that take a moment to start and to end. */
function clients() {
  const running = new Set<object>();
  let most = 0;
  const create = () => {
    const client = {
      registerFeature: () => undefined,
      async start() {
        await pause();
        running.add(client);
        most = Math.max(most, running.size);
      },
      async dispose() {
        await pause();
        running.delete(client);
      },
    };
    return client as unknown as BaseLanguageClient;
  };
  return { create, running, most: () => most };
}

test("of restarts at once none leaves a server behind", async () => {
  const { create, running, most } = clients();
  const server = new Server(create, () => undefined);
  await Promise.all([server.start(), server.restart(), server.restart()]);
  expect([running.size, most()]).toEqual([1, 1]);
  await Promise.all([server.restart(), server.stop()]);
  expect(running.size).toBe(0);
});

test("one that does not start keeps none after it from starting", async () => {
  const { create, running } = clients();
  let isFirst = true;
  const server = new Server(
    () => {
      if (!isFirst) return create();
      isFirst = false;
      throw new Error("no such program");
    },
    () => undefined,
  );
  await expect(server.start()).rejects.toThrow("no such program");
  await server.restart();
  expect(running.size).toBe(1);
});
