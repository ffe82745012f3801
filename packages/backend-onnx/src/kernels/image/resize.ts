import type {
  ResizeBilinearAttrs,
  ResizeBilinearInputs,
  ResizeNearestNeighborAttrs,
  ResizeNearestNeighborInputs,
} from "@tensorflow/tfjs-core";
import { defineKernel, type Kernel } from "../../lowering/kernel.ts";
import type { Value } from "../../lowering/value.ts";
import type { NumericType, TensorSpec } from "../../tensor-spec.ts";
import { toChannelsFirst, toChannelsLast } from "../convolution/channels.ts";
import { nearestPixels, resizeKey } from "./interpolation.ts";

const resizeBilinear = defineKernel<ResizeBilinearInputs, ResizeBilinearAttrs>({
  name: "ResizeBilinear",
  record({ images }, attributes) {
    if (images.dtype !== "float32") return undefined;
    const { size } = attributes;
    const shape = images.shape.toSpliced(1, 2, ...size);
    const outputs = [{ shape, dtype: "float32" as const }];
    return { inputs: [images], outputs, attributes, key: resizeKey(attributes) };
  },
  lower(graph, [images], { alignCorners, halfPixelCenters }, [output]) {
    const spec = output as TensorSpec;
    const [batch, height, width, channels] = spec.shape as [number, number, number, number];
    const half = halfPixelCenters ? "half_pixel" : "asymmetric";
    const size = graph.integers([batch, channels, height, width]);
    const image = toChannelsFirst(graph, graph.whole(images as Value));
    const resized = graph.node("Resize", [image, "", "", size], {
      mode: "linear",
      coordinate_transformation_mode: alignCorners ? "align_corners" : half,
    });
    return [graph.value(toChannelsLast(graph, resized), spec)];
  },
});

const resizeNearestNeighbor = defineKernel<ResizeNearestNeighborInputs, ResizeNearestNeighborAttrs>(
  {
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
          return graph.node("Gather", [image, graph.constant(pixels, [resized], "int32")], {
            axis,
          });
        },
        graph.whole(images as Value),
      );
      return [graph.value(name, spec)];
    },
  },
);

/** Images in another size. */
export const RESIZE: readonly Kernel[] = [resizeBilinear, resizeNearestNeighbor];
