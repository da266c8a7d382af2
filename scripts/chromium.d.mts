import type { Browser } from "playwright-core";

export function launchChromium(): Promise<Browser>;

export interface Served {
  readonly address: string;
  close(): Promise<void>;
}

export function serveFolders(
  folders: Readonly<Record<string, string>>,
  options?: { readonly isolated?: boolean },
): Promise<Served>;
