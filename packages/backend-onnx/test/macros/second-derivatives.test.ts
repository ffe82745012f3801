import {
  attentionSoftmax,
  dropout,
  gelu,
  gru,
  layerNorm,
  lstm,
  softmaxCrossEntropy,
} from "@acc/core";
import * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { noise } from "../compare-backends.ts";
import { BACKENDS, useBackend } from "../use-backend.ts";

const test = suite("second derivatives of the functions of the core");

const DISTANCE = 1e-2;

type Fn = (...inputs: tf.Tensor[]) => tf.Tensor;

const FUNCTIONS: Record<string, { readonly fn: Fn; readonly shapes: readonly number[][] }> = {
  "layer normalisation": {
    fn: (x, gamma, beta) => layerNorm(x as tf.Tensor, gamma as tf.Tensor, beta as tf.Tensor, 0.1),
    shapes: [[2, 3, 5], [5], [5]],
  },
  GELU: { fn: (x) => gelu(x as tf.Tensor), shapes: [[3, 4]] },
  "softmax cross-entropy": {
    fn: (logits) =>
      softmaxCrossEntropy(tf.tensor1d([4, 0, 2], "int32"), logits as tf.Tensor, {
        reduction: "none",
        labelSmoothing: 0.1,
      }),
    shapes: [[3, 5]],
  },
  "attention softmax": {
    fn: (scores) =>
      attentionSoftmax(scores as tf.Tensor, {
        scale: 0.7,
        mask: tf.linalg.bandPart(tf.ones([3, 3]), -1, 0).toBool(),
      }),
    shapes: [[2, 3, 3]],
  },
  LSTM: {
    fn: (...[x, kernel, recurrentKernel, bias]) =>
      lstm(x as tf.Tensor, { kernel, recurrentKernel, bias } as never).outputs,
    shapes: [[2, 3, 2], [2, 12], [3, 12], [12]],
  },
  "LSTM from given states": {
    fn: (...[x, kernel, recurrentKernel, bias, hidden, cell]) => {
      const weights = { kernel, recurrentKernel, bias } as never;
      const made = lstm(x as tf.Tensor, weights, { hidden, cell } as never);
      return tf.concat([made.hidden, made.cell]);
    },
    shapes: [[2, 3, 2], [2, 12], [3, 12], [12], [2, 3], [2, 3]],
  },
  "GRU from a given state": {
    fn: (...[x, kernel, recurrentKernel, bias, hidden]) =>
      gru(x as tf.Tensor, { kernel, recurrentKernel, bias } as never, { hidden } as never).hidden,
    shapes: [[2, 3, 2], [2, 9], [3, 9], [9], [2, 3]],
  },
  GRU: {
    fn: (...[x, kernel, recurrentKernel, bias]) =>
      gru(x as tf.Tensor, { kernel, recurrentKernel, bias } as never).outputs,
    shapes: [[2, 3, 2], [2, 9], [3, 9], [9]],
  },
};

/** The gradients of a weighted sum of the value. */
function gradientsOf(fn: Fn, inputs: tf.Tensor[]): tf.Tensor[] {
  return tf.grads((...xs: tf.Tensor[]) => {
    const y = fn(...xs);
    // tfjs refuses what does not depend on an input.
    const squares = tf.addN(xs.map((x) => tf.sum(tf.square(x))));
    return tf.add(tf.sum(tf.mul(y, noise(y.shape, 9))), squares);
  })(inputs);
}

/** The Hessian times `directions`: the gradient of the product of gradient and directions. */
function hessianProduct(fn: Fn, inputs: tf.Tensor[], directions: tf.Tensor[]): tf.Tensor[] {
  return tf.grads((...xs: tf.Tensor[]) =>
    tf.addN(gradientsOf(fn, xs).map((g, i) => tf.sum(tf.mul(g, directions[i] as tf.Tensor)))),
  )(inputs);
}

