import type { NamedAttrMap, NamedTensorInfoMap } from "@tensorflow/tfjs-core";

type Triple = readonly [number, number, number];

/** What the kernels of convolutions and pools over `[batch, depth, height, width, channels]` are given. */
type VolumeCall = { readonly inputs: NamedTensorInfoMap; readonly attrs?: NamedAttrMap };

type VolumeAttributes = {
  readonly strides: number | Triple;
  readonly pad: "valid" | "same" | number;
  readonly filterSize?: number | Triple;
  readonly filterShape?: readonly number[];
  readonly inputShape?: readonly number[];
};

export const triple = (value: number | Triple): Triple =>
  typeof value === "number" ? [value, value, value] : value;

/**
 * Depth, height and width that windows cover with the padding "same". Where the strides skip the last voxels, it is less
 * than the volume has: tfjs then takes the padding to be negative, and the windows begin too late. Undefined where it is
 * the whole volume.
 */
export function coveredSizes({ inputs, attrs }: VolumeCall): number[] | undefined {
  const attributes = attrs as unknown as VolumeAttributes;
  if (attributes.pad !== "same") return undefined;
  const shape = (attributes.inputShape ?? (inputs.x ?? inputs.input)?.shape) as readonly number[];
  const window =
    attributes.filterSize === undefined
      ? (attributes.filterShape ?? (inputs.filter?.shape as readonly number[]))
      : triple(attributes.filterSize);
  const strides = triple(attributes.strides);
  const sizes = shape.slice(1, 4);
  const covered = sizes.map((size, i) => {
    const stride = strides[i] as number;
    return Math.min(size, (Math.ceil(size / stride) - 1) * stride + (window[i] as number));
  });
  return covered.every((size, i) => size === sizes[i]) ? undefined : covered;
}
