import type { Collective } from "../collective/collective.ts";
import { type FitCallback, fitCallback } from "./fit-callback.ts";
import type { FittableModel } from "./layers-model.ts";

/** Stops training on all ranks after the batch or the epoch in which a callback of any rank stopped it. Collective. */
export function stopCallback(model: FittableModel, collective: Collective): FitCallback {
  const agree = async () => {
    const flag = Int32Array.of(model.stopTraining_ ? 1 : 0);
    collective.allReduce(flag, "max", "fit: stopTraining");
    if (flag[0] === 1) model.stopTraining = true;
  };
  return fitCallback({ onBatchEnd: agree, onEpochEnd: agree });
}
