import type { Differentiation } from "../train/differentiate.ts";
import type { PreparedObjects } from "../train/prepare.ts";

/** Whether no gradients wait that no later call could apply: not between `backward` and `optimizer.step()`. */
export function canSave({
  training,
  made,
}: {
  readonly training: Differentiation;
  readonly made: PreparedObjects;
}): boolean {
  return !training.state.updateDue || made.optimizers.length === 0;
}
