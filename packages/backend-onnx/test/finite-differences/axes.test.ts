import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { suite } from "uvu";
import { anyRank, dims, positive, property, sized, upTo, wave } from "./property.ts";

const test = suite(
  "gradients of tfjs are the slopes of the values, over random shapes, on all backends: along axes",
);

const REDUCTIONS: readonly ((x: tf.Tensor, axes: number[], keep: boolean) => tf.Tensor)[] = [
  ...[tf.sum, tf.mean, tf.max, tf.min, tf.logSumExp],
  (x, axes, keep) => tf.prod(positive(x), axes, keep),
  (x, axes, keep) => tf.norm(positive(x), "euclidean", axes.slice(0, 2), keep),
  (x, axes, keep) => tf.moments(x, axes, keep).variance,
];
property(
  test,
  "reductions over any axes",
  fc
    .record({
      shape: anyRank(1, 4),
      axes: fc.subarray([0, 1, 2, 3], { minLength: 1 }),
      negative: fc.boolean(),
      keep: fc.boolean(),
      fn: fc.constantFrom(...REDUCTIONS),
    })
    .map(({ shape, axes, negative, keep, fn }) => {
      const own = [...new Set(axes.map((axis) => axis % shape.length))];
      const given = own.map((axis) => (negative ? axis - shape.length : axis));
      return { shapes: [shape], fn: (x) => fn(x as tf.Tensor, given, keep), label: String(fn) };
    }),
);

property(
  test,
  "cumulative sums and products, softmax over the last axis",
  fc
    .record({
      shape: anyRank(1, 4),
      axis: upTo(3, 0),
      negative: fc.boolean(),
      exclusive: fc.boolean(),
      reverse: fc.boolean(),
      kind: fc.constantFrom("sum", "product", "zeros", "softmax", "log"),
    })
    .map(({ shape, axis, negative, exclusive, reverse, kind }) => {
      const own = (axis % shape.length) - (negative ? shape.length : 0);
      return {
        shapes: [shape],
        fn: (x) => {
          const y = x as tf.Tensor;
          if (kind === "softmax") return tf.softmax(y);
          if (kind === "log") return tf.logSoftmax(y);
          if (kind === "sum") return tf.cumsum(y, own, exclusive, reverse);
          return tf.cumprod(
            kind === "zeros" ? tf.mul(y, tf.step(wave(y.shape, 5))) : y,
            own,
            exclusive,
            reverse,
          );
        },
      };
    }),
);

const SHAPED: readonly ((x: tf.Tensor, k: number) => tf.Tensor)[] = [
  (x, k) =>
    tf.transpose(
      x,
      x.shape.map((_, i) => (i + k) % x.rank),
    ),
  (x, k) => tf.reverse(x, k % x.rank),
  (x, k) =>
    tf.tile(
      x,
      x.shape.map((_, i) => ((i + k) % 3) + 1),
    ),
  (x, k) =>
    tf.pad(
      x,
      x.shape.map((_, i): [number, number] => [(i + k) % 2, k % 3]),
    ),
  (x, k) =>
    tf.mirrorPad(
      x,
      x.shape.map((): [number, number] => [k % 2, 1]),
      "symmetric",
    ),
  (x, k) =>
    tf.slice(
      x,
      x.shape.map((length) => k % length),
    ),
  (x, k) => tf.concat([x, tf.square(x)], k % x.rank),
  (x, k) => tf.stack([x, tf.square(x)], k % (x.rank + 1)),
  (x, k) => tf.addN(tf.unstack(x, k % x.rank).map((part, i) => tf.mul(part, i + 1))),
  (x, k) => tf.split(x, x.shape[k % x.rank] as number, k % x.rank)[0] as tf.Tensor,
  (x) => tf.broadcastTo(x, [2, ...x.shape]),
  (x) => tf.reshape(x, [-1]),
  (x, k) => tf.expandDims(x, k % (x.rank + 1)),
  (x) =>
    tf.unsortedSegmentSum(
      x,
      tf
        .range(0, x.shape[0] as number, 1, "int32")
        .mod(2)
        .toInt() as tf.Tensor1D,
      3,
    ),
];
property(
  test,
  "changes of shape and place",
  fc
    .record({ shape: anyRank(1, 4), k: upTo(7, 0), fn: fc.constantFrom(...SHAPED) })
    .map(({ shape, k, fn }) => ({
      shapes: [shape],
      fn: (x) => fn(x as tf.Tensor, k),
      label: String(fn),
    })),
);

property(
  test,
  "gather along any axis, with batch dimensions",
  fc
    .record({
      shape: dims(4, 3),
      batchDims: upTo(3, 0),
      further: upTo(3, 0),
      places: anyRank(0, 2),
    })
    .map(({ shape, batchDims, further, places }) => {
      const axis = Math.min(3, batchDims + further);
      const indexShape = [...shape.slice(0, batchDims), ...places];
      const ids = Array.from(
        { length: sized(indexShape) },
        (_, i) => (i * 7) % (shape[axis] as number),
      );
      return {
        shapes: [shape],
        fn: (x) => tf.gather(x as tf.Tensor, tf.tensor(ids, indexShape, "int32"), axis, batchDims),
      };
    }),
);

property(
  test,
  "matrix products",
  fc
    .record({
      sizes: dims(3),
      batch: dims(2, 2),
      shared: fc.boolean(),
      a: fc.boolean(),
      b: fc.boolean(),
    })
    .map(({ sizes: [m = 1, k = 1, n = 1], batch, shared, a, b }) => ({
      shapes: [
        [...batch, ...(a ? [k, m] : [m, k])],
        [...(shared ? batch.map(() => 1) : batch), ...(b ? [n, k] : [k, n])],
      ],
      fn: (x, y) => tf.matMul(x as tf.Tensor, y as tf.Tensor, a, b),
    })),
);

test.run();
