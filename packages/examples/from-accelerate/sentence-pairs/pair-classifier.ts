import * as tf from "@tensorflow/tfjs";
import { PADDING, type PairBatch } from "./tokenizer.ts";

const WIDTH = 16;
const FEATURES = 64;
/** Tokens that a feature sees at once: a name and the digits behind it. */
const WINDOW = 7;
const HIDDEN = 64;

/** Both sentences through one convolutional encoder; a small network compares what it found. */
export class PairClassifier {
  readonly #words: tf.Variable;
  readonly #filters: tf.Variable<tf.Rank.R3>;
  readonly #threshold: tf.Variable = tf.variable(tf.zeros([FEATURES]));
  readonly #hidden: tf.Variable<tf.Rank.R2>;
  readonly #hiddenBias: tf.Variable = tf.variable(tf.zeros([HIDDEN]));
  readonly #output: tf.Variable<tf.Rank.R2>;

  constructor(vocabulary: number) {
    this.#words = tf.variable(tf.randomNormal([vocabulary, WIDTH], 0, 0.5));
    this.#filters = tf.variable(
      tf.randomNormal<tf.Rank.R3>([WINDOW, WIDTH, FEATURES], 0, Math.sqrt(2 / (WINDOW * WIDTH))),
    );
    this.#hidden = weights([2 * FEATURES, HIDDEN]);
    this.#output = weights([HIDDEN, 2]);
  }

  /** What `prepare` trains. */
  get variables(): tf.Variable[] {
    return [
      ...[this.#words, this.#filters, this.#threshold],
      ...[this.#hidden, this.#hiddenBias, this.#output],
    ];
  }

  /** Scores of "other kinds" and "the same kind", `[batch, 2]`. */
  logits({ first, second }: PairBatch): tf.Tensor2D {
    const [a, b] = [this.#encode(first), this.#encode(second)];
    const compared = tf.concat([a.sub(b).abs(), a.mul(b)], 1) as tf.Tensor2D;
    const hidden = tf.relu(compared.matMul(this.#hidden).add(this.#hiddenBias));
    return hidden.matMul(this.#output) as tf.Tensor2D;
  }

  /** The highest value of each feature anywhere in the sentence, `[batch, FEATURES]`. */
  #encode(codes: tf.Tensor2D): tf.Tensor2D {
    // So that it makes no difference how much padding a batch needs.
    const mask = codes.notEqual(PADDING).toFloat().expandDims(2);
    const words = tf.gather(this.#words, codes).mul(mask) as tf.Tensor3D;
    const found = tf.conv1d(words, this.#filters, 1, "same");
    return found.add(this.#threshold).relu().mul<tf.Tensor3D>(mask).max<tf.Tensor2D>(1);
  }
}

function weights(shape: [number, number]): tf.Variable<tf.Rank.R2> {
  return tf.variable(tf.randomNormal<tf.Rank.R2>(shape, 0, Math.sqrt(2 / shape[0])));
}
