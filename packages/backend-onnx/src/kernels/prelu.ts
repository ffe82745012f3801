import type { PreluInputs } from "@tensorflow/tfjs-core";
import { backend_util } from "@tensorflow/tfjs-core";
import type { Value } from "../lowering/value.ts";
import { defineKernel, type Kernel } from "../record/kernel.ts";
import { sameShape, type TensorSpec } from "../tensor-spec.ts";

export const prelu: Kernel = defineKernel<PreluInputs, unknown>({
  name: "Prelu",
  record({ x, alpha }) {
    const shape = backend_util.assertAndGetBroadcastShape(x.shape, alpha.shape);
    if (x.dtype !== "float32" || alpha.dtype !== "float32" || !sameShape(shape, x.shape)) {
      return undefined;
    }
    const outputs = [{ shape, dtype: x.dtype }];
    return { inputs: [x, alpha], outputs, attributes: undefined };
  },
  lower(graph, [x, alpha], _, [output]) {
    const name = graph.node("PRelu", [graph.whole(x as Value), (alpha as Value).name]);
    return [graph.value(name, output as TensorSpec)];
  },
});
