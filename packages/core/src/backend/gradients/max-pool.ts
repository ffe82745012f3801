import { engine, type GradConfig, type NamedAttrMap, type Tensor } from "@tensorflow/tfjs-core";

/** Of maximum pooling; tfjs's forgets how the size of the output was rounded. */
export const maxPoolGradient: GradConfig = {
  kernelName: "MaxPool",
  inputsToSave: ["x"],
  outputsToSave: [true],
  gradFunc: (dy, [input, output], attributes) => {
    const inputs = { dy: dy as Tensor, input: input as Tensor, output: output as Tensor };
    return {
      x: () => engine().runKernel("MaxPoolGrad", inputs, attributes as NamedAttrMap) as Tensor,
    };
  },
};
