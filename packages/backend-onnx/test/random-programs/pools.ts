import * as tf from "@tensorflow/tfjs";
import type { Draw } from "./draw.ts";
import { channelsFirst, channelsLast, generate, type Numbers } from "./numbers.ts";
import type { Kind } from "./program.ts";
import { convolve, type Pad, pool, sideOf, type Windows } from "./windows.ts";

const KINDS = ["max", "avg"] as const;

function drawPool(draw: Draw, rank: number): Windows & { pad: "same" | "valid" } {
  const pad = draw.of(["same", "valid"] as const);
  const window = draw.sizes(rank, rank === 3 ? 3 : 5);
  const strides = draw.sizes(rank, 3);
  const sizes = window.map((length) => {
    const least = pad === "valid" ? length : 1;
    return draw.from(least, Math.max(least, rank === 3 ? 4 : 8));
  });
  return { sizes, window, strides, dilations: window.map(() => 1), pad };
}

const { layers } = tf;
const LAYERS = {
  max: [layers.maxPooling1d, layers.maxPooling2d, layers.maxPooling3d],
  avg: [layers.averagePooling1d, layers.averagePooling2d, layers.averagePooling3d],
} as unknown as Record<string, ((options: unknown) => tf.layers.Layer)[]>;

/** The size, or the next one with which the last window covers a pixel. */
function fitting(
  size: number,
  { window, strides, pad, rounding }: Pick<Windows, "window" | "strides" | "pad" | "rounding">,
  i: number,
  before: number,
): number {
  const sizes = window.map(() => size);
  const { outputs } = sideOf(
    { sizes, window, strides, dilations: window.map(() => 1), pad, rounding },
    i,
  );
  const covers = (outputs - 1) * (strides[i] as number) - before < size;
  return covers ? size : fitting(size + 1, { window, strides, pad, rounding }, i, before);
}

const poolingLayer: Kind = (draw) => {
  const rank = draw.from(1, 3);
  const kind = draw.of(KINDS);
  const makers = LAYERS[kind] as ((options: unknown) => tf.layers.Layer)[];
  const windows = drawPool(draw, rank);
  const first = rank > 1 && draw.yes();
  const { sizes, window, strides, pad } = windows;
  const options = {
    poolSize: rank === 1 ? window[0] : [...window],
    strides: rank === 1 ? strides[0] : [...strides],
    padding: pad,
    ...(rank > 1 ? { dataFormat: first ? "channelsFirst" : "channelsLast" } : {}),
  };
  const [batch, channels] = [draw.from(1, 2), draw.of([1, 2, 3, 8])];
  return {
    label: `${kind}Pooling${rank}d ${JSON.stringify({ sizes, ...options })}`,
    inputs: [{ shape: first ? [batch, channels, ...sizes] : [batch, ...sizes, channels] }],
    layer: () => (makers[rank - 1] as (o: unknown) => tf.layers.Layer)(options),
    reference: ([x]) => {
      const pooled = pool(first ? channelsLast(x as Numbers) : (x as Numbers), windows, kind);
      return first ? channelsFirst(pooled) : pooled;
    },
  };
};

const globalPooling: Kind = (draw) => {
  const [rank, kind, first] = [draw.from(1, 2), draw.of(KINDS), draw.yes()];
  const sizes = draw.sizes(rank, 5);
  const isFirst = rank === 2 && first;
  const dataFormat = isFirst ? ("channelsFirst" as const) : ("channelsLast" as const);
  const shape = isFirst ? [2, 3, ...sizes] : [2, ...sizes, 3];
  const make = {
    max: [() => layers.globalMaxPooling1d({}), () => layers.globalMaxPooling2d({ dataFormat })],
    avg: [
      () => layers.globalAveragePooling1d({}),
      () => layers.globalAveragePooling2d({ dataFormat }),
    ],
  };
  return {
    label: `global ${kind} ${rank}d of [${shape}], ${dataFormat}`,
    inputs: [{ shape }],
    layer: make[kind][rank - 1] as () => tf.layers.Layer,
    reference: ([x]) => {
      const image = isFirst ? channelsLast(x as Numbers) : (x as Numbers);
      const ones = sizes.map(() => 1);
      const windows = { sizes, window: sizes, strides: ones, dilations: ones, pad: "valid" };
      const { values } = pool(image, windows as Windows, kind);
      return { shape: [2, 3], values };
    },
  };
};

/**
 * Numbers or pairs as padding, and rounded sizes; without windows that lie outside, for which nothing is defined. With a
 * number tfjs takes the width of the output from the height of the window.
 */
const roundedPool: Kind = (draw) => {
  const rank = draw.from(2, 3);
  const kind = draw.of(KINDS);
  const pairs = rank === 2 && draw.yes();
  const rounding = draw.of(["floor", "round", "ceil"] as const);
  const [length, stride] = [draw.from(1, 4), draw.from(1, 3)];
  const window = pairs ? draw.sizes(2, 4) : Array(rank).fill(length);
  const strides = pairs ? draw.sizes(2, 3) : Array(rank).fill(stride);
  const amount = draw.from(0, Math.min(...window) - 1);
  const borders = window.map((length) => [draw.from(0, length - 1), draw.from(0, length - 1)]);
  const pad = (pairs ? borders : amount) as Pad;
  const sizes = window.map((_, i) => {
    const before = pairs ? (borders[i]?.[0] as number) : amount;
    const size = draw.from(window[i] as number, rank === 3 ? 5 : 8);
    return fitting(size, { window, strides, pad, rounding }, i, before);
  });
  const windows: Windows = {
    sizes,
    window,
    strides,
    dilations: window.map(() => 1),
    pad,
    rounding,
  };
  const given = (pairs ? [[0, 0], ...borders, [0, 0]] : amount) as number;
  const channels = draw.of([1, 3, 8]);
  const fn = (
    rank === 2 ? { max: tf.maxPool, avg: tf.avgPool } : { max: tf.maxPool3d, avg: tf.avgPool3d }
  )[kind] as typeof tf.maxPool;
  return {
    label: `${kind}Pool${rank}d ${JSON.stringify(windows)} of ${channels} channels`,
    inputs: [{ shape: [draw.from(1, 2), ...sizes, channels] }],
    run: (x) =>
      fn(
        x as tf.Tensor4D,
        window as [number, number],
        strides as [number, number],
        given,
        rounding,
      ),
    reference: ([x]) => pool(x as Numbers, windows, kind),
  };
};

