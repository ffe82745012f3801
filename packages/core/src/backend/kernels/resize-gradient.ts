import type { KernelBackend, KernelFunc, TensorInfo, TypedArray } from "@tensorflow/tfjs-core";

type Attributes = { readonly alignCorners: boolean; readonly halfPixelCenters?: boolean };

/** Source pixels of a resized pixel along one axis, and their weights. */
type Source = { readonly pixel: number; readonly weight: number };

type Resampling = (
  inputs: number,
  outputs: number,
  attributes: Attributes,
) => (output: number) => Source[];

/** Gradient of `tf.image.resizeBilinear`; the stock kernel is wrong for images that are not square. */
export function resizeBilinearGrad(): KernelFunc {
  return resizeGradient((inputs, outputs, attributes) => {
    const scale = scaleOf(inputs, outputs, attributes);
    return (output) => {
      const place = attributes.halfPixelCenters ? scale * (output + 0.5) - 0.5 : scale * output;
      const before = Math.max(0, Math.floor(place));
      const after = Math.min(inputs - 1, Math.ceil(place));
      const share = place - before;
      return [
        { pixel: before, weight: 1 - share },
        { pixel: after, weight: share },
      ];
    };
  });
}

/**
 * Gradient of `tf.image.resizeNearestNeighbor`; the stock kernel is wrong for several images or channels, and never ends
 * for an image of one pixel with aligned corners.
 */
export function resizeNearestNeighborGrad(): KernelFunc {
  return resizeGradient((inputs, outputs, attributes) => {
    const scale = scaleOf(inputs, outputs, attributes);
    return (output) => {
      const place = scale * (attributes.halfPixelCenters ? output + 0.5 : output);
      const pixel = attributes.alignCorners ? Math.round(place) : Math.floor(place);
      return [{ pixel: Math.max(0, Math.min(inputs - 1, pixel)), weight: 1 }];
    };
  });
}

function scaleOf(inputs: number, outputs: number, { alignCorners }: Attributes): number {
  return alignCorners && outputs > 1 ? (inputs - 1) / (outputs - 1) : inputs / outputs;
}

/** Adds each element of `dy` to its source pixels; all NHWC. */
function resizeGradient(resampling: Resampling): KernelFunc {
  return (call) => {
    const { images, dy } = call.inputs as { images: TensorInfo; dy: TensorInfo };
    const attributes = call.attrs as unknown as Attributes;
    const backend = call.backend as KernelBackend;
    const [batch, height, width, channels] = images.shape as [number, number, number, number];
    const [, outHeight, outWidth] = dy.shape as [number, number, number, number];
    const rows = resampling(height, outHeight, attributes);
    const columns = resampling(width, outWidth, attributes);
    const gradient = backend.readSync(dy.dataId) as TypedArray;
    const dx = new Float32Array(batch * height * width * channels);
    for (let row = 0; row < outHeight; row++) {
      for (const { pixel: y, weight: rowWeight } of rows(row)) {
        for (let column = 0; column < outWidth; column++) {
          for (const { pixel: x, weight: columnWeight } of columns(column)) {
            const weight = rowWeight * columnWeight;
            for (let image = 0; image < batch; image++) {
              const target = ((image * height + y) * width + x) * channels;
              const source = ((image * outHeight + row) * outWidth + column) * channels;
              for (let channel = 0; channel < channels; channel++) {
                dx[target + channel] =
                  (dx[target + channel] as number) +
                  weight * (gradient[source + channel] as number);
              }
            }
          }
        }
      }
    }
    return {
      dataId: backend.write(dx, images.shape, "float32"),
      shape: images.shape,
      dtype: "float32",
    };
  };
}
