import type * as tf from "@tensorflow/tfjs";
import type { Draw } from "./draw.ts";
import type { Numbers } from "./numbers.ts";

/** A layer or an operation with drawn options, and what it has to compute. */
export type Program = {
  /** Kind and options, for messages. */
  readonly label: string;
  readonly inputs: readonly Input[];
  /** A new layer, which is given drawn weights; or none, and `run` computes the result. */
  readonly layer?: () => tf.layers.Layer;
  readonly run?: (...inputs: tf.Tensor[]) => tf.Tensor;
  /** How a layer is called. */
  readonly call?: { readonly training?: boolean };
  /** The result in float64; weights in the order of `layer.getWeights()`. */
  readonly reference: (inputs: readonly Numbers[], weights: readonly Numbers[]) => Numbers;
  /** Without gradients. */
  readonly valuesOnly?: boolean;
};

export type Input = {
  readonly shape: readonly number[];
  /** Whole numbers below it; they have no gradient. */
  readonly below?: number;
  /** Its gradient is not compared. */
  readonly constant?: boolean;
  /** Numbers from 0.2 on. */
  readonly positive?: boolean;
};

/** Draws a program. */
export type Kind = (draw: Draw) => Program;
