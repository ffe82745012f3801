import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { GraphLowering } from "../../lowering/graph-lowering.ts";
import { defineKernel, type Kernel } from "../../lowering/kernel.ts";
import type { Value } from "../../lowering/value.ts";
import type { Shape, TensorSpec } from "../../tensor-spec.ts";
import {
  linearWeights,
  nearestWeights,
  type ResizeAttributes,
  resizeKey,
} from "./interpolation.ts";

type Inputs = { readonly images: TensorInfo; readonly dy: TensorInfo };

type Attributes = { readonly alignCorners: boolean; readonly halfPixelCenters?: boolean };

/**
 * A kernel that takes a gradient of resized images back to the images.
 *
 * @param weights gives those of a row's source pixels in the resize, `[outputs, inputs]`.
 */
function resizeGradient(
  name: string,
  weights: (inputs: number, outputs: number, attributes: ResizeAttributes) => Float32Array,
): Kernel {
  return defineKernel<Inputs, Attributes, ResizeAttributes>({
    name,
    record({ images, dy }, { alignCorners, halfPixelCenters = false }) {
      const attributes = { alignCorners, halfPixelCenters };
      const outputs = [{ shape: images.shape, dtype: "float32" as const }];
      return { inputs: [dy], outputs, attributes, key: resizeKey(attributes) };
    },
    lower(graph, [dy], attributes, [output]) {
      const spec = output as TensorSpec;
      const resize = { image: spec.shape, resized: (dy as Value).shape };
      const name = transposedResize(graph, graph.whole(dy as Value), resize, (inputs, outputs) =>
        weights(inputs, outputs, attributes),
      );
      return [graph.value(name, spec)];
    },
  });
}

/** Sizes of an image `[batch, height, width, channels]` and of what it was resized to. */
type Resize = { readonly image: Shape; readonly resized: Shape };

/** A product with the transposed weights of each axis. */
function transposedResize(
  graph: GraphLowering,
  dy: string,
  { image, resized }: Resize,
  weights: (inputs: number, outputs: number) => Float32Array,
): string {
  const [batch, height, width, channels] = image as [number, number, number, number];
  const [, outHeight, outWidth] = resized as [number, number, number, number];
  const rows = graph.constant(weights(height, outHeight), [outHeight, height], "float32");
  const columns = graph.constant(weights(width, outWidth), [outWidth, width], "float32");
  const tall = graph.reshape(dy, [batch, outHeight, outWidth * channels]);
  const shrunk = graph.extraNode("FusedMatMul", [rows, tall], { transA: 1 });
  const wide = graph.reshape(shrunk, [batch * height, outWidth, channels]);
  const result = graph.extraNode("FusedMatMul", [columns, wide], { transA: 1 });
  return graph.reshape(result, image);
}

/** Gradients of resized images, for any batch and size. */
export const RESIZE_GRADIENT: readonly Kernel[] = [
  // The cpu kernel is wrong for images that are not square.
  resizeGradient("ResizeBilinearGrad", linearWeights),
  // The cpu kernel is wrong for more than one image.
  resizeGradient("ResizeNearestNeighborGrad", nearestWeights),
];
