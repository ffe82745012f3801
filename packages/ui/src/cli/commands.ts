/** The commands that `acc` takes from this package. */
export const commands: readonly never[] = [];
