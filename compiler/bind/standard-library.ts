/** Paths of the standard library's files begin with this, so that no file of a user can be taken for one. */
export const standardPrefix = "stretto:std/";

/** What `import { .. } from "std/name"` can name. */
export const standardModules = ["monoids", "collectives", "ops", "machines"] as const;
export type StandardModule = (typeof standardModules)[number];

/** Their monoids and collectives need no import. */
export const preludeModules: readonly StandardModule[] = ["monoids", "collectives"];

export function standardPath(module: string): string {
  return `${standardPrefix}${module}.stretto`;
}

export function isStandardPath(path: string): boolean {
  return path.startsWith(standardPrefix);
}

/** `ops` of `stretto:std/ops.stretto`. */
export function standardModuleOf(path: string): string {
  return path.slice(standardPrefix.length, -".stretto".length);
}
