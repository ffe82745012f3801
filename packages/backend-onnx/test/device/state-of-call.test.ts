import * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { OnnxBackend } from "../../src/index.ts";
import "../../src/index.ts";

const test = suite("what a program changes after a call");

test.before(() => tf.setBackend("onnx").then(() => {}));

/** Computed at once in some rounds; recorded in others, and then computed call by call or as a graph. */
function inEveryTier(check: (round: number) => void): void {
  const { tiers } = (tf.backend() as OnnxBackend).device.recorder;
  for (const recordsAll of [false, true]) {
    tiers.recordsAll = recordsAll; // as after `accelerator.prepare`
    for (let round = 0; round < 30; round++) check(round % 2 === 0 ? round : 7);
  }
  tiers.recordsAll = false;
}

test("a variable has the value of the moment at which a call reads it, whatever is assigned to it later", () => {
  inEveryTier((round) => {
    const before = tf.variable(tf.fill([round + 2], 1));
    const difference = tf.tidy(() => {
      let after = tf.add(before, 1);
      for (let i = 0; i < 30; i++) after = tf.sub(tf.add(after, 1), 1);
      const largest = tf.max(tf.abs(tf.sub(after, before)));
      const both = tf.concat([before, after]).sum();
      before.assign(after);
      return tf.stack([largest, both]);
    });
    assert.equal([...difference.dataSync()], [1, 3 * (round + 2)], `round ${round}`);
    assert.equal([...before.dataSync()], new Array(round + 2).fill(2));
    tf.dispose([before, difference]);
  });
});

test("arrays that a program changes after a call do not change the call", () => {
  const image = tf.tensor([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], [3, 4]);
  inEveryTier((round) => {
    const parts = tf.tidy(() => {
      let x: tf.Tensor = tf.add(image, tf.fill([1, 1], round));
      for (let i = 0; i < 30; i++) x = tf.sub(tf.add(x, 1), 1);
      const begin = [1, 1];
      const size = [2, 2];
      const slice = tf.slice(x, begin, size);
      begin[0] = 0;
      const order = [1, 0];
      const transposed = tf.transpose(x, order);
      order.reverse();
      const repetitions = [1, 2];
      const tiled = tf.tile(x, repetitions);
      repetitions[0] = 3;
      const borders: [number, number][] = [
        [0, 0],
        [1, 0],
      ];
      const padded = tf.pad(x, borders);
      (borders[0] as [number, number])[0] = 2;
      const axes = [0];
      const sum = tf.sum(x, axes);
      axes[0] = 1;
      const rows = [0, 2];
      const reversed = tf.reverse(x, axes);
      axes[0] = 0;
      const gathered = tf.gather(x, rows);
      rows[0] = 1;
      return [slice, transposed, tiled, padded, sum, reversed, gathered];
    });
    const [slice, transposed, tiled, padded, sum, reversed, gathered] = parts.map((part) =>
      [...part.dataSync()].map((value) => Math.round(value) - round),
    );
    assert.equal(slice, [5, 6, 9, 10], `round ${round}`);
    assert.equal(transposed?.slice(0, 4), [0, 4, 8, 1]);
    assert.equal(tiled?.length, 24);
    assert.equal(padded?.slice(0, 5), [-round, 0, 1, 2, 3]);
    assert.equal(
      sum,
      [12, 15, 18, 21].map((value) => value + 2 * round),
    );
    assert.equal(reversed?.slice(0, 4), [3, 2, 1, 0]);
    assert.equal(gathered, [0, 1, 2, 3, 8, 9, 10, 11]);
    tf.dispose(parts);
  });
  image.dispose();
});

test.run();
