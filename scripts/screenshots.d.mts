/** By path from the root: how what they show is brought about. */
export const pictures: Readonly<Record<string, unknown>>;
