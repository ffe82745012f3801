import type { ModelRegistry } from "../train/model-registry.ts";
import type { RestorePlan } from "./restore-plan.ts";

/** How many items a rank has counted in the current window, for each model; null where its losses had none. */
export type SavedItems = readonly (number | null)[];

export function saveItems({ models, items }: ModelRegistry): SavedItems {
  return models.map((model) => items.countOf(model)?.dataSync()[0] ?? null);
}

/**
 * Plans the counts of the window. With another number of ranks, rank 0 takes them all, as it takes the gradients.
 *
 * @param saved of each rank; undefined in checkpoints from before there were counts.
 */
export function planItems(
  saved: readonly (SavedItems | undefined)[],
  { models, items }: ModelRegistry,
  { rank, worldSize }: { readonly rank: number; readonly worldSize: number },
  plan: RestorePlan,
): void {
  plan.commits.push(() => {
    items.clear(models);
    for (const [i, model] of models.entries()) {
      const counts = saved.map((counted) => counted?.[i] ?? undefined);
      const known = counts.filter((count) => count !== undefined);
      if (known.length === 0) continue;
      const sum = known.reduce((total, count) => total + count, 0);
      const merged = rank === 0 ? sum * (worldSize / saved.length) : undefined;
      const own = saved.length === worldSize ? counts[rank] : merged;
      items.restore(model, own); // on every rank: they make room for the counts together
    }
  });
}