/** The same from differences of first derivatives. */
function differences(fn: Fn, inputs: tf.Tensor[], directions: tf.Tensor[]): tf.Tensor[] {
  const at = (distance: number) =>
    gradientsOf(
      fn,
      inputs.map((x, i) => tf.add(x, tf.mul(directions[i] as tf.Tensor, distance))),
    );
  const [after, before] = [at(DISTANCE), at(-DISTANCE)];
  return after.map((g, i) => tf.div(tf.sub(g, before[i] as tf.Tensor), 2 * DISTANCE));
}

function assertClose(actual: number[], expected: number[], tolerance: number, label: string): void {
  const scale = Math.max(0.1, ...expected.map(Math.abs));
  for (const [i, value] of expected.entries()) {
    const difference = Math.abs((actual[i] as number) - value);
    assert.ok(difference <= tolerance * scale, `${label}: ${i} is ${actual[i]}, not ${value}`);
  }
}

const numbers = (tensors: tf.Tensor[]) => tensors.flatMap((t) => [...t.dataSync()]);

for (const [name, { fn, shapes }] of Object.entries(FUNCTIONS)) {
  test(name, async () => {
    const found: number[][] = [];
    for (const backend of BACKENDS) {
      await useBackend(backend);
      const before = tf.memory().numTensors;
      const [exact, approximate] = tf.tidy(() => {
        const inputs = shapes.map((shape, i) => noise(shape, i + 1));
        const directions = shapes.map((shape, i) => noise(shape, i + 20));
        return [
          numbers(hessianProduct(fn, inputs, directions)),
          numbers(differences(fn, inputs, directions)),
        ];
      });
      assert.is(tf.memory().numTensors, before, `leaks on ${backend}`);
      assertClose(exact, approximate, 1e-2, `${name} on ${backend}`);
      found.push(exact);
    }
    for (const [i, backend] of BACKENDS.entries())
      assertClose(
        found[i] as number[],
        found[0] as number[],
        1e-4,
        `${name}: ${backend} beside cpu`,
      );
  });
}

test("dropout: the gradient of the gradient has the mask of the value", async () => {
  for (const backend of BACKENDS) {
    await useBackend(backend);
    const x = tf.ones([200]);
    let mask: number[] = [];
    const cube = (y: tf.Tensor) => {
      const dropped = dropout(y, 0.4, { seed: 3 });
      mask = [...dropped.dataSync()];
      return tf.sum(tf.pow(dropped, 3));
    };
    // d/dx of 3 m^3 x^2 is 6 m^3 x.
    const second = tf.grad((y) => tf.sum(tf.grad(cube)(y)))(x);
    const expected = mask.map((m) => 6 * m ** 3);
    assertClose([...second.dataSync()], expected, 1e-5, backend);
    assert.ok(mask.includes(0) && mask.some((m) => m > 1));
  }
});

test("a gradient penalty trains", async () => {
  for (const backend of BACKENDS) {
    await useBackend(backend);
    const weights = tf.variable(noise([4, 4], 1));
    const [gamma, beta] = [tf.ones([4]), tf.zeros([4])];
    const critic = (x: tf.Tensor) =>
      tf.sum(gelu(layerNorm(tf.matMul(x as tf.Tensor2D, weights as tf.Tensor2D), gamma, beta)));
    const x = noise([3, 4], 2);
    const penalty = () => {
      const slopes = tf.grad(critic)(x);
      return tf.mean(tf.square(tf.sub(tf.norm(slopes, 2, 1), 1))) as tf.Scalar;
    };
    const { grads } = tf.variableGrads(penalty, [weights]);
    const exact = [...(grads[weights.name] as tf.Tensor).dataSync()];
    const start = weights.clone();
    const numeric = exact.map((_, i) => {
      const at = (distance: number) => {
        const values = start.dataSync().slice();
        values[i] = (values[i] as number) + distance;
        weights.assign(tf.tensor(values, [4, 4]));
        return penalty().dataSync()[0] as number;
      };
      const slope = (at(0.001) - at(-0.001)) / 0.002;
      weights.assign(start);
      return slope;
    });
    assertClose(exact, numeric, 2e-2, backend);
  }
});

test.run();
