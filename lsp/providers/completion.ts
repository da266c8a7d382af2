import type { CompletionItem, CompletionParams } from "vscode-languageserver";
import { folderOf } from "../../compiler/bind/paths.js";
import { offersAt } from "../completion/complete.js";
import { importPaths, tablePaths } from "../completion/imports.js";
import { described, itemsOf, offersFor } from "../completion/items.js";
import type { Offer } from "../completion/offer.js";
import { sceneAt } from "../completion/scene.js";
import { stringAt } from "../completion/strings.js";
import type { Analysis } from "../documents/analysis.js";
import { demandCurrent } from "../documents/begun.js";
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
    const offers = await (string.names === "import" ? importsFor : tablesFor)(analysis, server);
    return { offers, items: itemsOf(offers, { range: analysis.rangeOf(string.span), next: undefined, client }) };
  }
  const scene = sceneAt(analysis, offset, server.platform);
  if (scene === undefined) return { items: [], offers: [] };
  const { before, after, span } = scene.expected;
  const isImport = before[0]?.image === "import" && before.at(-1)?.image === "from" && before.at(-2)?.image === "}";
  const paths = isImport ? await importsFor(analysis, server) : [];
  const quoted = paths.map((offer) => ({ ...offer, insert: `"${offer.label}"` }));
  const offers = offersFor(client, [...offersAt(scene), ...quoted]);
  return { offers, items: itemsOf(offers, { range: analysis.rangeOf(span), next: after[0], client }) };
}

/** Routings, lengths: more of them than a list is read of are no help. */
const mostTables = 500;

async function tablesFor(analysis: Analysis, server: Server): Promise<Offer[]> {
  const files = await server.platform.listFiles(folderOf(analysis.path), ".csv", mostTables);
  demandCurrent(analysis, server);
  return tablePaths(analysis.path, files);
}

async function importsFor(analysis: Analysis, server: Server): Promise<Offer[]> {
  const files = await server.workspace.allFiles();
  demandCurrent(analysis, server);
  return importPaths(
    analysis.path,
    files.map((uri) => server.platform.pathOf(uri)),
  );
}
