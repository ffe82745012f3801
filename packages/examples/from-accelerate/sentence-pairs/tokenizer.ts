import * as tf from "@tensorflow/tfjs";
import type { SentencePair } from "./flower-sentences.ts";

/** The code of places behind the end of a sentence. */
export const PADDING = 0;
const UNKNOWN = 1;

/** A pair as codes of its tokens. */
export type TokenPair = {
  readonly first: number[];
  readonly second: number[];
  readonly isSame: number;
};

/** Codes int32 `[batch, longest]`, and answers int32 `[batch]`. */
export type PairBatch = {
  readonly first: tf.Tensor2D;
  readonly second: tf.Tensor2D;
  readonly isSame: tf.Tensor1D;
};

/** Words, and numbers digit by digit, as codes. The vocabulary is that of the pairs to learn from. */
export class Tokenizer {
  readonly #codes = new Map<string, number>();

  constructor(pairs: readonly SentencePair[]) {
    for (const token of pairs.flatMap(({ first, second }) => tokensOf(`${first} ${second}`))) {
      if (!this.#codes.has(token)) this.#codes.set(token, this.vocabulary);
    }
  }

  /** Number of codes, with those of padding and of unknown tokens. */
  get vocabulary(): number {
    return this.#codes.size + 2;
  }

  encode({ first, second, isSame }: SentencePair): TokenPair {
    const encode = (sentence: string): number[] =>
      tokensOf(sentence).map((token) => this.#codes.get(token) ?? UNKNOWN);
    return { first: encode(first), second: encode(second), isSame };
  }
}

function tokensOf(sentence: string): string[] {
  return sentence.toLowerCase().match(/[a-z]+|\S/g) ?? [];
}

/** Joins samples of a loader: sentences are padded to the longest one of the batch. */
export function padPairs(samples: unknown[]): PairBatch {
  const pairs = samples as TokenPair[];
  return {
    first: padded(pairs.map(({ first }) => first)),
    second: padded(pairs.map(({ second }) => second)),
    isSame: tf.tensor1d(
      pairs.map(({ isSame }) => isSame),
      "int32",
    ),
  };
}

function padded(sentences: readonly number[][]): tf.Tensor2D {
  const longest = Math.max(...sentences.map(({ length }) => length));
  const rows = sentences.map((codes) => [
    ...codes,
    ...new Array<number>(longest - codes.length).fill(PADDING),
  ]);
  return tf.tensor2d(rows, [rows.length, longest], "int32");
}
