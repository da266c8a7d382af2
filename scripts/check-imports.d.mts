export function checkImports(sources: ReadonlyMap<string, string>): string[];
export function readSources(root: string): Map<string, string>;
