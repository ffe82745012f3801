import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { RecordedCall } from "../../record/kernel.ts";
import type { NumericType } from "../../tensor-spec.ts";
import { axesOf } from "./reduction.ts";

/** How the elements along one axis are put together one after the other. */
export type Accumulation = {
  readonly axis: number;
  readonly exclusive: boolean;
  readonly reverse: boolean;
};

/** The call of a kernel that accumulates `x`, which has an axis. */
export function recordAccumulation(
  x: TensorInfo,
  { axis, exclusive, reverse }: Accumulation,
  dtype: NumericType,
): RecordedCall<Accumulation> {
  const [place = 0] = axesOf(axis, x.shape);
  return {
    inputs: [x],
    outputs: [{ shape: x.shape, dtype }],
    attributes: { axis: place, exclusive, reverse },
    key: `${place}${exclusive}${reverse}`,
  };
}
