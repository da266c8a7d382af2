export interface PackagedExtension {
  /** Of the .vsix. */
  readonly path: string;
  readonly bytes: number;
  /** Bytes of each file in it, by its path within the extension. */
  readonly files: Readonly<Record<string, number>>;
}
export function bundleExtension(out: string): Promise<void>;
export function packageExtension(out?: string): Promise<PackagedExtension>;
