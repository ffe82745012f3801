import * as tf from "@tensorflow/tfjs";
import type { Draw } from "./draw.ts";
import { at, generate, type Numbers } from "./numbers.ts";
import type { Kind } from "./program.ts";

const { layers } = tf;

const MERGES: Readonly<Record<string, (values: number[]) => number>> = {
  add: (values) => values.reduce((a, b) => a + b),
  average: (values) => values.reduce((a, b) => a + b) / values.length,
  multiply: (values) => values.reduce((a, b) => a * b),
  maximum: (values) => Math.max(...values),
  minimum: (values) => Math.min(...values),
};

const merge: Kind = (draw) => {
  const name = draw.of(Object.keys(MERGES));
  const shape = [draw.from(1, 3), ...draw.sizes(draw.from(1, 3), 4)];
  const count = draw.from(2, 4);
  return {
    label: `${name} of ${count} [${shape}]`,
    inputs: Array.from({ length: count }, () => ({ shape })),
    layer: () =>
      (layers as unknown as Record<string, (o: object) => tf.layers.Layer>)[name]?.(
        {},
      ) as tf.layers.Layer,
    reference: (inputs) => ({
      shape,
      values: (inputs[0] as Numbers).values.map((_, i) =>
        (MERGES[name] as (values: number[]) => number)(
          inputs.map(({ values }) => values[i] as number),
        ),
      ),
    }),
  };
};

const concatenate: Kind = (draw) => {
  const rank = draw.from(2, 4);
  const shape = draw.sizes(rank, 3);
  const axis = draw.from(1, rank - 1);
  const lengths = draw.sizes(draw.from(2, 4), 4);
  return {
    label: `concatenate ${lengths} along ${axis} of [${shape}]`,
    inputs: lengths.map((length) => ({ shape: shape.with(axis, length) })),
    layer: () => layers.concatenate({ axis }), // tfjs takes every negative axis for the last one
    reference: (inputs) =>
      generate(
        shape.with(
          axis,
          lengths.reduce((a, b) => a + b),
        ),
        (index) => {
          let place = index[axis] as number;
          let i = 0;
          while (place >= (lengths[i] as number)) place -= lengths[i++] as number;
          return at(inputs[i] as Numbers, index.with(axis, place));
        },
      ),
  };
};

const dot: Kind = (draw: Draw) => {
  const [batch, n, a, b] = draw.sizes(4, 4) as [number, number, number, number];
  const normalize = draw.yes();
  return {
    label: `dot of [${batch},${a},${n}] and [${batch},${b},${n}]${normalize ? ", normalized" : ""}`,
    inputs: [{ shape: [batch, a, n] }, { shape: [batch, b, n] }],
    layer: () => layers.dot({ axes: -1, normalize }),
    reference: ([x, y]) =>
      generate([batch, a, b], ([k = 0, i = 0, j = 0]) => {
        let [sum, p, q] = [0, 0, 0];
        for (let l = 0; l < n; l++) {
          const [u, v] = [at(x as Numbers, [k, i, l]), at(y as Numbers, [k, j, l])];
          [sum, p, q] = [sum + u * v, p + u * u, q + v * v];
        }
        return normalize ? sum / Math.sqrt(p) / Math.sqrt(q) : sum;
      }),
  };
};

export const MERGES_OF_TENSORS: readonly Kind[] = [merge, concatenate, dot];
