import * as tf from "@tensorflow/tfjs";
import { at, combine, generate, type Numbers } from "./numbers.ts";
import type { Kind } from "./program.ts";

const { layers } = tf;

const plus = (a: Numbers, b: Numbers | undefined) => (b ? combine(a, b, (p, q) => p + q) : a);

/** Mean and variance over some axes, with those axes of length 1. */
function moments(x: Numbers, axes: readonly number[]): [mean: Numbers, variance: Numbers] {
  const shape = x.shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
  const meanOf = (y: Numbers) =>
    generate(shape, (index) => {
      let [sum, count] = [0, 0];
      const whole = axes.map((axis) => y.shape[axis] as number);
      generate(whole, (part) => {
        const place = [...index];
        for (const [i, axis] of axes.entries()) place[axis] = part[i] as number;
        sum += at(y, place);
        count += 1;
        return 0;
      });
      return sum / count;
    });
  const mean = meanOf(x);
  return [mean, meanOf(combine(x, mean, (a, b) => (a - b) ** 2))];
}

/** A vector, along one axis. */
const along = (vector: Numbers, rank: number, axis: number): Numbers => ({
  shape: Array.from({ length: rank }, (_, i) => (i === axis ? vector.values.length : 1)),
  values: vector.values,
});

const scaled = (x: Numbers, mean: Numbers, variance: Numbers, epsilon: number) =>
  combine(
    combine(x, mean, (a, b) => a - b),
    variance,
    (a, b) => a / Math.sqrt(b + epsilon),
  );

const batchNormalization: Kind = (draw) => {
  const rank = draw.from(2, 4); // tfjs has no other
  const shape = [draw.from(2, 4), ...draw.sizes(rank - 1, 3)];
  const axis = draw.from(1, rank - 1);
  const training = draw.yes();
  const [center, scale] = training ? [true, true] : [draw.yes(), draw.yes()];
  const options = { axis: draw.yes() ? axis : axis - rank, center, scale, epsilon: 0.01 };
  return {
    label: `batchNormalization of [${shape}] ${JSON.stringify({ ...options, training })}`,
    inputs: [{ shape }],
    call: { training },
    valuesOnly: !(center && scale), // tfjs has no gradient without one of them
    layer: () => layers.batchNormalization(options),
    reference: ([x], weights) => {
      const rest = weights.map((weight) => along(weight, rank, axis));
      const gamma = scale ? rest.shift() : undefined;
      const beta = center ? rest.shift() : undefined;
      const axes = shape.map((_, i) => i).filter((i) => i !== axis);
      const [mean, variance] = training ? moments(x as Numbers, axes) : rest;
      const y = scaled(x as Numbers, mean as Numbers, variance as Numbers, options.epsilon);
      return plus(gamma ? combine(y, gamma, (a, b) => a * b) : y, beta);
    },
  };
};

const layerNormalization: Kind = (draw) => {
  const shape = [2, ...draw.sizes(draw.from(1, 3), 4, 2)];
  const axis = draw.of([-1, [shape.length - 1], shape.length > 2 ? [1, 2] : [1]]);
  const options = { axis, epsilon: 0.01 }; // tfjs fails without center or scale
  return {
    label: `layerNormalization of [${shape}] ${JSON.stringify(options)}`,
    inputs: [{ shape }],
    layer: () => layers.layerNormalization(options),
    reference: ([x], weights) => {
      const axes = [axis].flat().map((one) => (one < 0 ? one + shape.length : one));
      const sides = shape.map((length, i) => (axes.includes(i) ? length : 1));
      const rest = weights.map(({ values }) => ({ shape: sides, values }));
      const [mean, variance] = moments(x as Numbers, axes);
      const y = scaled(x as Numbers, mean, variance, options.epsilon);
      const [gamma, beta] = rest as Numbers[] as [Numbers, Numbers];
      return plus(
        combine(y, gamma, (a, b) => a * b),
        beta,
      );
    },
  };
};

export const NORMALIZATIONS: readonly Kind[] = [batchNormalization, layerNormalization];
