import type { Draw } from "./draw.ts";
import { at, generate, map, type Numbers } from "./numbers.ts";

const ALPHA = 1.6732632423543772;
const SCALE = 1.0507009873554805;
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

/** The error function, by its series, or by a continued fraction where the series loses digits. */
export function erf(x: number): number {
  if (Math.abs(x) > 2) {
    let fraction = 0;
    for (let n = 80; n > 0; n--) fraction = n / 2 / (Math.abs(x) + fraction);
    const rest = Math.exp(-x * x) / Math.sqrt(Math.PI) / (Math.abs(x) + fraction);
    return Math.sign(x) * (1 - rest);
  }
  let [term, sum] = [x, x];
  for (let n = 1; n < 60; n++) {
    term *= -(x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

const POINTWISE: Readonly<Record<string, (x: number) => number>> = {
  elu: (x) => (x >= 0 ? x : Math.expm1(x)),
  hardSigmoid: (x) => Math.min(1, Math.max(0, 0.2 * x + 0.5)),
  linear: (x) => x,
  relu: (x) => Math.max(0, x),
  relu6: (x) => Math.min(6, Math.max(0, x)),
  selu: (x) => SCALE * (x >= 0 ? x : ALPHA * Math.expm1(x)),
  sigmoid,
  softplus,
  softsign: (x) => x / (Math.abs(x) + 1),
  tanh: Math.tanh,
  swish: (x) => x * sigmoid(x),
  mish: (x) => x * Math.tanh(softplus(x)),
  gelu: (x) => 0.5 * x * (1 + erf(x / Math.SQRT2)),
  gelu_new: (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
};

export const POINTWISE_NAMES = Object.keys(POINTWISE);
export const ACTIVATION_NAMES = [...POINTWISE_NAMES, "softmax", "logSoftmax"];

export const drawActivation = (draw: Draw, names = ACTIVATION_NAMES) => draw.of(names) as "relu";

/** An activation by the name that tf.layers gives it; softmax goes along the last axis. */
export function activate(x: Numbers, name: string): Numbers {
  const pointwise = POINTWISE[name];
  if (pointwise) return map(x, pointwise);
  const result = softmax(x, x.shape.length - 1);
  return name === "softmax" ? result : map(result, Math.log);
}

export function softmax(x: Numbers, axis: number): Numbers {
  const along = (index: readonly number[]) =>
    Array.from({ length: x.shape[axis] as number }, (_, i) => at(x, index.with(axis, i)));
  return generate(x.shape, (index) => {
    const others = along(index);
    const largest = Math.max(...others);
    const sum = others.reduce((total, value) => total + Math.exp(value - largest), 0);
    return Math.exp(at(x, index) - largest) / sum;
  });
}
