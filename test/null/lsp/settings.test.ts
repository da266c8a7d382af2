import { expect, test } from "vitest";
import { heldBackground, soon } from "../../support/background.js";
import { modernClient, openEditor } from "../../support/editor.js";
import { smallProgram } from "../../support/small-program.js";
import { defaultSettings, readSettings } from "../../../lsp/settings.js";

test("what is not set is as it was before, and what is set to nothing is nothing", () => {
  const initial = readSettings({ profile: "small", inlayHints: { types: false } });
  expect(initial).toEqual({
    ...defaultSettings,
    profile: "small",
    inlayHints: { ...defaultSettings.inlayHints, types: false },
  });
  expect(readSettings(null, initial)).toEqual(initial);
  expect(readSettings({ codeLens: false, profile: 3 }, initial)).toEqual({ ...initial, codeLens: false });
  expect(readSettings({ profile: "" }, initial)).not.toHaveProperty("profile");
});

test("settings that are pulled leave those that the client was started with", async () => {
  let pulls = 0;
  const editor = await openEditor({
    client: { ...modernClient, workspace: { configuration: true } },
    settings: { codeLens: false },
    onConnection: (connection) =>
      connection.onRequest("workspace/configuration", () => {
        pulls++;
        return [null];
      }),
  });
  const document = editor.open("a.stretto", smallProgram);
  await expect.poll(() => pulls).toBe(1);
  expect(await editor.ask("textDocument/codeLens", document)).toEqual([]);
});

const refreshes = ["workspace/codeLens/refresh", "workspace/diagnostic/refresh", "workspace/inlayHint/refresh"];

test("a client is asked to look again once something else is set, not where nothing is", async () => {
  const asked: string[] = [];
  const refresh = { refreshSupport: true };
  const editor = await openEditor({
    client: {
      workspace: { diagnostics: refresh, inlayHint: refresh, codeLens: refresh },
      textDocument: { diagnostic: {} },
    },
    onConnection(connection) {
      for (const method of refreshes)
        connection.onRequest(method, () => {
          asked.push(method);
          return null;
        });
    },
  });
  const document = editor.open("a.stretto", smallProgram);
  const set = async (stretto: object) => {
    await editor.connection.sendNotification("workspace/didChangeConfiguration", { settings: { stretto } });
    await editor.ask("textDocument/diagnostic", document);
  };
  await set({ codeLens: true });
  expect(asked).toEqual([]);
  await set({ codeLens: false });
  await expect.poll(() => asked.toSorted()).toEqual(refreshes);
});

test("what failed is tried again with other settings", async () => {
  const background = heldBackground();
  const editor = await openEditor({ background: background.start });
  editor.open("a.stretto", smallProgram);
  for (const count of [1, 2]) {
    await expect.poll(() => background.jobs.length, soon).toBe(count);
    background.crash("out of memory");
  }
  const settings = { stretto: { predictionSeconds: 60 } };
  await editor.connection.sendNotification("workspace/didChangeConfiguration", { settings });
  await expect.poll(() => background.jobs.length, soon).toBe(3);
});
