import * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { AcceleratorError, gru, lstm } from "../../src/index.ts";
import { noise } from "../backend/compare-backends.ts";
import { agreeWithReference } from "./agree-with-reference.ts";

const test = suite("recurrent functions");

const [BATCH, STEPS, FEATURES, UNITS] = [3, 5, 4, 6];
type Weights = [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];

const inputs = (gates: number) => () =>
  [
    noise([BATCH, STEPS, FEATURES], 1),
    noise([FEATURES, gates * UNITS], 2),
    noise([UNITS, gates * UNITS], 3),
    noise([gates * UNITS], 4),
  ] as Weights;

test("agrees with the layers of tfjs, with gradients", async () => {
  for (const [name, gates, layer, run] of [
    ["lstm", 4, tf.layers.lstm, lstm],
    ["gru", 3, tf.layers.gru, gru],
  ] as const) {
    const actual = (...[x, kernel, recurrentKernel, bias]: tf.Tensor[]) =>
      run(x as tf.Tensor, { kernel, recurrentKernel, bias } as never).outputs;
    // What the layer computes in a step, from tensors instead of its own variables.
    const reference = gates === 4 ? lstmByHand : gruByHand;
    await agreeWithReference(actual, reference, inputs(gates), name);
    const own = layer({
      units: UNITS,
      recurrentActivation: "sigmoid",
      returnSequences: true,
      inputShape: [STEPS, FEATURES],
    });
    const model = tf.sequential({ layers: [own] });
    const [x, ...weights] = inputs(gates)();
    own.setWeights(weights);
    const expected = (model.predict(x) as tf.Tensor).dataSync();
    const found = actual(x, ...weights).dataSync();
    for (const [i, value] of expected.entries()) {
      assert.ok(Math.abs((found[i] ?? Number.NaN) - value) < 1e-5, `${name}: element ${i}`);
    }
  }
});

test("begins with the states it is given and ends with the last ones, with gradients", async () => {
  const states = () => [noise([BATCH, UNITS], 5), noise([BATCH, UNITS], 6)];
  const weights = (rest: readonly tf.Tensor[]) => {
    const [kernel, recurrentKernel, bias] = rest;
    return { kernel, recurrentKernel, bias } as never;
  };
  await agreeWithReference(
    (x, ...rest) => {
      const [hidden, cell] = rest.slice(3) as [tf.Tensor, tf.Tensor];
      const result = lstm(x as tf.Tensor, weights(rest), { hidden, cell });
      return tf.concat([result.hidden, result.cell], 1);
    },
    (x, ...rest) => {
      const [hidden, cell] = rest.slice(3) as [tf.Tensor, tf.Tensor];
      return tf.concat(lstmSteps(x as tf.Tensor, rest, hidden, cell).at(-1) as tf.Tensor[], 1);
    },
    () => [...inputs(4)(), ...states()],
    "lstm",
  );
  await agreeWithReference(
    (x, ...rest) => gru(x as tf.Tensor, weights(rest), { hidden: rest[3] as tf.Tensor }).hidden,
    (x, ...rest) => gruSteps(x as tf.Tensor, rest, rest[3] as tf.Tensor).at(-1) as tf.Tensor,
    () => [...inputs(3)(), noise([BATCH, UNITS], 5)],
    "gru",
  );
});

test("takes a single step", () => {
  const [x, kernel, recurrentKernel, bias] = inputs(4)();
  const one = tf.slice(x, [0, 0, 0], [BATCH, 1, FEATURES]);
  const { outputs, hidden } = lstm(one, { kernel, recurrentKernel, bias });
  assert.equal(outputs.shape, [BATCH, 1, UNITS]);
  assert.equal([...outputs.dataSync()], [...hidden.dataSync()]);
});

test("refuses weights of another layer", () => {
  const [x, kernel, recurrentKernel, bias] = inputs(3)();
  assert.throws(
    () => lstm(x, { kernel, recurrentKernel, bias }),
    (error: unknown) => error instanceof AcceleratorError && error.code === "VALUE_INVALID",
  );
});

function lstmByHand(...[x, ...weights]: tf.Tensor[]): tf.Tensor {
  const zero = tf.zeros([BATCH, UNITS]);
  return tf.stack(
    lstmSteps(x as tf.Tensor, weights, zero, zero).map(([hidden]) => hidden as tf.Tensor),
    1,
  );
}

function lstmSteps(
  x: tf.Tensor,
  [kernel, recurrentKernel, bias]: readonly tf.Tensor[],
  hidden: tf.Tensor,
  cell: tf.Tensor,
): tf.Tensor[][] {
  let [h, c] = [hidden, cell];
  return tf.unstack(x, 1).map((part) => {
    const sums = tf.add(
      tf.add(tf.matMul(part, kernel as tf.Tensor), bias as tf.Tensor),
      tf.matMul(h, recurrentKernel as tf.Tensor),
    );
    const [i, f, g, o] = tf.split(sums, 4, 1) as Weights;
    c = tf.add(tf.mul(tf.sigmoid(f), c), tf.mul(tf.sigmoid(i), tf.tanh(g)));
    h = tf.mul(tf.sigmoid(o), tf.tanh(c));
    return [h, c];
  });
}

function gruByHand(...[x, ...weights]: tf.Tensor[]): tf.Tensor {
  return tf.stack(gruSteps(x as tf.Tensor, weights, tf.zeros([BATCH, UNITS])), 1);
}

function gruSteps(
  x: tf.Tensor,
  [kernel, recurrentKernel, bias]: readonly tf.Tensor[],
  hidden: tf.Tensor,
): tf.Tensor[] {
  let h = hidden;
  const parts = tf.split(recurrentKernel as tf.Tensor, 3, 1);
  return tf.unstack(x, 1).map((part) => {
    const input = tf.add(tf.matMul(part, kernel as tf.Tensor), bias as tf.Tensor);
    const [xz, xr, xg] = tf.split(input, 3, 1) as [tf.Tensor, tf.Tensor, tf.Tensor];
    const z = tf.sigmoid(tf.add(xz, tf.matMul(h, parts[0] as tf.Tensor)));
    const r = tf.sigmoid(tf.add(xr, tf.matMul(h, parts[1] as tf.Tensor)));
    const g = tf.tanh(tf.add(xg, tf.matMul(tf.mul(r, h), parts[2] as tf.Tensor)));
    h = tf.add(tf.mul(z, h), tf.mul(tf.sub(1, z), g));
    return h;
  });
}

test.run();
