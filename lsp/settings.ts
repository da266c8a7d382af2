/** What a user can set, as the client sends it under `stretto`. What is missing or of the wrong type is the default. */

export interface Settings {
  /** Sizes of this profile where a file has it; none: the file's own. */
  readonly profile?: string;
  /** Another machine: of the file, or of std/machines. */
  readonly machine?: string;
  readonly codeLens: boolean;
  readonly inlayHints: { readonly types: boolean; readonly bytes: boolean; readonly times: boolean };
  /** How long the background may plan and simulate one schedule, seconds. */
  readonly predictionSeconds: number;
}

export const defaultSettings: Settings = {
  codeLens: true,
  inlayHints: { types: true, bytes: true, times: true },
  predictionSeconds: 20,
};

export function readSettings(given: unknown): Settings {
  const all = asObject(given);
  const hints = asObject(all["inlayHints"]);
  const flag = (value: unknown, otherwise: boolean): boolean => (typeof value === "boolean" ? value : otherwise);
  const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);
  const [profile, machine] = [text(all["profile"]), text(all["machine"])];
  return {
    ...(profile !== undefined && { profile }),
    ...(machine !== undefined && { machine }),
    codeLens: flag(all["codeLens"], defaultSettings.codeLens),
    inlayHints: {
      types: flag(hints["types"], true),
      bytes: flag(hints["bytes"], true),
      times: flag(hints["times"], true),
    },
    predictionSeconds: positive(all["predictionSeconds"]) ?? defaultSettings.predictionSeconds,
  };
}

function positive(value: unknown): number | undefined {
  return typeof value === "number" && value > 0 && Number.isFinite(value) ? value : undefined;
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
