import { keywordOffers } from "./keywords.js";
import type { Offer } from "./offer.js";
import { sources } from "./roles.js";
import type { Scene } from "./scene.js";
import { unitOffers } from "./units.js";

/** All that may stand at the cursor; of several that are called alike the nearest. */
export function offersAt(scene: Scene): Offer[] {
  const names = [...scene.expected.names].flatMap(([role, places]) => sources[role](scene, places));
  const found = new Map<string, Offer>();
  for (const offer of [...names, ...unitOffers(scene), ...keywordOffers(scene)]) {
    // A word is offered beside the declaration that begins with it.
    const key =
      offer.insert === undefined && offer.snippet === undefined ? offer.label : `${offer.label} ${offer.kind}`;
    const known = found.get(key);
    if (known === undefined || offer.rank < known.rank) found.set(key, offer);
  }
  return [...found.values()].toSorted((a, b) => a.rank - b.rank);
}
