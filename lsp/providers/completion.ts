import type { CompletionItem, CompletionParams } from "vscode-languageserver";
import { offersAt } from "../completion/complete.js";
import { importPaths } from "../completion/imports.js";
import { described, itemOf, offersFor } from "../completion/items.js";
import type { Offer } from "../completion/offer.js";
import { sceneAt } from "../completion/scene.js";
import { stringAt } from "../completion/strings.js";
import type { Provider } from "../provider.js";
import type { Server } from "../server.js";

/** What may be written at the cursor. */
export const completionProvider: Provider = {
  capabilities: () => ({
    completionProvider: { triggerCharacters: [".", "/", '"', "<"], resolveProvider: true },
  }),
  register(connection, server) {
    // An item that is looked at is one of the list that was sent last.
    let last: readonly Offer[] = [];
    connection.onCompletion(async (params) => {
      const { items, offers } = await complete(params, server);
      last = offers;
      return items;
    });
    connection.onCompletionResolve((item) => described(item, sameOffer(last[item.data as number], item)));
  },
};

const sameOffer = (offer: Offer | undefined, { label }: CompletionItem): Offer | undefined =>
  offer?.label === label ? offer : undefined;

interface Completions {
  readonly items: CompletionItem[];
  readonly offers: readonly Offer[];
}

async function complete({ textDocument, position }: CompletionParams, server: Server): Promise<Completions> {
  const analysis = server.analysisOf(textDocument.uri);
  if (analysis === undefined) return { items: [], offers: [] };
  const offset = analysis.offsetAt(position);
  const { client } = server;
  const string = stringAt(analysis.text, offset);
  if (string !== undefined) {
    const files = (await server.workspace.allFiles()).map((uri) => server.platform.pathOf(uri));
    const offers = string.names === "import" ? importPaths(analysis.path, files) : [];
    const options = { range: analysis.rangeOf(string.span), next: undefined, client };
    return { offers, items: offers.map((offer, place) => itemOf(offer, place, options)) };
  }
  const scene = sceneAt(analysis, offset, server.platform);
  if (scene === undefined) return { items: [], offers: [] };
  const offers = offersFor(client, offersAt(scene));
  const options = { range: analysis.rangeOf(scene.expected.span), next: scene.expected.after[0], client };
  return { offers, items: offers.map((offer, place) => itemOf(offer, place, options)) };
}