/** `tf.pool` with dilations. With "same" it takes zeros around the image to be pixels. */
const dilatedPool: Kind = (draw) => {
  const kind = draw.of(KINDS);
  const window = draw.sizes(2, 3);
  const dilations = draw.sizes(2, 3);
  const pad = "valid";
  const sizes = window.map((length, i) => {
    const span = (length - 1) * (dilations[i] as number) + 1;
    return draw.from(span, span + 4);
  });
  const windows: Windows = { sizes, window, strides: [1, 1], dilations, pad };
  return {
    label: `pool ${kind} ${JSON.stringify(windows)}`,
    inputs: [{ shape: [draw.from(1, 2), ...sizes, draw.from(1, 3)] }],
    run: (x) =>
      tf.pool(
        x as tf.Tensor4D,
        window as [number, number],
        kind,
        pad,
        dilations as [number, number],
      ),
    reference: ([x]) => pool(x as Numbers, windows, kind),
  };
};

/** `tf.conv2d` with what layers do not offer: channels first, numbers as padding, rounded sizes. */
const convolution2d: Kind = (draw) => {
  const first = draw.yes();
  const window = draw.sizes(2, 4);
  const dilations = draw.unit() < 0.4 ? draw.sizes(2, 3) : [1, 1];
  const isDilated = dilations.some((step) => step > 1);
  const strides = isDilated ? [1, 1] : draw.sizes(2, 3);
  const rounding = draw.of(["floor", "round", "ceil"] as const);
  const kind = draw.of(["same", "valid", "pairs"] as const);
  const borders = window.map(() => draw.sizes(2, 2, 0));
  const pad = (kind === "pairs" ? borders : kind) as Pad;
  const sizes = window.map((length, i) => {
    const span = (length - 1) * (dilations[i] as number) + 1;
    return draw.from(kind === "same" ? 1 : span, span + 4);
  });
  const windows: Windows = { sizes, window, strides, dilations, pad, rounding };
  const corners = first ? [[0, 0], [0, 0], ...borders] : [[0, 0], ...borders, [0, 0]];
  const given = (kind === "pairs" ? corners : kind) as "same";
  const [channels, outs] = [draw.of([1, 3, 8]), draw.of([1, 2, 8])];
  return {
    label: `conv2d ${JSON.stringify({ first, channels, outs, ...windows })}`,
    inputs: [
      { shape: first ? [2, channels, ...sizes] : [2, ...sizes, channels] },
      { shape: [...window, channels, outs] },
    ],
    run: (x, filter) =>
      tf.conv2d(
        x as tf.Tensor4D,
        filter as tf.Tensor4D,
        strides as [number, number],
        given,
        first ? "NCHW" : "NHWC",
        dilations as [number, number],
        kind === "pairs" ? rounding : undefined,
      ),
    reference: ([x, filter]) => {
      const image = first ? channelsLast(x as Numbers) : (x as Numbers);
      const result = convolve(image, filter as Numbers, windows);
      return first ? channelsFirst(result) : result;
    },
  };
};

/** Cut off, or with zeros around. */
const borders: Kind = (draw) => {
  const [first, pads] = [draw.yes(), draw.yes()];
  const sizes = draw.sizes(2, 7, 4);
  const amounts = [draw.sizes(2, pads ? 3 : 1, 0), draw.sizes(2, pads ? 3 : 1, 0)] as [
    [number, number],
    [number, number],
  ];
  const dataFormat = first ? ("channelsFirst" as const) : ("channelsLast" as const);
  const sign = pads ? 1 : -1;
  return {
    label: `${pads ? "zeroPadding2d" : "cropping2D"} ${amounts.join(" | ")} ${dataFormat}`,
    inputs: [{ shape: first ? [2, 3, ...sizes] : [2, ...sizes, 3] }],
    layer: () =>
      pads
        ? layers.zeroPadding2d({ padding: amounts, dataFormat })
        : layers.cropping2D({ cropping: amounts, dataFormat }),
    reference: ([x]) => {
      const image = first ? channelsLast(x as Numbers) : (x as Numbers);
      const own = sizes.map(
        (size, i) => size + sign * ((amounts[i]?.[0] ?? 0) + (amounts[i]?.[1] ?? 0)),
      );
      const moved = generate([2, ...own, 3], ([b = 0, y = 0, z = 0, c = 0]) => {
        const [row, column] = [y - sign * amounts[0][0], z - sign * amounts[1][0]];
        const inside =
          row >= 0 && column >= 0 && row < (sizes[0] as number) && column < (sizes[1] as number);
        const [height, width] = sizes as [number, number];
        return inside ? (image.values[((b * height + row) * width + column) * 3 + c] as number) : 0;
      });
      return first ? channelsFirst(moved) : moved;
    },
  };
};

export const IMAGES: readonly Kind[] = [
  ...[poolingLayer, globalPooling, roundedPool, dilatedPool, convolution2d, borders],
];
