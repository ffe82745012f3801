/** An optimizer that needs no schedule: the weights to use are the mean of those on the way (Defazio and others, 2024). */
import { Accelerator, DataLoader, setSeed } from "@acc/core";
import * as tf from "@tensorflow/tfjs";

const accelerator = new Accelerator();

setSeed(42); // every run draws the same random numbers, and every replica too
// Points in a square, and which of them lie in a circle.
const points = tf.randomUniform<tf.Rank.R2>([2048, 2], -1, 1);
const inside = points.square().sum(1, true).less(0.6).toFloat();

// New: tfjs has no such optimizer; one of your own extends one of tfjs.
class ScheduleFreeAdam extends tf.AdamOptimizer {
  /** How close to the mean gradients are taken. */
  readonly #closeness = 0.9;
  /** Of every variable where Adam is, and the mean of where it was. A checkpoint of the accelerator does not have them. */
  readonly #points = new Map<tf.Variable, { base: tf.Variable; mean: tf.Variable }>();
  #steps = 0;

  override applyGradients(gradients: Parameters<tf.AdamOptimizer["applyGradients"]>[0]): void {
    const named = Array.isArray(gradients) ? gradients.map(({ name }) => name) : [];
    const variables = named.map((name) => tf.engine().registeredVariables[name] as tf.Variable);
    for (const one of variables) one.assign(this.#pointsOf(one).base);
    super.applyGradients(gradients);
    this.#steps += 1;
    for (const one of variables) {
      const { base, mean } = this.#pointsOf(one);
      base.assign(one);
      tf.tidy(() => mean.assign(mean.add(base.sub(mean).div(this.#steps))));
      tf.tidy(() => one.assign(base.add(mean.sub(base).mul(this.#closeness))));
    }
  }

  /** The weights of the model become the means. */
  useMeans(): void {
    for (const [one, { mean }] of this.#points) one.assign(mean);
  }

  #pointsOf(one: tf.Variable) {
    const points = this.#points.get(one) ?? {
      base: tf.variable(one, false),
      mean: tf.variable(one, false),
    };
    this.#points.set(one, points);
    return points;
  }
}
const adam = new ScheduleFreeAdam(0.03, 0.9, 0.999);
// End of new.
const data = new DataLoader<[tf.Tensor2D, tf.Tensor2D]>([points, inside], {
  batchSize: 32,
  shuffle: true,
});
const [model, optimizer, loader] = await accelerator.prepare(buildModel(), adam, data);

for (let epoch = 1; epoch <= 10; epoch++) {
  for await (const [inputs, targets] of loader) {
    const outputs = model.apply(inputs, { training: true }) as tf.Tensor2D;
    const loss = tf.losses.sigmoidCrossEntropy(targets, outputs) as tf.Scalar;
    await accelerator.backward(loss);
    optimizer.step();
    optimizer.zeroGrad();
    if (loader.endOfDataloader) accelerator.print(`epoch ${epoch}: loss ${await loss.array()}`);
  }
}

// New: before an evaluation. Every replica has the same means.
adam.useMeans();
// End of new.

const guesses = (model.predict(points) as tf.Tensor2D).greater(0);
const share = await guesses.equal(inside.greater(0)).mean().array();
accelerator.print(`${(100 * Number(share)).toFixed(1)} % of the points right`);

function buildModel(): tf.Sequential {
  return tf.sequential({
    layers: [
      tf.layers.dense({ inputShape: [2], units: 32, activation: "relu" }),
      tf.layers.dense({ units: 1 }),
    ],
  });
}
