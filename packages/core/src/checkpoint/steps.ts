/** Optimizer steps so far; of several optimizers those of the one with the most. */
export function stepsOf(optimizers: readonly { readonly completedSteps: number }[]): number {
  return Math.max(0, ...optimizers.map(({ completedSteps }) => completedSteps));
}
