import type { CallHierarchyIncomingCall, CallHierarchyItem, CallHierarchyOutgoingCall } from "vscode-languageserver";
import { expect, test } from "vitest";
import { heldBackground, localBackground } from "../../support/background.js";
import { modernClient, openEditor, type Editor, type OpenDocument } from "../../support/editor.js";
import { smallProgram } from "../../support/small-program.js";

const client = { ...modernClient, textDocument: { ...modernClient.textDocument, callHierarchy: {} } };

async function prepare(editor: Editor, document: OpenDocument): Promise<CallHierarchyItem | undefined> {
  const position = document.cursor();
  const items = await editor.ask<CallHierarchyItem[] | null>("textDocument/prepareCallHierarchy", document, {
    position,
  });
  return items?.[0];
}

test("incoming is what a statement waits for, outgoing what waits for it, each with its reason", async () => {
  const editor = await openEditor({ client, background: localBackground() });
  const document = editor.open("a.stretto", smallProgram.replace("order y as out", "order y as ┆out"));
  const out = await prepare(editor, document);
  expect(out).toMatchObject({ name: "out", detail: "bf16[tokens/tp, hidden], in schedule eager" });
  const incoming = await editor.connection.sendRequest<CallHierarchyIncomingCall[]>("callHierarchy/incomingCalls", {
    item: out,
  });
  expect(incoming.map(({ from: { name, detail } }) => [name, detail])).toEqual([["y", "data"]]);
  // `y` is where the layer says it is.
  const [y] = incoming;
  expect(document.text.split("\n")[y!.from.range.start.line]).toContain("let y = matmul(x, w)");
  const outgoing = await editor.connection.sendRequest<CallHierarchyOutgoingCall[]>("callHierarchy/outgoingCalls", {
    item: y!.from,
  });
  expect(outgoing.map(({ to: { name, detail } }) => [name, detail])).toEqual([["out", "data"]]);
});

test("in a layer its last schedule is meant, and program order is a reason where no verb removes it", async () => {
  const editor = await openEditor({ client, background: localBackground() });
  const plain = smallProgram.slice(0, smallProgram.indexOf("schedule eager")).replace("let y", "let ┆y");
  const document = editor.open("a.stretto", plain);
  const y = await prepare(editor, document);
  expect(y!.detail).toContain("in schedule plain");
  const outgoing = await editor.connection.sendRequest<CallHierarchyOutgoingCall[]>("callHierarchy/outgoingCalls", {
    item: y,
  });
  expect(outgoing[0]!.to.detail).toBe("data, program order");
});

test("nothing is prepared of what does not wait, and preparing waits for nothing", async () => {
  const background = heldBackground();
  const editor = await openEditor({ client, background: background.start });
  expect(
    await prepare(editor, editor.open("a.stretto", smallProgram.replace("matmul(x", "matmul(┆x"))),
  ).toBeUndefined();
  expect(await prepare(editor, editor.open("b.stretto", smallProgram.replace("let y", "let ┆y")))).toBeDefined();
});

test("an edit gives up what was asked for", async () => {
  const background = heldBackground();
  const editor = await openEditor({ client, background: background.start });
  const document = editor.open("a.stretto", smallProgram.replace("let y", "let ┆y"));
  const item = await prepare(editor, document);
  const asked = editor.connection.sendRequest("callHierarchy/outgoingCalls", { item });
  const given = expect(asked).rejects.toMatchObject({ code: -32801 });
  editor.replace(document, smallProgram.replace("1024", "2048"));
  await given;
});
