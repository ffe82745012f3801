import { at, eachIndex, generate, type Numbers, sizeOf } from "./numbers.ts";

/** "same", "valid", zeros on every side, or before and after of each side. */
export type Pad = "same" | "valid" | number | readonly (readonly [number, number])[];

/** How windows lie along every side of an image, in order. */
export type Windows = {
  readonly sizes: readonly number[];
  readonly window: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly pad: Pad;
  readonly rounding?: "floor" | "round" | "ceil" | undefined;
};

export type Side = { readonly outputs: number; readonly before: number };

/** The number of windows along a side, and the zeros before it. */
export function sideOf(
  { sizes, window, strides, dilations, pad, rounding }: Windows,
  i: number,
): Side {
  const [size, stride] = [sizes[i] as number, strides[i] as number];
  const span = ((window[i] as number) - 1) * (dilations[i] as number) + 1;
  if (pad === "same") {
    const outputs = Math.ceil(size / stride);
    return { outputs, before: Math.floor(Math.max(0, (outputs - 1) * stride + span - size) / 2) };
  }
  if (pad === "valid")
    return { outputs: Math.max(0, Math.ceil((size - span + 1) / stride)), before: 0 };
  const [before, after] = typeof pad === "number" ? [pad, pad] : (pad[i] as [number, number]);
  const exact = (size + before + after - span) / stride + 1;
  return { outputs: Math[rounding ?? "floor"](exact), before };
}

/** Calls `visit` with every place of a window that lies inside of the image. */
function eachPixel(
  windows: Windows,
  sides: readonly Side[],
  output: readonly number[],
  visit: (pixel: readonly number[], element: readonly number[]) => void,
): void {
  const pixel = output.map(() => 0);
  eachIndex(windows.window, (element) => {
    for (let i = 0; i < output.length; i++) {
      const start =
        (output[i] as number) * (windows.strides[i] as number) - (sides[i] as Side).before;
      const place = start + (element[i] as number) * (windows.dilations[i] as number);
      if (place < 0 || place >= (windows.sizes[i] as number)) return;
      pixel[i] = place;
    }
    visit(pixel, element);
  });
}

const sidesOf = (windows: Windows) => windows.sizes.map((_, i) => sideOf(windows, i));

/** `x [batch, …sides, in]` and `filter [...window, in, out]`. */
export function convolve(x: Numbers, filter: Numbers, windows: Windows): Numbers {
  const sides = sidesOf(windows);
  const [channels, outs] = filter.shape.slice(-2) as [number, number];
  const shape = [x.shape[0] as number, ...sides.map(({ outputs }) => outputs), outs];
  return generate(shape, (index) => {
    let sum = 0;
    eachPixel(windows, sides, index.slice(1, -1), (pixel, element) => {
      for (let c = 0; c < channels; c++) {
        const weight = at(filter, [...element, c, index.at(-1) as number]);
        sum += at(x, [index[0] as number, ...pixel, c]) * weight;
      }
    });
    return sum;
  });
}

/** `filter [...window, in, multiplier]`: every channel has filters of its own. */
export function convolveDepthwise(x: Numbers, filter: Numbers, windows: Windows): Numbers {
  const sides = sidesOf(windows);
  const [channels, multiplier] = filter.shape.slice(-2) as [number, number];
  const outputs = sides.map((side) => side.outputs);
  return generate([x.shape[0] as number, ...outputs, channels * multiplier], (index) => {
    const last = index.at(-1) as number;
    const channel = Math.floor(last / multiplier);
    let sum = 0;
    eachPixel(windows, sides, index.slice(1, -1), (pixel, element) => {
      const weight = at(filter, [...element, channel, last % multiplier]);
      sum += at(x, [index[0] as number, ...pixel, channel]) * weight;
    });
    return sum;
  });
}

/** The transpose of a convolution of an image of these sizes; `filter [...window, out, in]`. */
export function convolveTransposed(x: Numbers, filter: Numbers, windows: Windows): Numbers {
  const sides = sidesOf(windows);
  const [outs, channels] = filter.shape.slice(-2) as [number, number];
  const shape = [x.shape[0] as number, ...windows.sizes, outs];
  const result = { shape, values: new Float64Array(sizeOf(shape)) };
  const places = [x.shape[0] as number, ...sides.map(({ outputs }) => outputs)];
  const strides = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
  eachIndex(places, (place) => {
    const [batch, ...output] = place as [number, ...number[]];
    eachPixel(windows, sides, output, (pixel, element) => {
      const start = [batch, ...pixel].reduce((sum, p, i) => sum + p * (strides[i] as number), 0);
      for (let o = 0; o < outs; o++) {
        let sum = 0;
        for (let c = 0; c < channels; c++)
          sum += at(x, [...place, c]) * at(filter, [...element, o, c]);
        result.values[start + o] = (result.values[start + o] as number) + sum;
      }
    });
  });
  return result;
}

/** Of the pixels of each window that lie inside of the image. */
export function pool(x: Numbers, windows: Windows, kind: "max" | "avg"): Numbers {
  const sides = sidesOf(windows);
  const shape = [x.shape[0] as number, ...sides.map((side) => side.outputs), x.shape.at(-1) ?? 1];
  return generate(shape, (index) => {
    let [sum, count, largest] = [0, 0, -Infinity];
    eachPixel(windows, sides, index.slice(1, -1), (pixel) => {
      const value = at(x, [index[0] as number, ...pixel, index.at(-1) as number]);
      [sum, count, largest] = [sum + value, count + 1, Math.max(largest, value)];
    });
    if (kind === "max") return count === 0 ? 0 : largest;
    return count === 0 ? 0 : sum / count;
  });
}
