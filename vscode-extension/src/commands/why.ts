import { commands, Location, Position, Uri, window, type Disposable } from "vscode";
import { requests, type LinePosition, type Why } from "../../../lsp/protocol.js";
import { rangeOf } from "../subject.js";
import type { Server } from "../server.js";

/** `Why does it wait?` of a lens: the answer, and the statements that it leads over, one after the other. */
export function registerWhy(server: Server): Disposable {
  return commands.registerCommand("stretto.why", async (uri: string, position: LinePosition) => {
    const why = await server.request<Why | null>(requests.why, { uri, position });
    if (why === null) return void window.showInformationMessage("Nothing waits here.");
    const steps = why.steps.map(({ uri: file, range }) => new Location(Uri.parse(file), rangeOf(range)));
    if (steps.length > 0) {
      const at = new Position(position.line, position.character);
      await commands.executeCommand("editor.action.peekLocations", Uri.parse(uri), at, steps, "peek");
    }
    void window.showInformationMessage(why.text);
  });
}
