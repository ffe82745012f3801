import * as tf from "@tensorflow/tfjs";
import { activate, drawActivation, softmax } from "./activations.ts";
import {
  at,
  channelsFirst,
  channelsLast,
  combine,
  generate,
  map,
  type Numbers,
  transpose,
} from "./numbers.ts";
import type { Kind } from "./program.ts";

const { layers } = tf;

/** `x […, in]` times `kernel [in, units]`. */
function dense(x: Numbers, kernel: Numbers): Numbers {
  const [size, units] = kernel.shape as [number, number];
  return generate([...x.shape.slice(0, -1), units], (index) => {
    let sum = 0;
    for (let i = 0; i < size; i++)
      sum += at(x, index.with(-1, i)) * at(kernel, [i, index.at(-1) as number]);
    return sum;
  });
}

const plus = (a: Numbers, b: Numbers | undefined) => (b ? combine(a, b, (p, q) => p + q) : a);

const denseLayer: Kind = (draw) => {
  const options = { units: draw.from(1, 9), useBias: draw.yes(), activation: drawActivation(draw) };
  const timed = draw.yes();
  const shape = draw.sizes(timed ? 3 : draw.from(2, 3), 6);
  return {
    label: `${timed ? "timeDistributed " : ""}dense of [${shape}] ${JSON.stringify(options)}`,
    inputs: [{ shape }],
    layer: () => {
      const layer = layers.dense(options);
      return timed ? layers.timeDistributed({ layer }) : layer;
    },
    reference: ([x], [kernel, bias]) =>
      activate(plus(dense(x as Numbers, kernel as Numbers), bias), options.activation),
  };
};

const embedding: Kind = (draw) => {
  const [inputDim, outputDim] = [draw.from(1, 6), draw.from(1, 5)];
  const shape = draw.sizes(draw.from(1, 3), 4);
  const maskZero = draw.yes();
  return {
    label: `embedding of [${shape}], ${inputDim} words of ${outputDim}`,
    inputs: [{ shape, below: inputDim }],
    layer: () => layers.embedding({ inputDim, outputDim, maskZero }),
    reference: ([ids], [table]) =>
      generate([...shape, outputDim], (index) =>
        at(table as Numbers, [at(ids as Numbers, index.slice(0, -1)), index.at(-1) as number]),
      ),
  };
};

/** Functions of one number that layers offer. */
const ELEMENTWISE: readonly [string, () => tf.layers.Layer, (x: number) => number][] = [
  ["leakyReLU", () => layers.leakyReLU({ alpha: 0.2 }), (x) => (x >= 0 ? x : 0.2 * x)],
  ["elu", () => layers.elu({ alpha: 1 }), (x) => (x >= 0 ? x : Math.expm1(x))],
  ["thresholdedReLU", () => layers.thresholdedReLU({ theta: 0.4 }), (x) => (x > 0.4 ? x : 0)],
  ["reLU", () => layers.reLU({ maxValue: 1 }), (x) => Math.min(1, Math.max(0, x))],
  ["dropout", () => layers.dropout({ rate: 0.5 }), (x) => x],
  ["gaussianNoise", () => layers.gaussianNoise({ stddev: 1 }), (x) => x],
  ["alphaDropout", () => layers.alphaDropout({ rate: 0.4 }), (x) => x],
];

const elementwise: Kind = (draw) => {
  const shape = draw.sizes(draw.from(2, 4), 4);
  if (draw.yes()) {
    const activation = drawActivation(draw);
    return {
      label: `activation ${activation} of [${shape}]`,
      inputs: [{ shape }],
      layer: () => layers.activation({ activation }),
      reference: ([x]) => activate(x as Numbers, activation),
    };
  }
  const [name, layer, fn] = draw.of(ELEMENTWISE);
  return {
    label: `${name} of [${shape}]`,
    inputs: [{ shape }],
    layer,
    reference: ([x]) => map(x as Numbers, fn),
  };
};

const softmaxOrPrelu: Kind = (draw) => {
  const shape = draw.sizes(draw.from(2, 4), 4);
  if (draw.yes()) {
    const axis = draw.from(1, shape.length - 1);
    const isLast = axis === shape.length - 1; // tfjs has no other
    return {
      label: `softmax of [${shape}]`,
      inputs: [{ shape }],
      layer: () => layers.softmax({ axis: isLast ? axis : -1 }),
      reference: ([x]) => softmax(x as Numbers, shape.length - 1),
    };
  }
  return {
    label: `prelu of [${shape}]`,
    inputs: [{ shape }],
    layer: () => layers.prelu({}),
    reference: ([x], [alpha]) =>
      combine(x as Numbers, alpha as Numbers, (a, b) => (a >= 0 ? a : a * b)),
  };
};

const upSampling: Kind = (draw) => {
  const size = draw.sizes(2, 3) as [number, number];
  const [first, nearest] = [draw.yes(), draw.yes()];
  const sides = draw.sizes(2, 4);
  const shape = first ? [2, 3, ...sides] : [2, ...sides, 3];
  const dataFormat = first ? ("channelsFirst" as const) : ("channelsLast" as const);
  return {
    label: `upSampling2d ${size} of [${shape}] ${nearest ? "nearest" : "bilinear"}`,
    inputs: [{ shape }],
    layer: () =>
      layers.upSampling2d({ size, dataFormat, interpolation: nearest ? "nearest" : "bilinear" }),
    reference: ([x]) => {
      const image = first ? channelsLast(x as Numbers) : (x as Numbers);
      const own = [2, (sides[0] as number) * size[0], (sides[1] as number) * size[1], 3];
      const result = generate(own, ([b = 0, y = 0, z = 0, c = 0]) => {
        const [row, column] = [y / size[0], z / size[1]];
        const pixel = (r: number, s: number) =>
          at(image, [
            b,
            Math.min(r, (sides[0] as number) - 1),
            Math.min(s, (sides[1] as number) - 1),
            c,
          ]);
        const [top, left] = [Math.floor(row), Math.floor(column)];
        if (nearest) return pixel(top, left);
        const [down, right] = [row - top, column - left];
        const upper = pixel(top, left) * (1 - right) + pixel(top, left + 1) * right;
        return (
          upper * (1 - down) +
          (pixel(top + 1, left) * (1 - right) + pixel(top + 1, left + 1) * right) * down
        );
      });
      return first ? channelsFirst(result) : result;
    },
  };
};

const rearranged: Kind = (draw) => {
  const shape = [draw.from(1, 2), ...draw.sizes(3, 3)];
  const dims = draw.of([
    [1, 2, 3],
    [3, 1, 2],
    [2, 1, 3],
    [3, 2, 1],
  ]);
  return {
    label: `permute ${dims} of [${shape}]`,
    inputs: [{ shape }],
    layer: () => layers.permute({ dims }),
    reference: ([x]) => transpose(x as Numbers, [0, ...dims]),
  };
};

export const PLAIN_LAYERS: readonly Kind[] = [
  ...[denseLayer, embedding],
  ...[elementwise, softmaxOrPrelu, upSampling, rearranged],
];
