import type { CaseOptions } from "./cases.js";

/** The command that checks a file as it was, with further settings, as a shell reads it. */
export function repeatingCommand(
  file: string,
  { profile, set = new Map() }: CaseOptions,
  settings: ReadonlyMap<string, string>,
): string {
  const all = new Map([...set, ...settings]);
  const words = [
    ...["stretto", "check", file],
    ...(profile === undefined ? [] : ["--profile", profile]),
    ...[...all].flatMap(([name, text]) => ["--set", `${name}=${text}`]),
  ];
  return words.map(quoted).join(" ");
}

function quoted(word: string): string {
  return /^[\w./=:,+@-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
