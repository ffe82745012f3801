import * as tf from "@tensorflow/tfjs";

export type TransformerSize = {
  readonly vocabulary: number;
  /** Number of characters that the model looks back. */
  readonly context: number;
  readonly width: number;
  readonly heads: number;
  readonly layers: number;
};

type Layer = Readonly<Record<"query" | "key" | "value" | "mix" | "up" | "down", tf.Variable>> & {
  readonly norms: readonly [gain1: tf.Variable, gain2: tf.Variable];
};

/** A decoder-only transformer over characters, written in core operations. */
export class CharacterTransformer {
  readonly size: TransformerSize;
  readonly #embedding: tf.Variable;
  readonly #position: tf.Variable;
  readonly #layers: readonly Layer[];
  readonly #lastNorm: tf.Variable;
  /** 0 where a character may look, a very negative number where the future is. */
  readonly #mask: tf.Tensor;

  constructor(size: TransformerSize) {
    const { vocabulary, context, width, layers } = size;
    this.size = size;
    this.#embedding = weights([vocabulary, width], 0.02);
    this.#position = weights([context, width], 0.02);
    this.#layers = Array.from({ length: layers }, () => ({
      query: weights([width, width]),
      key: weights([width, width]),
      value: weights([width, width]),
      mix: weights([width, width]),
      up: weights([width, 4 * width]),
      down: weights([4 * width, width]),
      norms: [tf.variable(tf.ones([width])), tf.variable(tf.ones([width]))] as const,
    }));
    this.#lastNorm = tf.variable(tf.ones([width]));
    this.#mask = tf.sub(tf.linalg.bandPart(tf.ones([context, context]), -1, 0), 1).mul(1e9);
  }

  /** What `prepare` trains. */
  get variables(): tf.Variable[] {
    const inLayers = this.#layers.flatMap(({ norms, ...kernels }) => [
      ...Object.values(kernels),
      ...norms,
    ]);
    return [this.#embedding, this.#position, ...inLayers, this.#lastNorm];
  }

  /** Scores of the next character after every one. `[batch, context]` int32 to `[batch, context, vocabulary]`. */
  logits(codes: tf.Tensor2D): tf.Tensor {
    let states = tf.add(tf.gather(this.#embedding, codes), this.#position);
    for (const layer of this.#layers) states = this.#apply(layer, states);
    return product(norm(states, this.#lastNorm), tf.transpose(this.#embedding));
  }

  #apply(layer: Layer, states: tf.Tensor): tf.Tensor {
    const { context, width, heads } = this.size;
    const [gain1, gain2] = layer.norms;
    const normed = norm(states, gain1);
    const split = (kernel: tf.Variable): tf.Tensor =>
      product(normed, kernel)
        .reshape([-1, context, heads, width / heads])
        .transpose([0, 2, 1, 3]);
    const scores = tf.matMul(split(layer.query), split(layer.key), false, true);
    const attention = tf.softmax(scores.div(Math.sqrt(width / heads)).add(this.#mask));
    const seen = tf.matMul(attention, split(layer.value)).transpose([0, 2, 1, 3]);
    const mixed = states.add(product(seen.reshape(states.shape), layer.mix));
    const hidden = tf.relu(product(norm(mixed, gain2), layer.up));
    return mixed.add(product(hidden, layer.down));
  }
}

function weights(shape: [number, number], deviation = 1 / Math.sqrt(shape[0])): tf.Variable {
  return tf.variable(tf.randomNormal(shape, 0, deviation));
}

/** The last axis of `x` times a matrix. */
function product(x: tf.Tensor, kernel: tf.Tensor): tf.Tensor {
  const [inner = 0, outer = 0] = kernel.shape;
  const flat = tf.matMul(x.reshape<tf.Tensor2D>([-1, inner]), kernel as tf.Tensor2D);
  return flat.reshape([...x.shape.slice(0, -1), outer]);
}

/** Root-mean-square normalisation over the last axis. */
function norm(x: tf.Tensor, gain: tf.Tensor): tf.Tensor {
  const scale = tf.rsqrt(tf.mean(tf.square(x), -1, true).add(1e-5));
  return x.mul(scale).mul(gain);
}
