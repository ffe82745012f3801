export type ResizeAttributes = {
  readonly alignCorners: boolean;
  readonly halfPixelCenters: boolean;
};

export function resizeKey({ alignCorners, halfPixelCenters }: ResizeAttributes): string {
  return `${alignCorners ? "a" : ""}${halfPixelCenters ? "h" : ""}`;
}

/** For each of `outputs` pixels of a row, the one of its `inputs` source pixels that is nearest. */
export function nearestPixels(
  inputs: number,
  outputs: number,
  { alignCorners, halfPixelCenters }: ResizeAttributes,
): number[] {
  const scale = scaleOf(inputs, outputs, alignCorners);
  return Array.from({ length: outputs }, (_, i) => {
    const place = Math.fround(scale * (halfPixelCenters ? i + 0.5 : i));
    const nearest = alignCorners ? Math.round(place) : Math.floor(place);
    return Math.min(inputs - 1, nearest);
  });
}

/** Weights `[outputs, inputs]` of a row's source pixels in its nearest-neighbour resize. */
export function nearestWeights(
  inputs: number,
  outputs: number,
  attributes: ResizeAttributes,
): Float32Array {
  const weights = new Float32Array(outputs * inputs);
  for (const [output, input] of nearestPixels(inputs, outputs, attributes).entries()) {
    weights[output * inputs + input] = 1;
  }
  return weights;
}

/** Weights `[outputs, inputs]` of a row's source pixels in its linear resize. */
export function linearWeights(
  inputs: number,
  outputs: number,
  { alignCorners, halfPixelCenters }: ResizeAttributes,
): Float32Array {
  const scale = scaleOf(inputs, outputs, alignCorners);
  const weights = new Float32Array(outputs * inputs);
  for (let output = 0; output < outputs; output++) {
    const place = halfPixelCenters ? scale * (output + 0.5) - 0.5 : scale * output;
    const left = Math.max(0, Math.floor(place));
    const right = Math.min(inputs - 1, Math.ceil(place));
    const fraction = Math.max(0, place - left);
    weights[output * inputs + left] = (weights[output * inputs + left] ?? 0) + 1 - fraction;
    weights[output * inputs + right] = (weights[output * inputs + right] ?? 0) + fraction;
  }
  return weights;
}

function scaleOf(inputs: number, outputs: number, alignCorners: boolean): number {
  return alignCorners && outputs > 1 ? (inputs - 1) / (outputs - 1) : inputs / outputs;
}
