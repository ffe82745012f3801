import type {
  ResizeNearestNeighborGradAttrs,
  ResizeNearestNeighborGradInputs,
} from "@tensorflow/tfjs-core";
import type { Value } from "../lowering/value.ts";
import { defineKernel, type Kernel } from "../record/kernel.ts";
import type { TensorSpec } from "../tensor-spec.ts";
import {
  nearestWeights,
  type ResizeAttributes,
  resizeKey,
  transposedResize,
} from "./families/interpolation.ts";

type Attributes = ResizeNearestNeighborGradAttrs & { readonly halfPixelCenters?: boolean };

/** For any batch and size; the cpu kernel is wrong for more than one image. */
export const resizeNearestNeighborGrad: Kernel = defineKernel<
  ResizeNearestNeighborGradInputs,
  Attributes,
  ResizeAttributes
>({
  name: "ResizeNearestNeighborGrad",
  record({ images, dy }, { alignCorners, halfPixelCenters = false }) {
    const attributes = { alignCorners, halfPixelCenters };
    const outputs = [{ shape: images.shape, dtype: "float32" as const }];
    return { inputs: [dy], outputs, attributes, key: resizeKey(attributes) };
  },
  lower(graph, [dy], attributes, [output]) {
    const spec = output as TensorSpec;
    const resize = { image: spec.shape, resized: (dy as Value).shape };
    const name = transposedResize(graph, graph.whole(dy as Value), resize, (inputs, outputs) =>
      nearestWeights(inputs, outputs, attributes),
    );
    return [graph.value(name, spec)];
  },
});
