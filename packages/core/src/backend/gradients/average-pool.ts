import {
  backend_util,
  engine,
  type GradConfig,
  mul,
  type NamedAttrMap,
  type Tensor,
  tensor,
  zeros,
} from "@tensorflow/tfjs-core";
import { fitImage, unfitted } from "./fit-image.ts";

type Attributes = {
  readonly filterSize: number | [number, number] | [number, number, number];
  readonly strides: number | [number, number] | [number, number, number];
  readonly pad: "valid" | "same" | number | backend_util.ExplicitPadding;
  readonly dimRoundingMode?: "floor" | "round" | "ceil";
};

/** Along one dimension. */
type Windows = {
  readonly size: number;
  readonly outputs: number;
  readonly stride: number;
  readonly length: number;
  readonly before: number;
};

/**
 * Of average pooling. Windows that reach over the border are means of the pixels inside; tfjs's gradient divides by the
 * whole size of the window, and knows nothing of rounded sizes.
 */
export function averagePoolGradient(stock: GradConfig): GradConfig {
  return {
    ...stock,
    gradFunc: (dy, saved, attributes) => {
      const [x] = saved as [Tensor];
      const given = attributes as unknown as Attributes;
      const windows = windowsOf(x, given);
      let scaled = dy as Tensor;
      for (const [i, one] of windows.entries()) {
        const factors = factorsOf(one);
        if (factors.every((factor) => factor === 1)) continue;
        const shape = scaled.shape.map((_, axis) => (axis === i + 1 ? factors.length : 1));
        scaled = mul(scaled, tensor(factors, shape));
      }
      if (typeof given.pad === "string") return stock.gradFunc(scaled, saved, attributes);
      return { x: () => spread(stock.kernelName, scaled, x, windows) };
    },
  };
}

/** As of a larger image without padding, of which a part is x. */
function spread(kernelName: string, dy: Tensor, x: Tensor, windows: readonly Windows[]): Tensor {
  const spans = windows.map(({ outputs, stride, length }) => (outputs - 1) * stride + length);
  const [batch = 0, ...rest] = x.shape;
  const channels = rest.at(-1) as number;
  const whole = engine().runKernel(
    `${kernelName}Grad`,
    { dy, input: zeros([batch, ...spans, channels]) },
    {
      filterSize: windows.map(({ length }) => length),
      strides: windows.map(({ stride }) => stride),
      pad: "valid",
    } as unknown as NamedAttrMap,
  ) as Tensor;
  const sides = windows.map(({ size, before }, i) => ({
    size,
    span: spans[i] as number,
    before,
  }));
  return fitImage(whole, sides.map(unfitted));
}

function windowsOf(x: Tensor, attributes: Attributes): Windows[] {
  const { filterSize, strides, pad, dimRoundingMode } = attributes;
  // One number or one for each dimension; the types of tfjs do not tell the functions apart.
  const [size, step] = [filterSize as number, strides as number];
  if (x.rank === 4) {
    const shape = x.shape as [number, number, number, number];
    return imageWindows(backend_util.computePool2DInfo(shape, size, step, 1, pad, dimRoundingMode));
  }
  const shape = x.shape as [number, number, number, number, number];
  const info = backend_util.computePool3DInfo(shape, size, step, 1, pad as "same", dimRoundingMode);
  const depth = {
    size: info.inDepth,
    outputs: info.outDepth,
    stride: info.strideDepth,
    length: info.filterDepth,
    before: info.padInfo.front,
  };
  return [depth, ...imageWindows(info)];
}

/** Along height and width. */
function imageWindows(info: backend_util.Conv2DInfo | backend_util.Conv3DInfo): Windows[] {
  const { padInfo } = info;
  return [
    {
      size: info.inHeight,
      outputs: info.outHeight,
      stride: info.strideHeight,
      length: info.filterHeight,
      before: padInfo.top,
    },
    {
      size: info.inWidth,
      outputs: info.outWidth,
      stride: info.strideWidth,
      length: info.filterWidth,
      before: padInfo.left,
    },
  ];
}

/** The size of each window over the number of its pixels inside. */
function factorsOf({ size, outputs, stride, length, before }: Windows): number[] {
  return Array.from({ length: outputs }, (_, i) => {
    const start = i * stride - before;
    const inside = Math.min(size, start + length) - Math.max(0, start);
    return inside > 0 ? length / inside : 1;
  });
}
