/** The files that import this import compile-always.ts first. */
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import * as assert from "uvu/assert";
import { noise } from "./compare-backends.ts";

const TOLERANCE = 1e-4;
/** Values beyond this lose digits to the order of summation. */
const LARGEST = 1e6;

/** An operation on values chosen among those made so far; skipped where the shapes do not fit. */
type Step = {
  readonly operation: number;
  readonly first: number;
  readonly second: number;
  readonly choice: number;
};

type Operation = (a: tf.Tensor, b: tf.Tensor, choice: number) => tf.Tensor | undefined;

const axisOf = (x: tf.Tensor, choice: number) => choice % x.rank;
const broadcasts = (a: tf.Tensor, b: tf.Tensor) =>
  a.shape.every((length, i) => {
    const other = b.shape[b.rank - a.rank + i];
    return other === undefined || other === length || other === 1 || length === 1;
  });
const elementwise =
  (fn: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor): Operation =>
  (a, b) =>
    a.rank <= b.rank && broadcasts(a, b) ? fn(a, b) : undefined;
const unary =
  (fn: (a: tf.Tensor) => tf.Tensor): Operation =>
  (a) =>
    fn(a);
const positive = (x: tf.Tensor) => tf.add(tf.abs(x), 0.5);

const OPERATIONS: readonly Operation[] = [
  ...[tf.add, tf.sub, tf.mul, tf.maximum, tf.minimum, tf.squaredDifference].map(elementwise),
  elementwise((a, b) => tf.div(a, positive(b))),
  elementwise((a, b) =>
    tf.where(tf.greater(a, b), tf.add(a, tf.zerosLike(b)), tf.add(b, tf.zerosLike(a))),
  ),
  ...[tf.neg, tf.abs, tf.tanh, tf.sigmoid, tf.relu, tf.square, tf.softplus, tf.elu, tf.erf].map(
    unary,
  ),
  unary((a) => tf.log(positive(a))),
  unary((a) => tf.rsqrt(positive(a))),
  unary((a) => tf.exp(tf.clipByValue(a, -2, 2))),
  (a, _, choice) => tf.mul(a, choice - 4),
  (a, _, choice) => tf.pow(positive(a), [0.5, 1, 2, 3, -1, 1.5][choice % 6] as number),
  (a, _, choice) => tf.sum(a, axisOf(a, choice), choice > 4),
  (a, _, choice) => tf.mean(a, axisOf(a, choice), choice > 4),
  (a, _, choice) => tf.max(a, axisOf(a, choice), choice > 4),
  (a, _, choice) => tf.min(a, axisOf(a, choice), choice > 4),
  unary((a) => tf.softmax(a)),
  (a, _, choice) => tf.cumsum(a, axisOf(a, choice), choice > 6, choice % 2 === 0),
  (a, _, choice) => tf.reverse(a, axisOf(a, choice)),
  unary((a) => tf.transpose(a)),
  unary((a) => tf.reshape(a, [-1])),
  unary((a) => tf.expandDims(a, 0)),
  (a, _, choice) => tf.slice(a, [Math.min(choice % 3, (a.shape[0] as number) - 1)], [1]),
  (a, _, choice) => tf.concat([a, a], axisOf(a, choice)),
  (a, _, choice) => tf.stack([a, tf.neg(a)], axisOf(a, choice)),
  (a, _, choice) => tf.unstack(a, axisOf(a, choice))[0],
  (a, _, choice) => tf.split(a, a.shape[axisOf(a, choice)] as number, axisOf(a, choice)).at(-1),
  (a) =>
    tf.pad(
      a,
      a.shape.map((_, i) => [i % 2, 1] as [number, number]),
    ),
  (a, _, choice) =>
    tf.tile(
      a,
      a.shape.map((_, i) => (i === axisOf(a, choice) ? 2 : 1)),
    ),
  (a, _, choice) =>
    tf.gather(
      a,
      tf.tensor1d([0, (a.shape[axisOf(a, choice)] as number) - 1, 0], "int32"),
      axisOf(a, choice),
    ),
  (a, b) =>
    a.rank === 2 && b.rank === 2 && a.shape[1] === b.shape[1]
      ? tf.matMul(a, b, false, true)
      : undefined,
  (a, b) =>
    a.rank === 2 && b.rank === 2 && a.shape[0] === b.shape[0]
      ? tf.matMul(a, b, true, false)
      : undefined,
  (a, _, choice) => tf.cast(tf.argMax(a, axisOf(a, choice)), "float32"),
  unary((a) => tf.cast(tf.cast(tf.clipByValue(a, -9, 9), "int32"), "float32")),
];

function build(steps: readonly Step[], rows: number, columns: number): tf.Tensor[] {
  const values: tf.Tensor[] = [
    noise([rows, columns], 1),
    noise([columns], 2),
    noise([rows, 1], 3),
    noise([2, rows, columns], 4),
  ];
  for (const { operation, first, second, choice } of steps) {
    const a = values[first % values.length] as tf.Tensor;
    const b = values[second % values.length] as tf.Tensor;
    if (a.rank === 0) continue;
    const result = (OPERATIONS[operation % OPERATIONS.length] as Operation)(a, b, choice);
    if (result && result.size <= 500 && result.rank <= 5) values.push(result);
  }
  return values.slice(4);
}

const steps = fc.array(
  fc.record({
    operation: fc.nat(OPERATIONS.length - 1),
    first: fc.nat(50),
    second: fc.nat(50),
    choice: fc.nat(9),
  }),
  { minLength: 1, maxLength: 12 },
);

/** What the last values of a program are; reading only some of them leaves the others inside the graph. */
async function run(
  backend: string,
  program: readonly Step[],
  rows: number,
  columns: number,
): Promise<{ readonly shape: number[]; readonly values: Float32Array }[]> {
  await tf.setBackend(backend);
  return tf.tidy(() =>
    build(program, rows, columns)
      .filter((_, i) => i % 2 === 0)
      .map((tensor) => ({ shape: tensor.shape, values: tensor.dataSync() as Float32Array })),
  );
}

/** Checks that random graphs give what cpu gives; within `limitMs`, later ones are left out. */
export async function checkGraphs(numRuns: number, limitMs: number): Promise<void> {
  const started = performance.now();
  let numCases = 0;
  const property = fc.asyncProperty(
    steps,
    fc.integer({ min: 1, max: 4 }),
    fc.integer({ min: 1, max: 5 }),
    async (program, rows, columns) => {
      if (performance.now() - started > limitMs) return;
      numCases += 1;
      const expected = await run("cpu", program, rows, columns);
      const actual = await run("onnx", program, rows, columns);
      for (const [i, { shape, values }] of expected.entries()) {
        assert.equal(actual[i]?.shape, shape);
        const scale = values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1);
        if (!(scale < LARGEST)) continue;
        for (const [j, value] of values.entries()) {
          const other = actual[i]?.values[j] as number;
          assert.ok(
            Object.is(value, other) || Math.abs(value - other) <= TOLERANCE * scale,
            `value ${i}, element ${j}: ${other}, not ${value}`,
          );
        }
      }
    },
  );
  const { failed, seed, counterexample, errorInstance, counterexamplePath } = await fc.check(
    property,
    {
      numRuns,
      seed: Number(process.env.SEED ?? 1), // the same cases in every run
    },
  );
  console.log(`${numCases} cases with seed ${seed}`);
  assert.not(
    failed,
    `SEED=${seed} path ${counterexamplePath}: ${errorInstance}\n${JSON.stringify(counterexample)}`,
  );
}
