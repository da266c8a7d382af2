/** ST6xxx: claims of checks that do not hold. */
export const claimCodes = {} as const;
