import type { ResizeBilinearAttrs, ResizeBilinearInputs } from "@tensorflow/tfjs-core";
import type { Value } from "../lowering/value.ts";
import { defineKernel, type Kernel } from "../record/kernel.ts";
import type { TensorSpec } from "../tensor-spec.ts";
import { toChannelsFirst, toChannelsLast } from "./families/channels.ts";
import { resizeKey } from "./families/interpolation.ts";

export const resizeBilinear: Kernel = defineKernel<ResizeBilinearInputs, ResizeBilinearAttrs>({
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
