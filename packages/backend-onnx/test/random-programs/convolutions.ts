import * as tf from "@tensorflow/tfjs";
import { activate, drawActivation, POINTWISE_NAMES } from "./activations.ts";
import type { Draw } from "./draw.ts";
import { channelsFirst, channelsLast, combine, type Numbers } from "./numbers.ts";
import type { Kind } from "./program.ts";
import {
  convolve,
  convolveDepthwise,
  convolveTransposed,
  type Pad,
  type Windows,
} from "./windows.ts";

/** Sizes and options that all convolution layers share. The window may be larger than the image with "same". */
export function drawWindows(draw: Draw, rank: number, dilates = true): Windows & { pad: Pad } {
  const pad = draw.of(["same", "valid"] as const);
  const window = draw.sizes(rank, rank === 3 ? 3 : 5);
  // tfjs refuses both at once.
  const dilation = dilates && draw.unit() < 0.3 ? draw.from(2, 3) : 1;
  const strides = dilation > 1 ? window.map(() => 1) : draw.sizes(rank, 3);
  const sizes = window.map((length) => {
    const least = pad === "valid" ? (length - 1) * dilation + 1 : 1;
    return draw.from(least, Math.max(least, rank === 3 ? 4 : 7));
  });
  return { sizes, window, strides, dilations: window.map(() => dilation), pad };
}

const LAYERS = { 1: tf.layers.conv1d, 2: tf.layers.conv2d, 3: tf.layers.conv3d } as Record<
  number,
  (options: never) => tf.layers.Layer
>;

const only = <T>(list: readonly T[], rank: number) => (rank === 1 ? list[0] : [...list]);

/** Adds the bias and ends with the activation, which goes over the channels as they lie in memory. */
function finish(
  sums: Numbers,
  bias: Numbers | undefined,
  activation: string,
  first: boolean,
): Numbers {
  const biased = bias ? combine(sums, bias, (a, b) => a + b) : sums;
  return activate(first ? channelsFirst(biased) : biased, activation);
}

const convolution: Kind = (draw) => {
  const rank = draw.from(1, 3);
  const windows = drawWindows(draw, rank, rank < 3);
  const isCausal = rank === 1 && windows.strides[0] === 1 && draw.unit() < 0.2;
  const first = rank > 1 && draw.yes();
  const [channels, filters] = [draw.from(1, 4), draw.of([1, 2, 3, 8])];
  const useBias = draw.yes();
  const activation = drawActivation(draw, first ? POINTWISE_NAMES : undefined);
  const { sizes, window, strides, dilations, pad } = windows;
  const options = {
    filters,
    kernelSize: only(window, rank),
    strides: only(strides, rank),
    padding: isCausal ? "causal" : pad,
    ...(rank < 3 ? { dilationRate: only(dilations, rank) } : {}),
    ...(rank > 1 ? { dataFormat: first ? "channelsFirst" : "channelsLast" } : {}),
    useBias,
    activation,
  };
  const before = ((window[0] as number) - 1) * (dilations[0] as number);
  const own: Windows = isCausal ? { ...windows, pad: [[before, 0]] } : windows;
  const batch = draw.from(1, 2);
  return {
    label: `conv${rank}d ${JSON.stringify({ sizes, ...options })}`,
    inputs: [{ shape: first ? [batch, channels, ...sizes] : [batch, ...sizes, channels] }],
    layer: () => (LAYERS[rank] as (o: unknown) => tf.layers.Layer)(options),
    reference: ([x], [filter, bias]) => {
      const image = first ? channelsLast(x as Numbers) : (x as Numbers);
      return finish(convolve(image, filter as Numbers, own), bias, activation, first);
    },
  };
};

