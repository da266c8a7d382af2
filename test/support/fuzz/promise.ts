/** Something that must hold of any text, and does not of this one. */
export class BrokenPromise extends Error {
  override readonly name = "BrokenPromise";
}

export function promise(holds: boolean, what: () => string): asserts holds {
  if (!holds) throw new BrokenPromise(what());
}
