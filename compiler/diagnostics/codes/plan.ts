/** ST4xxx: what lowering and the verbs of a schedule refuse. */
export const planCodes = {} as const;