const depthwise: Kind = (draw) => {
  const windows = drawWindows(draw, 2, false);
  const stride = draw.from(1, 3);
  const first = draw.yes();
  const [channels, depthMultiplier] = [draw.from(1, 4), draw.from(1, 3)];
  const { sizes, window, pad } = windows;
  const options = {
    kernelSize: [...window] as [number, number],
    strides: stride as never,
    padding: pad as "same",
    depthMultiplier,
    dataFormat: (first ? "channelsFirst" : "channelsLast") as "channelsLast",
    useBias: draw.yes(),
    activation: drawActivation(draw, first ? POINTWISE_NAMES : undefined),
  };
  const batch = draw.from(1, 2);
  return {
    label: `depthwiseConv2d ${JSON.stringify({ sizes, ...options })}`,
    inputs: [{ shape: first ? [batch, channels, ...sizes] : [batch, ...sizes, channels] }],
    layer: () => tf.layers.depthwiseConv2d(options),
    reference: ([x], [filter, bias]) => {
      const image = first ? channelsLast(x as Numbers) : (x as Numbers);
      const own = { ...windows, strides: [stride, stride] };
      const sums = convolveDepthwise(image, filter as Numbers, own);
      return finish(sums, bias, options.activation, first);
    },
  };
};

const separable: Kind = (draw) => {
  const windows = drawWindows(draw, 2);
  const stride = windows.strides[0] as number;
  const first = draw.yes();
  const { sizes, window, dilations, pad } = windows;
  const channels = draw.from(1, 3);
  const options = {
    filters: draw.from(1, 4),
    kernelSize: [...window] as [number, number],
    strides: [stride, stride] as [number, number],
    dilationRate: [...dilations] as [number, number],
    padding: pad as "same",
    depthMultiplier: draw.from(1, 3),
    dataFormat: (first ? "channelsFirst" : "channelsLast") as "channelsLast",
    useBias: !first && draw.yes(), // tfjs adds it along the wrong axis
    activation: drawActivation(draw),
  };
  const batch = draw.from(1, 2);
  return {
    label: `separableConv2d ${JSON.stringify({ sizes, ...options })}`,
    inputs: [{ shape: first ? [batch, channels, ...sizes] : [batch, ...sizes, channels] }],
    layer: () => tf.layers.separableConv2d(options),
    reference: ([x], [depth, point, bias]) => {
      const image = first ? channelsLast(x as Numbers) : (x as Numbers);
      const own = { ...windows, strides: [stride, stride] };
      const middle = convolveDepthwise(image, depth as Numbers, own);
      const ones = [1, 1];
      const each = { window: ones, strides: ones, dilations: ones, pad: "valid" as const };
      const sums = convolve(middle, point as Numbers, { sizes: middle.shape.slice(1, 3), ...each });
      // Unlike the other layers it goes back to channels first after the activation.
      const result = finish(sums, bias, options.activation, false);
      return first ? channelsFirst(result) : result;
    },
  };
};

const transposed: Kind = (draw) => {
  const rank = draw.from(2, 3);
  const { window, strides } = drawWindows(draw, rank, false);
  const given = draw.sizes(rank, rank === 3 ? 3 : 4);
  const pad = draw.of(["same", "valid"] as const);
  const first = draw.yes();
  const options = {
    filters: draw.of([1, 2, 3, 8]),
    kernelSize: [...window] as never,
    strides: [...strides] as never,
    padding: pad,
    dataFormat: (first ? "channelsFirst" : "channelsLast") as "channelsLast",
    useBias: draw.yes(),
    activation: drawActivation(draw, first ? POINTWISE_NAMES : undefined),
  };
  const sizes = given.map((size, i) => {
    const [length, stride] = [window[i] as number, strides[i] as number];
    return size * stride + (pad === "valid" ? Math.max(0, length - stride) : 0);
  });
  const [batch, channels] = [draw.from(1, 2), draw.of([1, 2, 8])];
  return {
    label: `conv${rank}dTranspose ${JSON.stringify({ given, ...options })}`,
    inputs: [{ shape: first ? [batch, channels, ...given] : [batch, ...given, channels] }],
    layer: () =>
      rank === 2 ? tf.layers.conv2dTranspose(options) : tf.layers.conv3dTranspose(options),
    reference: ([x], [filter, bias]) => {
      const image = first ? channelsLast(x as Numbers) : (x as Numbers);
      const windows = { sizes, window, strides, dilations: window.map(() => 1), pad };
      const sums = convolveTransposed(image, filter as Numbers, windows);
      return finish(sums, bias, options.activation, first);
    },
  };
};

export const CONVOLUTIONS: readonly Kind[] = [convolution, depthwise, separable, transposed];
