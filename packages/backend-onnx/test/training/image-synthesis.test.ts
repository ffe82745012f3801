import * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import { agree, noise } from "../compare-backends.ts";

const test = suite("image synthesis");

const BATCH = 4;
const STEPS = 6;
/** After steps of Adam, which divides gradients by their size. */
const TOLERANCE = 2e-5;

// Opening the backend corrects the gradient of upsampling on cpu too.
test.before(() => tf.setBackend("onnx").then(() => {}));

test("two networks with transposed convolutions, upsampling and batch norm train as on cpu", () =>
  agree("a generator and a discriminator", train, { tolerance: TOLERANCE }));

/** No biases in front of batch normalisation: their gradient is zero, and Adam would follow its rounding. */
function train(): tf.Tensor[] {
  const generator = tf.sequential({
    layers: [
      tf.layers.dense({ inputShape: [4], units: 2 * 2 * 6, ...seeded(1) }),
      tf.layers.reshape({ targetShape: [2, 2, 6] }),
      tf.layers.conv2dTranspose({ filters: 5, ...kernel(2), strides: 2 }),
      ...normalized(),
      tf.layers.upSampling2d({ size: [2, 2] }),
      tf.layers.conv2d({ filters: 4, ...kernel(3) }),
      ...normalized(),
      tf.layers.conv2dTranspose({ filters: 1, ...kernel(4), activation: "tanh" }),
    ],
  });
  const discriminator = tf.sequential({
    layers: [
      tf.layers.conv2d({ inputShape: [8, 8, 1], filters: 4, ...kernel(5), strides: 2 }),
      ...normalized(),
      tf.layers.flatten(),
      tf.layers.dense({ units: 1, ...seeded(6) }),
    ],
  });
  const optimizers = [tf.train.adam(2e-3, 0.5), tf.train.adam(2e-3, 0.5)] as const;
  const real = noise([BATCH, 8, 8, 1], 7);
  const judge = (images: tf.Tensor, label: number) => {
    const logits = discriminator.apply(images, { training: true }) as tf.Tensor;
    return tf.losses.sigmoidCrossEntropy(tf.fill(logits.shape, label), logits);
  };
  const losses: tf.Tensor[] = [];
  for (let step = 0; step < STEPS; step++) {
    const draw = () => generator.apply(noise([BATCH, 4], 10 + step), { training: true });
    const fool = () => judge(draw() as tf.Tensor, 1) as tf.Scalar;
    const detect = () => judge(real, 1).add(judge(draw() as tf.Tensor, 0)) as tf.Scalar;
    losses.push(
      optimizers[0].minimize(detect, true, variablesOf(discriminator)) as tf.Scalar,
      optimizers[1].minimize(fool, true, variablesOf(generator)) as tf.Scalar,
    );
  }
  const weights = [generator, discriminator].flatMap((model) => model.getWeights());
  return [...losses, ...weights.map((weight) => weight.clone())];
}

function seeded(seed: number) {
  return { useBias: false, kernelInitializer: tf.initializers.glorotNormal({ seed }) };
}

function kernel(seed: number) {
  return { kernelSize: 3, padding: "same" as const, ...seeded(seed) };
}

function normalized(): tf.layers.Layer[] {
  return [tf.layers.batchNormalization(), tf.layers.leakyReLU()];
}

function variablesOf(model: tf.LayersModel): tf.Variable[] {
  return model.trainableWeights.map((weight) => weight.read() as tf.Variable);
}

test.run();
