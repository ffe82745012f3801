import type { backend_util, TypedArray } from "@tensorflow/tfjs-core";

/** An image as a volume of depth 1. */
export function asVolume(info: backend_util.Conv2DInfo): Volume {
  const flat = { inDepth: 1, outDepth: 1, strideDepth: 1, filterDepth: 1 };
  return { ...info, ...flat, padInfo: { ...info.padInfo, front: 0 } };
}

/** What of tfjs's sizes of a pooling is needed here. */
export type Volume = Pick<backend_util.Conv2DInfo, Plane> &
  Pick<backend_util.Conv3DInfo, Depth> & {
    readonly padInfo: { readonly top: number; readonly left: number; readonly front: number };
  };

type Plane =
  | "batchSize"
  | "inChannels"
  | `${"in" | "out"}${"Height" | "Width"}`
  | `${"stride" | "filter"}${"Height" | "Width"}`;
type Depth = "inDepth" | "outDepth" | "strideDepth" | "filterDepth";

/**
 * The gradient of maximum pooling: adds every element of `dy` to the place in `dx` of the first largest value in its window
 * of `x`; all `[batch, depth, height, width, channels]`.
 */
export function spreadToLargest(
  x: TypedArray,
  dy: TypedArray,
  dx: TypedArray,
  volume: Volume,
): void {
  const { batchSize, inDepth, inHeight, inWidth, inChannels, padInfo } = volume;
  const { outDepth, outHeight, outWidth, strideDepth, strideHeight, strideWidth } = volume;
  const { filterDepth, filterHeight, filterWidth } = volume;
  let source = 0;
  for (let batch = 0; batch < batchSize; batch++) {
    for (let depth = 0; depth < outDepth; depth++) {
      const front = Math.max(depth * strideDepth - padInfo.front, 0);
      const back = Math.min(depth * strideDepth - padInfo.front + filterDepth, inDepth);
      for (let row = 0; row < outHeight; row++) {
        const top = Math.max(row * strideHeight - padInfo.top, 0);
        const bottom = Math.min(row * strideHeight - padInfo.top + filterHeight, inHeight);
        for (let column = 0; column < outWidth; column++) {
          const left = Math.max(column * strideWidth - padInfo.left, 0);
          const right = Math.min(column * strideWidth - padInfo.left + filterWidth, inWidth);
          for (let channel = 0; channel < inChannels; channel++) {
            let largest = Number.NEGATIVE_INFINITY;
            let place = -1;
            for (let z = front; z < back; z++) {
              const plane = (batch * inDepth + z) * inHeight;
              for (let y = top; y < bottom; y++) {
                const line = (plane + y) * inWidth;
                for (let x0 = left; x0 < right; x0++) {
                  const at = (line + x0) * inChannels + channel;
                  const value = x[at] as number;
                  if (value > largest) {
                    largest = value;
                    place = at;
                  }
                }
              }
            }
            if (place >= 0) dx[place] = (dx[place] as number) + (dy[source] as number);
            source += 1;
          }
        }
      }
    }
  }
}
