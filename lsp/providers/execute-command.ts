/** Commands of lenses, for clients that do not carry them out themselves: the answer is a text, which is shown as well. */
import {
  MessageType,
  ShowMessageNotification,
  type CancellationToken,
  type ClientCapabilities,
  type Connection,
} from "vscode-languageserver";
import { canBePlanned, schedulesOf } from "../background/predictions.js";
import { claimResult } from "../facts/claim-result.js";
import { predictionText } from "../facts/prediction-text.js";
import { commands, type LinePosition } from "../protocol.js";
import type { Provider } from "../provider.js";
import type { Server } from "../server.js";
import { runChecks, why } from "./requests.js";

export const executeCommandProvider: Provider = {
  capabilities: (client) =>
    carriesOut(client)
      ? {}
      : { executeCommandProvider: { commands: [commands.simulate, commands.check, commands.why] } },
  register(connection, server) {
    if (carriesOut(server.client)) return;
    connection.onExecuteCommand(async ({ command, arguments: given = [] }, token) => {
      const text = await answerTo(command, given as readonly unknown[], server, token);
      if (text !== undefined) tell(connection, text);
      return text ?? null;
    });
  },
};

/** Two that register one command are an error in some clients. */
function carriesOut({ experimental }: ClientCapabilities): boolean {
  const own = (experimental as { readonly stretto?: { readonly commands?: unknown } } | undefined)?.stretto;
  return own?.commands === true;
}

/** A notification: whether a client has a way to show it is not to be an error of ours. */
function tell(connection: Connection, message: string): void {
  void connection.sendNotification(ShowMessageNotification.type, { type: MessageType.Info, message });
}

async function answerTo(
  command: string,
  [uri, what]: readonly unknown[],
  server: Server,
  token: CancellationToken,
): Promise<string | undefined> {
  if (typeof uri !== "string") return undefined;
  if (command === commands.why) {
    const answer = await why({ uri, position: what as LinePosition }, server, token);
    return answer?.text ?? "Nothing waits here.";
  }
  if (command === commands.check) return check(uri, what, server, token);
  return command === commands.simulate ? simulate(uri, what, server, token) : undefined;
}

/** A line a claim. */
async function check(uri: string, subject: unknown, server: Server, token: CancellationToken): Promise<string> {
  const asked = { uri, ...(typeof subject === "string" && { subject }) };
  const results = await runChecks(asked, server, token);
  const lines = results.map((result) => `${result.holds ? "holds" : "FAILS"}  ${result.claim}  ${claimResult(result)}`);
  return lines.length > 0 ? lines.join("\n") : "Nothing is claimed here.";
}

/** @param name of a schedule; else the last one */
async function simulate(uri: string, name: unknown, server: Server, token: CancellationToken): Promise<string> {
  const analysis = server.analysisOf(uri);
  if (!analysis || !canBePlanned(analysis)) return "Nothing can be predicted: see what is wrong with the file.";
  const names = schedulesOf(analysis).map((schedule) => schedule.name.text);
  const index = typeof name === "string" ? names.indexOf(name) : names.length - 1;
  if (index < 0) return "There is no such schedule.";
  const value = await server.asker.ask({ uri, ask: { kind: "predict", schedule: index }, token });
  return `${names[index]}: ${predictionText({ value })}`;
}
