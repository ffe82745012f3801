import { dtypeByteSize } from "./byte-units.ts";
import { largestLayer } from "./layer-sizes.ts";

/** The dtypes that Accelerate estimates. */
export const ESTIMATED_DTYPES = ["float32", "float16", "int8", "int4"] as const;
export type EstimatedDtype = (typeof ESTIMATED_DTYPES)[number];

/** What a model takes with weights of one dtype, in bytes. */
export type MemoryEstimate = {
  readonly dtype: EstimatedDtype;
  readonly largestLayer: number;
  readonly totalSize: number;
  /** Weights, gradients and the two moments of Adam; undefined for integers, which are not trained. */
  readonly trainingWithAdam: number | undefined;
};

/**
 * Estimates what a model takes, as Accelerate does, without activations.
 *
 * @param weights the number of values of each weight, by name.
 */
export function estimateMemory(
  weights: ReadonlyMap<string, number>,
  dtypes: readonly EstimatedDtype[],
): MemoryEstimate[] {
  const values = [...weights.values()].reduce((sum, count) => sum + count, 0);
  const largest = largestLayer(weights).size;
  const whole = values * dtypeByteSize("float32");
  // Half precision keeps a copy of the weights in float32: Accelerate counts the largest part of a step, Adam's moments.
  const training: Partial<Record<EstimatedDtype, number>> = {
    float32: 4 * whole,
    float16: 2 * whole,
  };
  return dtypes.map((dtype) => ({
    dtype,
    largestLayer: largest * dtypeByteSize(dtype),
    totalSize: values * dtypeByteSize(dtype),
    trainingWithAdam: training[dtype],
  }));
}
