import type {
  ResizeNearestNeighborAttrs,
  ResizeNearestNeighborInputs,
} from "@tensorflow/tfjs-core";
import type { Value } from "../lowering/value.ts";
import { defineKernel, type Kernel } from "../record/kernel.ts";
import type { NumericType, TensorSpec } from "../tensor-spec.ts";
import { nearestPixels, resizeKey } from "./families/interpolation.ts";

export const resizeNearestNeighbor: Kernel = defineKernel<
  ResizeNearestNeighborInputs,
  ResizeNearestNeighborAttrs
>({
  name: "ResizeNearestNeighbor",
  record({ images }, attributes) {
    const { size } = attributes;
    const shape = images.shape.toSpliced(1, 2, ...size);
    const outputs = [{ shape, dtype: images.dtype as NumericType }];
    return { inputs: [images], outputs, attributes, key: resizeKey(attributes) };
  },
  lower(graph, [images], attributes, [output]) {
    const spec = output as TensorSpec;
    const { shape } = images as Value;
    const name = [1, 2].reduce(
      (image, axis) => {
        const [length, resized] = [shape[axis] as number, spec.shape[axis] as number];
        const pixels = nearestPixels(length, resized, attributes);
        return graph.node("Gather", [image, graph.constant(pixels, [resized], "int32")], { axis });
      },
      graph.whole(images as Value),
    );
    return [graph.value(name, spec)];
  },
});
