import { add, keep, type Tensor, type Variable } from "@tensorflow/tfjs-core";
import { placeIn, readInto, tensorOf } from "../backend/tensor-values.ts";
import type { Collective } from "../collective/collective.ts";
import { AcceleratorError } from "../errors.ts";
import { stepEffect, stepObserver } from "./step-observer.ts";

/**
 * The accumulated gradients of one model, and their exchange over the replicas. Gradients are kept tensors
 * that live until `clear`.
 */
export class GradientStore {
  readonly variables: readonly Variable[];
  readonly #collective: Collective;
  readonly #gradients = new Map<Variable, Tensor>();
  /**
   * All gradients one after the other, then one flag per variable that says whether a rank has a gradient
   * for it at all: a variable that no rank used must stay without one.
   */
  readonly #bucket: Float32Array;
  /** The places of the gradients in the bucket. */
  readonly #parts: readonly Float32Array[];
  /** The flags. */
  readonly #flags: Float32Array;

  /** Collective: every rank makes the stores of its models in the same order. */
  constructor(variables: readonly Variable[], collective: Collective) {
    this.variables = variables;
    this.#collective = collective;
    const size = variables.reduce((sum, variable) => sum + variable.size, 0);
    this.#bucket =
      collective.worldSize > 1
        ? collective.allocate(size + variables.length, "prepare")
        : new Float32Array(0); // one replica never exchanges
    this.#flags = this.#bucket.subarray(size);
    let offset = 0;
    this.#parts = variables.map((variable) => {
      offset += variable.size;
      return this.#bucket.subarray(offset - variable.size, offset);
    });
  }

  /** Whether any variable has a gradient. */
  get isEmpty(): boolean {
    return this.#gradients.size === 0;
  }

  get(variable: Variable): Tensor | undefined {
    return this.#gradients.get(variable);
  }

  /** Replaces the gradient of a variable; the store owns `gradient` from now on. */
  set(variable: Variable, gradient: Tensor): void {
    this.#gradients.get(variable)?.dispose();
    this.#gradients.set(variable, keep(gradient));
  }

  /** Adds to the gradient of a variable. The caller keeps `gradient`. */
  accumulate(variable: Variable, gradient: Tensor): void {
    const previous = this.#gradients.get(variable);
    this.set(variable, previous ? add(previous, gradient) : gradient.clone());
  }

  /** Disposes the gradients of `variables`. */
  clear(variables: Iterable<Variable> = this.variables): void {
    for (const variable of variables) {
      this.#gradients.get(variable)?.dispose();
      this.#gradients.delete(variable);
    }
  }

  /** Replaces every gradient with its mean over the replicas. Collective. */
  async average(): Promise<void> {
    // With one replica the mean is the value itself; reading and writing it back would only cost time.
    if (this.#collective.worldSize === 1) return;
    const placed = await this.#fillBucket();
    stepEffect(() => this.#collective.allReduce(this.#bucket, "mean", "backward"));
    this.#readBucket(placed);
  }

  /** @returns the gradients whose values lie in the bucket itself. */
  async #fillBucket(): Promise<ReadonlySet<Variable>> {
    const placed = new Set<Variable>();
    for (const [index, variable] of this.variables.entries()) {
      const part = this.#parts[index] as Float32Array;
      // What is replayed has its graphs write to the bucket by itself.
      const gradient = stepObserver() ? undefined : this.#gradients.get(variable);
      if (placeIn(part, gradient)) placed.add(variable);
    }
    for (const [index, variable] of this.variables.entries()) {
      const part = this.#parts[index] as Float32Array;
      const gradient = this.#gradients.get(variable);
      if (gradient) {
        await readInto(part, gradient);
        stepObserver()?.onRead({ tensor: gradient, target: part });
      } else stepEffect(() => part.fill(0));
      stepEffect(() => {
        this.#flags[index] = gradient ? 1 : 0;
      });
    }
    return placed;
  }

  #readBucket(placed: ReadonlySet<Variable>): void {
    for (const [index, variable] of this.variables.entries()) {
      if (this.#flags[index] === 0 || placed.has(variable)) continue;
      const values = this.#parts[index] as Float32Array;
      const tensor = tensorOf(values, variable.shape);
      stepObserver()?.onArray({ tensor, values });
      this.set(variable, tensor);
    }
  }
}

/** @throws {AcceleratorError} `MODEL_INVALID` if a trainable variable is not float32. */
export function requireFloatVariables(variables: readonly Variable[]): void {
  const wrong = variables.find((variable) => variable.dtype !== "float32");
  if (!wrong) return;
  throw new AcceleratorError(
    "MODEL_INVALID",
    `The trainable variable "${wrong.name}" is ${wrong.dtype}; gradients exist for float32 only. ` +
      "Make it float32, or create it with trainable = false.",
  );
}
