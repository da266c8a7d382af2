/** What a user can set, as the client sends it under `stretto`. */

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

/** @param otherwise where something is missing, or of the wrong type */
export function readSettings(given: unknown, otherwise: Settings = defaultSettings): Settings {
  const all = asObject(given);
  const hints = asObject(all["inlayHints"]);
  const { types, bytes, times } = otherwise.inlayHints;
  const flag = (value: unknown, other: boolean): boolean => (typeof value === "boolean" ? value : other);
  const text = (value: unknown, other: string | undefined): string =>
    typeof value === "string" ? value : (other ?? "");
  const [profile, machine] = [text(all["profile"], otherwise.profile), text(all["machine"], otherwise.machine)];
  return {
    ...(profile !== "" && { profile }),
    ...(machine !== "" && { machine }),
    codeLens: flag(all["codeLens"], otherwise.codeLens),
    inlayHints: {
      types: flag(hints["types"], types),
      bytes: flag(hints["bytes"], bytes),
      times: flag(hints["times"], times),
    },
    predictionSeconds: positive(all["predictionSeconds"]) ?? otherwise.predictionSeconds,
  };
}

function positive(value: unknown): number | undefined {
  return typeof value === "number" && value > 0 && Number.isFinite(value) ? value : undefined;
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
