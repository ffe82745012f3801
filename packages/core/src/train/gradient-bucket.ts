import type { Variable } from "@tensorflow/tfjs-core";
import { placeIn, readInto, tensorOf } from "../backend/tensor-values.ts";
import { timed } from "../phases.ts";
import { stepEffect, stepObserver } from "../step/step-observer.ts";
import type { GradientTransport } from "./gradient-transport.ts";
import type { Gradients } from "./gradients.ts";

/** The gradients of some variables, contiguous in memory, so that one exchange averages them. */
export class GradientBucket {
  readonly #variables: readonly Variable[];
  readonly #gradients: Gradients;
  /**
   * All gradients one after the other, then one flag per variable that says whether a rank has a gradient
   * for it at all: a variable that no rank used must stay without one.
   */
  readonly #transport: GradientTransport;
  /** The places of the gradients in the bucket. */
  readonly #parts: readonly Float32Array[];
  /** The flags. */
  readonly #flags: Float32Array;

  /**
   * Collective: every rank makes the same buckets in the same order.
   *
   * @param makeTransport for so many values.
   */
  constructor(
    variables: readonly Variable[],
    gradients: Gradients,
    makeTransport: (length: number) => GradientTransport,
  ) {
    this.#variables = variables;
    this.#gradients = gradients;
    const size = variables.reduce((sum, variable) => sum + variable.size, 0);
    this.#transport = makeTransport(size + variables.length);
    const { buffer } = this.#transport;
    this.#flags = buffer.subarray(size);
    let offset = 0;
    this.#parts = variables.map((variable) => {
      offset += variable.size;
      return buffer.subarray(offset - variable.size, offset);
    });
  }

  /** Whether all of its variables are disposed. */
  get isDisposed(): boolean {
    return this.#variables.every((variable) => variable.isDisposed);
  }

  /** Frees its memory; the bucket cannot be used after that. Collective. */
  release(): void {
    for (const part of this.#parts) placeIn(part, undefined); // gradients stored in it are moved first
    this.#transport.release();
  }

  /**
   * Replaces the gradients of the variables that take part with their means over the replicas. Collective.
   *
   * @param isCertain exchange also without any gradient here: other ranks have some.
   */
  average(takesPart: (variable: Variable) => boolean, isCertain = false): void {
    const isPresent = this.#variables.map(
      (variable) => takesPart(variable) && this.#gradients.has(variable),
    );
    if (!isCertain && !isPresent.includes(true)) return;
    const placed = this.#fill(isPresent);
    stepEffect(() => timed("all-reduce", () => this.#transport.average()));
    this.#read(placed);
  }

  /** @returns the gradients whose values lie in the bucket itself. */
  #fill(isPresent: readonly boolean[]): ReadonlySet<Variable> {
    const placed = new Set<Variable>();
    for (const [index, variable] of this.#variables.entries()) {
      const part = this.#parts[index] as Float32Array;
      // The graphs of a replay write to the bucket themselves.
      const isOurs = isPresent[index] && !stepObserver();
      if (placeIn(part, isOurs ? this.#gradients.get(variable) : undefined)) placed.add(variable);
    }
    for (const [index, variable] of this.#variables.entries()) {
      const part = this.#parts[index] as Float32Array;
      const gradient = isPresent[index] ? this.#gradients.get(variable) : undefined;
      if (gradient) {
        readInto(part, gradient);
        stepObserver()?.onRead({ tensor: gradient, target: part });
      } else stepEffect(() => part.fill(0));
      stepEffect(() => {
        this.#flags[index] = gradient ? 1 : 0;
      });
    }
    return placed;
  }

  #read(placed: ReadonlySet<Variable>): void {
    for (const [index, variable] of this.#variables.entries()) {
      if (this.#flags[index] === 0 || placed.has(variable)) continue;
      const values = this.#parts[index] as Float32Array;
      const tensor = tensorOf(values, variable.shape);
      stepObserver()?.onArray({ tensor, values });
      this.#gradients.set(variable, tensor);
    }
  }
}
