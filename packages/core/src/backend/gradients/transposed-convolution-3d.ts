import {
  conv3d,
  engine,
  type GradConfig,
  type NamedAttrMap,
  type Tensor,
  type Tensor5D,
} from "@tensorflow/tfjs-core";

type Attributes = { readonly strides: number | [number, number, number]; readonly pad: "same" };

/** Of `tf.conv3dTranspose`, and of the gradient of a convolution of volumes; tfjs has none. */
export const transposedConvolution3DGradient: GradConfig = {
  kernelName: "Conv3DBackpropInputV2",
  inputsToSave: ["dy", "filter"],
  gradFunc: (ddx, saved, attributes) => {
    const [dy, filter] = saved as [Tensor5D, Tensor5D];
    const { strides, pad } = attributes as unknown as Attributes;
    return {
      dy: () => conv3d(ddx as Tensor5D, filter, strides, pad),
      filter: () =>
        engine().runKernel("Conv3DBackpropFilterV2", { x: ddx as Tensor, dy }, {
          strides,
          pad,
          filterShape: filter.shape,
        } as unknown as NamedAttrMap) as Tensor,
    };
  },
};
