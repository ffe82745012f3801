import "../compile-always.ts";
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import type { Test } from "uvu";
import * as assert from "uvu/assert";
import { BACKENDS, useBackend } from "../use-backend.ts";

/** No run depends on luck: another seed tries other shapes, and a failure prints the seed. */
const SEED = Number(process.env.SEED ?? 1);
const NUM_RUNS = Number(process.env.RUNS ?? 12);
const DISTANCE = 5e-3;
const TOLERANCE = 1e-2;

type Fn = (...inputs: tf.Tensor[]) => tf.Tensor;
export type Case = {
  readonly shapes: readonly number[][];
  readonly fn: Fn;
  /** What is computed, for messages. */
  readonly label?: string;
};
type Size = fc.Arbitrary<number>;

export const upTo = (max: number, min = 1): Size => fc.integer({ min, max });
export const dims = (rank: number, max = 4): fc.Arbitrary<number[]> =>
  fc.array(upTo(max), { minLength: rank, maxLength: rank });
export const anyRank = (least: number, most: number) =>
  upTo(most, least).chain((rank) => dims(rank, 3));
export const sized = (shape: readonly number[]) =>
  shape.reduce((product, length) => product * length, 1);

/** Distinct values in -1.5..1.6, none near another or 0: no maximum changes within the distance of a difference. */
function values(shape: readonly number[], seed: number): tf.Tensor {
  const size = sized(shape);
  const step = [7, 11, 13, 17].find((prime) => size % prime !== 0) as number;
  const at = (i: number) => (((i * step + seed) % size) + 0.5) / size;
  return tf.tensor(
    Float32Array.from({ length: size }, (_, i) => 3 * at(i) - 1.45),
    [...shape],
  );
}

export const wave = (shape: readonly number[], seed: number) =>
  tf.tensor(
    Float32Array.from({ length: sized(shape) }, (_, i) => Math.sin(i * 12.9898 + seed)),
    [...shape],
  );

/** Inputs of functions that are defined above 0. */
export const positive = (x: tf.Tensor) => tf.add(x, 2);

/** A derivative along one direction for each input, and what differences of the value give for it. */
function slopes({ shapes, fn }: Case, seed: number): { exact: number; numeric: number }[] {
  const inputs = shapes.map((shape, i) => values(shape, seed + i));
  const loss = (...xs: tf.Tensor[]) => {
    const y = fn(...xs);
    return tf.sum(tf.mul(y, wave(y.shape, 9))) as tf.Scalar;
  };
  const gradients = tf.grads(loss)(inputs);
  return inputs.map((input, k) => {
    const gradient = gradients[k] as tf.Tensor;
    assert.equal(gradient.shape, input.shape);
    const direction = wave(input.shape, seed + k + 1);
    const at = (distance: number) => {
      const moved = tf.add(input, tf.mul(direction, distance));
      return loss(...inputs.map((x, i) => (i === k ? moved : x))).dataSync()[0] as number;
    };
    return {
      exact: tf.sum(tf.mul(gradient, direction)).dataSync()[0] as number,
      numeric: (at(DISTANCE) - at(-DISTANCE)) / (2 * DISTANCE),
    };
  });
}

/** Of every case, on every backend, the gradients are the slopes of the value. */
export function property(test: Test, name: string, cases: fc.Arbitrary<Case>): void {
  test(name, () =>
    fc.assert(
      fc.asyncProperty(cases, upTo(1000), async (one, seed) => {
        for (const backend of BACKENDS) {
          await useBackend(backend);
          tf.engine().startScope();
          const found = slopes(one, seed);
          tf.engine().endScope();
          for (const [k, { exact, numeric }] of found.entries()) {
            const close = Math.abs(exact - numeric) <= TOLERANCE * Math.max(1, Math.abs(numeric));
            assert.ok(
              close,
              `${backend}, [${one.shapes.join("] [")}], input ${k}: ${exact}, not ${numeric}; ${one.label ?? one.fn}`,
            );
          }
        }
      }),
      { numRuns: NUM_RUNS, seed: SEED, includeErrorInReport: true },
    ),
  );
}
