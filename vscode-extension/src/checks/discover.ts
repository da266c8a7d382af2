import type { TestController, TestItem } from "vscode";
import { requests, type CheckBlock } from "../../../lsp/protocol.js";
import type { Server } from "../server.js";
import { rangeOf } from "../subject.js";

/** Items right below the controller are files. */
export const isFile = (item: TestItem): boolean => item.parent === undefined;

/** By number, as the server tells results: a text above may be edited, and a file may make the same claim twice. */
export const claimId = (file: TestItem, check: number, place: number): string => `${blockId(file, check)}.${place}`;
const blockId = (file: TestItem, check: number): string => `${file.id}#${check}`;

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
    blocks.map((block, check) => {
      const item = controller.createTestItem(blockId(file, check), block.subject, file.uri);
      item.range = rangeOf(block.range);
      item.children.replace(
        block.claims.map((claim, place) => {
          const child = controller.createTestItem(claimId(file, check, place), claim.text, file.uri);
          child.range = rangeOf(claim.range);
          return child;
        }),
      );
      return item;
    }),
  );
}

/** What an item has become in its file as it is listed now: of those of its label the one of its number, else the first. */
export function asListedNow(item: TestItem, file: TestItem): TestItem | undefined {
  if (isFile(item)) return file;
  const among = asListedNow(item.parent!, file)?.children;
  if (among === undefined) return undefined;
  const sameNumber = among.get(item.id);
  if (sameNumber?.label === item.label) return sameNumber;
  return [...among].map(([, other]) => other).find(({ label }) => label === item.label);
}
