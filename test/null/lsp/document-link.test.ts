import { describe, expect, test } from "vitest";
import type { DocumentLink } from "vscode-languageserver";
import { openEditor } from "../../support/editor.js";

describe("links", () => {
  test("are paths of imports and of tables' files", async () => {
    const editor = await openEditor();
    const document = editor.open(
      "sub/a.stretto",
      'import { x } from "«../b.stretto»"\nimport { matmul } from "«std/ops»"\nimport { y } from "nowhere"\n' +
        'table t: 4 -> 4 = from "«routes/t.csv»"\nprofile p { t = "«u.csv»" }\n',
    );
    const found = await editor.ask<DocumentLink[]>("textDocument/documentLink", document);
    expect(found.map(({ range }) => range)).toEqual(
      document.ranges.map((_, index) => document.range(index)).slice(0, found.length),
    );
    const targets = found.map(({ target }) => target!.split("/").slice(-2).join("/"));
    expect(targets.slice(0, 3)).toEqual(["workspace/b.stretto", "std/ops.stretto", "routes/t.csv"]);
  });
});
