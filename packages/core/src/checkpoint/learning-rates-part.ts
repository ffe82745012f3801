import { learningRateOf, setLearningRate } from "../schedule/learning-rate.ts";
import { StepwiseScheduler } from "../schedule/scheduler.ts";
import type { AcceleratedOptimizer } from "../train/accelerated-optimizer.ts";
import type { PreparedObjects } from "../train/prepare.ts";
import type { SavedOptimizer } from "./optimizers-part.ts";
import type { RestorePlan } from "./restore-plan.ts";

/** Sets the learning rates; after the schedules, which set them too. Says where the script has other ones than before. */
export function planLearningRates(
  saved: readonly SavedOptimizer[],
  { optimizers, schedulers }: Pick<PreparedObjects, "optimizers" | "schedulers">,
  plan: RestorePlan,
): void {
  for (const [i, prepared] of optimizers.entries()) {
    const one = saved[i];
    const { optimizer } = prepared;
    if (!one || (one.className !== optimizer.getClassName() && !plan.keepsLearningRate)) continue;
    const present = learningRateOf(optimizer);
    const rate = plan.keepsLearningRate ? present : one.learningRate;
    const schedules = schedulers.filter(({ scheduler }) => scheduler.optimizer === optimizer);
    const schedule = schedules.length === 1 ? schedules[0]?.scheduler : undefined;
    if (!plan.keepsLearningRate && schedules.length === 0) noteInitial(one, prepared, i, plan);
    plan.commits.push(() => {
      // Such a schedule has just set the rate of its step.
      const now = learningRateOf(optimizer);
      if (!plan.keepsLearningRate && schedule instanceof StepwiseScheduler && now !== rate) {
        plan.notices.push(
          `at step ${schedule.lastStep} the schedule of optimizer ${i} gives the learning rate ${now}, and it was ${rate} when the ` +
            "checkpoint was written. Its next step follows the schedule of the script, which has changed.",
        );
      }
      setLearningRate(optimizer, rate);
    });
  }
}

/** A script that lowers the rate itself makes its optimizer with the first one again: that is no change. */
function noteInitial(
  { initialLearningRate: before, learningRate }: SavedOptimizer,
  { initialLearningRate: now }: AcceleratedOptimizer,
  index: number,
  plan: RestorePlan,
): void {
  if (before === undefined || before === now) return;
  plan.notices.push(
    `optimizer ${index} was made with the learning rate ${now}, and with ${before} when the checkpoint was written. It goes on with ` +
      `that of the checkpoint, ${learningRate}; { keep: ["learningRate"] } keeps that of the script.`,
  );
}
