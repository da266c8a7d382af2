import { workspace } from "vscode";

export interface Settings {
  readonly machine: string;
  readonly profile: string;
  readonly command: string;
  readonly "server.path": string;
  readonly "server.node": string;
}

/** A setting of ours; `""` where it is not set. */
export function setting<Name extends keyof Settings>(name: Name): Settings[Name] {
  return workspace.getConfiguration("stretto").get(name) ?? "";
}

/** These say which server runs, so a change of one starts it anew. */
export const serverSettings = ["stretto.server.path", "stretto.server.node"] as const;
