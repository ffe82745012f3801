import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { RecordedCall } from "../../lowering/kernel.ts";
import { type ActivationAttributes, isLowered } from "../elementwise/fused-activation.ts";
import { type Geometry, windowCall } from "./geometry.ts";

/** A convolution that ends with a bias and an activation. */
export type FusedConvolution = ActivationAttributes & { readonly geometry: Geometry };

type FusedInputs = {
  readonly x: TensorInfo;
  readonly filter: TensorInfo;
  readonly bias?: TensorInfo | undefined;
};

/** The call of a fused convolution. Undefined if the kernel of the cpu backend computes it. */
export function fusedCall(
  { x, filter, bias }: FusedInputs,
  geometry: Geometry | undefined,
  { activation, leakyreluAlpha }: ActivationAttributes,
): RecordedCall<FusedConvolution> | undefined {
  const call = windowCall(bias ? [x, filter, bias] : [x, filter], geometry);
  if (!call || !isLowered(activation)) return undefined;
  return {
    ...call,
    attributes: {
      geometry: call.attributes,
      ...(activation === undefined ? {} : { activation }),
      ...(leakyreluAlpha === undefined ? {} : { leakyreluAlpha }),
    },
    key: `${call.key}${activation}${leakyreluAlpha}`,
  };
}
