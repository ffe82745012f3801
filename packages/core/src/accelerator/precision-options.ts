import type { HalfFormat } from "../collective/half-precision.ts";
import { AcceleratorError } from "../errors.ts";
import { checkOptions } from "../options/check-options.ts";
import { foundText } from "../options/found-text.ts";
import type { OptionRules } from "../options/option-rule.ts";

/** What Accelerate computes in. Here only `"no"`, float32: the backends of TensorFlow.js compute in nothing else. */
export type PrecisionType = "no" | "fp8" | "fp16" | "bf16";

/** How gradients are exchanged. */
export type DistributedDataParallelOptions = {
  /**
   * `"fp16"` or `"bf16"` rounds gradients to 16 bits on their way to the other replicas, and their mean on its way back.
   * Default `"no"`.
   */
  readonly commHook?: "no" | HalfFormat;
};

const PRECISIONS: readonly unknown[] = ["no", "fp8", "fp16", "bf16"] satisfies PrecisionType[];
const RULES: OptionRules<DistributedDataParallelOptions> = {
  commHook: { oneOf: ["no", "fp16", "bf16"] },
};

/** @throws {AcceleratorError} `OPTION_INVALID`, `PRECISION_UNSUPPORTED`. */
export function requireFloat32(mixedPrecision: unknown): void {
  if (mixedPrecision === undefined || mixedPrecision === "no") return;
  if (!PRECISIONS.includes(mixedPrecision)) {
    throw new AcceleratorError(
      "OPTION_INVALID",
      `mixedPrecision must be one of ${PRECISIONS.join(", ")}, got ${foundText(mixedPrecision)}.`,
    );
  }
  throw new AcceleratorError(
    "PRECISION_UNSUPPORTED",
    `mixedPrecision: "${mixedPrecision}": the backends of TensorFlow.js compute in float32 only. Leave it out, or pass "no"; ` +
      'to exchange gradients in 16 bits, pass distributedDataParallel: { commHook: "fp16" } or "bf16".',
  );
}

/** @throws {AcceleratorError} `OPTION_INVALID`. */
export function resolveCommHook(
  options: DistributedDataParallelOptions | undefined,
): HalfFormat | undefined {
  if (!options) return undefined;
  checkOptions("distributedDataParallel", options, RULES);
  return options.commHook === "no" ? undefined : options.commHook;
}
