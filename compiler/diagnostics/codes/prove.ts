/** ST5xxx: what a graph that will run fails to be. */
export const proveCodes = {} as const;
