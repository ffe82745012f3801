import * as tf from "@tensorflow/tfjs";

/** A layer of a user: its weight, and what it was called with, are private. */
export class Gain extends tf.layers.Layer {
  static readonly className = "Gain";
  #gain: { read(): tf.Tensor } | undefined;

  override build(shape: tf.Shape): void {
    const ones = tf.initializers.ones();
    this.#gain = this.addWeight("gain", [shape.at(-1) ?? 1], "float32", ones);
    this.built = true;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const [x] = Array.isArray(inputs) ? inputs : [inputs];
    return tf.mul(x as tf.Tensor, this.#gain?.read() as tf.Tensor);
  }
}

/** The moving average of some weights. */
export class Average {
  readonly #weights: readonly tf.Variable[];
  readonly #means: tf.Variable[];
  #count = 0;

  constructor(weights: readonly tf.Variable[]) {
    this.#weights = weights;
    this.#means = weights.map((weight) => tf.variable(weight, false));
  }

  get variables(): readonly tf.Variable[] {
    return this.#means;
  }

  get count(): number {
    return this.#count;
  }

  add(): void {
    this.#count += 1;
    tf.tidy(() => {
      for (const [i, mean] of this.#means.entries())
        mean.assign(mean.mul(0.9).add((this.#weights[i] as tf.Variable).mul(0.1)));
    });
  }

  stateDict(): { count: number; means: tf.Tensor[] } {
    return { count: this.#count, means: this.#means };
  }

  loadStateDict({ count, means }: { count: number; means: tf.Tensor[] }): void {
    this.#count = count;
    for (const [i, mean] of this.#means.entries()) mean.assign(means[i] as tf.Tensor);
  }
}

/** A small network of tf.layers. */
export function perceptron(inputs: number, outputs: number): tf.LayersModel {
  const hidden = tf.layers.dense({ inputShape: [inputs], units: 6, activation: "elu" });
  return tf.sequential({ layers: [hidden, tf.layers.dense({ units: outputs })] });
}

/** The variables of some models, each once. */
export function weightsOf(...models: readonly tf.LayersModel[]): tf.Variable[] {
  const weights = models.flatMap((model) => model.weights.map((weight) => weight.read()));
  return [...new Set(weights)] as tf.Variable[];
}

/** Cross entropy of logits and one class for all rows. */
export function cross(label: 0 | 1, logits: tf.Tensor2D): tf.Scalar {
  return tf.losses.sigmoidCrossEntropy(tf.fill(logits.shape, label), logits);
}

export function firstOf(scalar: tf.Tensor): number {
  return scalar.dataSync()[0] as number;
}
