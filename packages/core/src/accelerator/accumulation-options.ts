import { AcceleratorError } from "../errors.ts";
import { checkOptions } from "../options/check-options.ts";
import type { OptionRules } from "../options/option-rule.ts";
import type { GradientAccumulation } from "../train/gradient-state.ts";

/** The options of the accelerator that say when a window of gradients ends. */
export type AccumulationOptions = {
  /** Backward passes per optimizer step. Default 1. */
  readonly gradientAccumulationSteps?: number;
  /** The same with more options; not together with `gradientAccumulationSteps`. */
  readonly gradientAccumulationPlugin?: Partial<GradientAccumulation>;
};

const ACCUMULATION_RULES: OptionRules<GradientAccumulation> = {
  numSteps: { integerFrom: 1 },
  syncWithDataloader: "boolean",
  syncEachBatch: "boolean",
};

/** Fills defaults. @throws {AcceleratorError} `OPTION_INVALID`. */
export function resolveAccumulation(options: AccumulationOptions): GradientAccumulation {
  const { gradientAccumulationSteps: steps = 1, gradientAccumulationPlugin: plugin } = options;
  if (plugin) checkOptions("gradientAccumulationPlugin", plugin, ACCUMULATION_RULES);
  if (plugin && steps !== 1) {
    throw new AcceleratorError(
      "OPTION_INVALID",
      `gradientAccumulationSteps is ${steps} and gradientAccumulationPlugin is given too; pass one of them.`,
    );
  }
  const { numSteps = steps, syncWithDataloader = true, syncEachBatch = false } = plugin ?? {};
  return { numSteps, syncWithDataloader, syncEachBatch };
}
