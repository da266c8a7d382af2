import type { TestController, TestItem } from "vscode";
import { requests, type CheckBlock, type LineRange } from "../../../lsp/protocol.js";
import type { Server } from "../server.js";
import { rangeOf } from "../subject.js";

/** Items right below the controller are files. */
export const isFile = (item: TestItem): boolean => item.parent === undefined;

/** Where a claim stands tells which it is: a file may make the same one twice. */
export const placeOf = ({ start }: LineRange): string => `${start.line}:${start.character}`;

/** Lists the `check` blocks of a file, and their claims, anew. */
export async function discoverFile(controller: TestController, server: Server, file: TestItem): Promise<void> {
  let blocks: readonly CheckBlock[];
  try {
    blocks = await server.request<readonly CheckBlock[]>(requests.checks, { uri: file.id });
    file.error = undefined;
  } catch (error) {
    blocks = [];
    file.error = String(error);
  }
  file.children.replace(
    blocks.map((block) => {
      const item = controller.createTestItem(`${file.id}#${placeOf(block.range)}`, block.subject, file.uri);
      item.range = rangeOf(block.range);
      item.children.replace(
        block.claims.map((claim) => {
          const child = controller.createTestItem(`${file.id}#${placeOf(claim.range)}`, claim.text, file.uri);
          child.range = rangeOf(claim.range);
          return child;
        }),
      );
      return item;
    }),
  );
}
