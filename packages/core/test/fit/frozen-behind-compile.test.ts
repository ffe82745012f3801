import { suite } from "@acc/test-kit/suite";
import * as tf from "@tensorflow/tfjs";
import * as assert from "uvu/assert";
import { Accelerator, launch } from "../../src/index.ts";
import { train, type Weights } from "./fixtures/frozen-behind-compile.ts";

const test = suite("models that are frozen behind compile");
const script = new URL("./fixtures/frozen-behind-compile.ts", import.meta.url);
const launched = launch<Weights>(script, { numProcesses: 3, timeoutMs: 30_000 });
const TOLERANCE = 1e-6;

test.slow(
  "one replica and three train of a frozen discriminator what TensorFlow.js trains of it",
  async () => {
    await tf.setBackend("cpu");
    const plain = await train();
    const alone = await train(new Accelerator({ backend: "cpu" }));
    const ranks = (await launched).map(({ weights }) => weights);
    assert.equal([ranks[1], ranks[2]], [ranks[0], ranks[0]], "bit-equal between ranks");
    for (const weights of [alone, ranks[0]]) {
      for (const [i, values] of plain.entries()) {
        const difference = Math.max(
          ...values.map((v, k) => Math.abs(v - Number(weights?.[i]?.[k]))),
        );
        assert.ok(difference <= TOLERANCE, `weight ${i} differs by ${difference}`);
      }
    }
  },
);

test("an outer step of localSgd follows what is trained of a frozen network", async () => {
  const ranks = (await launched).map(({ local }) => local);
  assert.equal([ranks[1], ranks[2]], [ranks[0], ranks[0]], "bit-equal between ranks");
  const [start = [], whole = [], half = []] = ranks[0] ?? [];
  for (const [i, value] of start.entries()) {
    const moved = Number(whole[i]) - value;
    assert.ok(Math.abs(moved) > 1e-3, "the replicas have trained it");
    assert.ok(Math.abs(Number(half[i]) - value - moved / 2) < TOLERANCE, "half of the way");
  }
});

test("minimize trains listed variables of a frozen network, but none that is frozen itself", async () => {
  const inner = tf.sequential({ layers: [tf.layers.dense({ inputShape: [1], units: 1 })] });
  const outer = tf.sequential({ layers: [inner] });
  outer.trainable = false;
  const variables = outer.weights.map((weight) => weight.read() as tf.Variable);
  const [, optimizer] = await new Accelerator({ backend: "cpu" }).prepare(outer, tf.train.sgd(1));
  const loss = () => (outer.apply(tf.ones([1, 1])) as tf.Tensor).sum() as tf.Scalar;
  const values = () => variables.map((variable) => variable.dataSync()[0] as number);
  const [kernel = Number.NaN, bias = Number.NaN] = values();
  (variables[1] as tf.Variable).trainable = false;
  optimizer.minimize(loss, false, variables);
  assert.equal(values(), [Math.fround(kernel - 1), bias]);
  (variables[0] as tf.Variable).trainable = false;
  assert.throws(
    () => optimizer.minimize(loss, false, variables),
    (error: { code: string }) => error.code === "MODEL_INVALID",
  );
});

test.run();
