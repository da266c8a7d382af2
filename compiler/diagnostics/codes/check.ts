/** ST3xxx: types, layouts, ops, layers. */
export const checkCodes = {} as const;
