/**
 * An installed package that is a module, and may not be there. Bundles that are run by `code-cache.ts` ask that for it: what is put
 * here then is in scripts/bundle-programs.mjs.
 */
export const importPackage = (name: string): Promise<unknown> => import(name);
