import {
  add,
  customGrad,
  div,
  moments,
  mul,
  reshape,
  rsqrt,
  square,
  stack,
  sub,
  sum,
  type Tensor,
  tensor,
  tensor1d,
  tidy,
  unstack,
  zerosLike,
} from "@tensorflow/tfjs-core";
import type { Collective } from "../collective/collective.ts";
import { withGradient } from "../functions/with-gradient.ts";
import type { Layer } from "./find-variables.ts";

type Weight = { read(): Tensor; write(value: Tensor): void };

/** The members of tf.layers' batch normalisation that are used here. */
type BatchNormalization = {
  readonly axis: number;
  readonly momentum: number;
  readonly epsilon: number;
  readonly gamma?: Weight;
  readonly beta?: Weight;
  readonly movingMean: Weight;
  readonly movingVariance: Weight;
  call(inputs: Tensor | Tensor[], options: { readonly training?: boolean }): Tensor;
};

const synchronized = new WeakSet<object>();
let rowsCount = true;

/** Runs `body` with rows that count for no statistics: a replica that has no sample of a batch meets the others so. */
export function withoutRows<T>(body: () => T): T {
  const outer = rowsCount;
  rowsCount = false;
  try {
    return body();
  } finally {
    rowsCount = outer;
  }
}

/**
 * Makes batch normalisation layers use the statistics of all replicas in training, as one replica does with the whole
 * batch. Each call of such a layer, and each gradient of it, is then collective.
 */
export function synchronizeBatchNormalization(
  layers: readonly Layer[],
  collective: Collective,
): void {
  if (collective.worldSize === 1) return;
  for (const layer of layers) {
    const { getClassName } = layer as { getClassName?(): string };
    if (getClassName?.call(layer) !== "BatchNormalization" || synchronized.has(layer)) continue;
    synchronized.add(layer);
    const own = layer as unknown as BatchNormalization;
    const callAlone = own.call;
    own.call = (inputs, options) =>
      options?.training
        ? tidy(() => train(own, Array.isArray(inputs) ? (inputs[0] as Tensor) : inputs, collective))
        : callAlone.call(own, inputs, options);
  }
}

/** Normalises by the statistics of all replicas, and moves the averages of the layer. */
function train(layer: BatchNormalization, x: Tensor, collective: Collective): Tensor {
  const channel = layer.axis < 0 ? layer.axis + x.rank : layer.axis;
  const shape = x.shape.map((size, axis) => (axis === channel ? size : 1));
  const axes = x.shape.map((_, axis) => axis).filter((axis) => axis !== channel);
  const count = rowsCount ? x.size / (x.shape[channel] as number) : 0;
  const local = moments(x, axes);
  const { mean, variance, total } = combine(
    local.mean.dataSync() as Float32Array,
    local.variance.dataSync() as Float32Array,
    count,
    collective,
  );
  const center = reshape(tensor1d(mean), shape);
  const scale = reshape(rsqrt(add(tensor1d(variance), layer.epsilon)), shape);
  const normalized = withGradient({
    inputs: [x],
    forward: () => {
      const value = mul(sub(x, center), scale);
      return { value, saved: [value] };
    },
    backward: (dy, saved) => {
      const [value] = saved as [Tensor];
      const sums = groupSum(stack([sum(dy, axes), sum(mul(dy, value), axes)]), collective);
      const [a, b] = unstack(div(sums, total)).map((mean) => reshape(mean, shape)) as [
        Tensor,
        Tensor,
      ];
      // Rows that do not count have moved no mean, so nothing comes back through the means.
      return [count === 0 ? zerosLike(dy) : mul(scale, sub(sub(dy, a), mul(value, b)))];
    },
    compose: () => {
      const groupMean = (rows: Tensor) =>
        reshape(
          div(groupSum(sum(count === 0 ? zerosLike(rows) : rows, axes), collective), total),
          shape,
        );
      const centered = sub(x, groupMean(x));
      return mul(centered, rsqrt(add(groupMean(square(centered)), layer.epsilon)));
    },
  });
  move(layer.movingMean, tensor1d(mean), layer.momentum);
  move(layer.movingVariance, tensor1d(variance), layer.momentum);
  let result: Tensor = normalized;
  if (layer.gamma) result = mul(result, reshape(layer.gamma.read(), shape));
  return layer.beta ? add(result, reshape(layer.beta.read(), shape)) : result;
}

/** The sum over all ranks; its gradient is the sum of theirs. Collective, and so is each gradient. */
function groupSum(x: Tensor, collective: Collective): Tensor {
  const run = customGrad((input) => {
    const values = Float32Array.from((input as Tensor).dataSync());
    collective.allReduce(values, "sum", "batchNormalization");
    return {
      value: tensor(values, x.shape),
      gradFunc: (dy: Tensor) => groupSum(dy, collective),
    };
  });
  return run(x);
}

/** Mean and variance of the rows of all ranks, from those of each; in float64, and without cancellation. */
function combine(
  mean: Float32Array,
  variance: Float32Array,
  count: number,
  collective: Collective,
): { mean: Float32Array; variance: Float32Array; total: number } {
  const size = mean.length;
  const own = new Float32Array([...mean, ...variance, count]);
  const ranks = collective.allGather(own, "batchNormalization");
  const total = ranks.reduce((all, part) => all + (part[2 * size] as number), 0);
  const weighted = (of: (part: Float32Array, i: number) => number) =>
    Float32Array.from({ length: size }, (_, i) =>
      ranks.reduce((all, part) => all + ((part[2 * size] as number) / total) * of(part, i), 0),
    );
  const groupMean = weighted((part, i) => part[i] as number);
  const groupVariance = weighted((part, i) => {
    const distance = (part[i] as number) - (groupMean[i] as number);
    return (part[size + i] as number) + distance * distance;
  });
  return { mean: groupMean, variance: groupVariance, total };
}

function move(average: Weight, value: Tensor, momentum: number): void {
  const origin = average.read();
  average.write(sub(origin, mul(sub(origin, value), 1 - momentum)));
}
