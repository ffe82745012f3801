import type { Variable } from "@tensorflow/tfjs-core";
import { AcceleratorError } from "../errors.ts";
import { modelVariables } from "../train/model-variables.ts";
import { dtypeByteSize } from "./byte-units.ts";
import { largestLayer, sizesOfParts } from "./layer-sizes.ts";

/** What a model takes in memory. */
export type MaximumSizes = {
  /** Bytes of all weights. */
  readonly totalBytes: number;
  /** The largest layer that holds weights itself, or all of that size. */
  readonly largestLayer: { readonly bytes: number; readonly names: readonly string[] };
};

/**
 * Bytes of a model by the names of its parts: `""` is all of it, `dense_1` a layer, `dense_1/kernel` a weight.
 *
 * @param model a built `tf.LayersModel`, or what holds variables or layers; nothing is changed.
 * @throws {AcceleratorError} `MODEL_INVALID` if it is none.
 */
export function computeModuleSizes(model: object): Map<string, number> {
  return sizesOfParts(bytesByName(model));
}

/**
 * Bytes of all weights of a model, and of its largest layer.
 *
 * @param model as `computeModuleSizes` takes it.
 * @throws {AcceleratorError} `MODEL_INVALID` if it is none.
 */
export function calculateMaximumSizes(model: object): MaximumSizes {
  const weights = bytesByName(model);
  const { size, names } = largestLayer(weights);
  const totalBytes = [...weights.values()].reduce((sum, bytes) => sum + bytes, 0);
  return { totalBytes, largestLayer: { bytes: size, names } };
}

function bytesByName(model: object): Map<string, number> {
  const found = modelVariables(model);
  if (found && found.all.length > 0) {
    return new Map(found.all.map((variable) => [variable.name, bytesOf(variable)]));
  }
  throw new AcceleratorError(
    "MODEL_INVALID",
    "This is no model with variables. Build it first, or pass the object that holds its variables or layers.",
  );
}

function bytesOf({ size, dtype }: Variable): number {
  return size * dtypeByteSize(dtype);
}
