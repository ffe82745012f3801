import * as tf from "@tensorflow/tfjs";

const POINTS = 640;
const NOISE = 4;
const MODES = 8;

/** Points of eight clouds on a circle of radius 2, `[640, 2]`, and noise for the generator, `[640, 4]`. */
export function loadPoints(): [points: tf.Tensor2D, noise: tf.Tensor2D] {
  return tf.tidy(() => {
    const angle = tf
      .range(0, POINTS)
      .mod(MODES)
      .mul((2 * Math.PI) / MODES);
    const centers = tf.stack([angle.cos(), angle.sin()], 1).mul(2);
    const points = centers.add(tf.randomNormal([POINTS, 2], 0, 0.1, "float32", 1)) as tf.Tensor2D;
    return [points, tf.randomNormal([POINTS, NOISE], 0, 1, "float32", 2)];
  });
}

/** Noise to a point. */
export function buildGenerator(): tf.LayersModel {
  return multilayerPerceptron([NOISE, 24, 24, 2], 10);
}

/** A point to the logit of "it is a real one". */
export function buildDiscriminator(): tf.LayersModel {
  return multilayerPerceptron([2, 24, 24, 1], 20);
}

function multilayerPerceptron([inputs, ...widths]: number[], seed: number): tf.LayersModel {
  const layers = widths.map((units, i) => {
    const kernelInitializer = tf.initializers.glorotUniform({ seed: seed + i });
    const activation = i < widths.length - 1 ? "elu" : "linear";
    const inputShape = i === 0 ? { inputShape: [inputs as number] } : {};
    return tf.layers.dense({ units, activation, kernelInitializer, ...inputShape });
  });
  return tf.sequential({ layers });
}

/** The discriminator's loss on real and generated points. */
export function discriminatorLoss(
  discriminator: tf.LayersModel,
  real: tf.Tensor2D,
  drawn: tf.Tensor2D,
): tf.Scalar {
  const isReal = loss(1, discriminator.apply(real) as tf.Tensor2D);
  const isDrawn = loss(0, discriminator.apply(drawn) as tf.Tensor2D);
  return isReal.add(isDrawn);
}

/** The generator's loss: how well the discriminator recognises its points. */
export function generatorLoss(
  generator: tf.LayersModel,
  discriminator: tf.LayersModel,
  noise: tf.Tensor2D,
): tf.Scalar {
  const drawn = generator.apply(noise);
  return loss(1, discriminator.apply(drawn as tf.Tensor2D) as tf.Tensor2D);
}

function loss(label: 0 | 1, logits: tf.Tensor2D): tf.Scalar {
  return tf.losses.sigmoidCrossEntropy(tf.fill(logits.shape, label), logits) as tf.Scalar;
}

/** Mean distance of the generator's points from the circle. */
export function distanceFromCircle(generator: tf.LayersModel, noise: tf.Tensor2D): number {
  return tf.tidy(() => {
    const drawn = generator.predict(noise) as tf.Tensor2D;
    return drawn.norm(2, 1).sub(2).abs().mean().dataSync()[0] as number;
  });
}
