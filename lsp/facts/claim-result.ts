/** What came of a claim, in a few words: what was measured; where nothing was, why. */
export function claimResult({
  measured,
  message,
}: {
  readonly measured: string;
  readonly message?: string | undefined;
}): string {
  return measured === "-" && message !== undefined ? message : measured;
}
