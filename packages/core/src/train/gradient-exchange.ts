import type { Variable } from "@tensorflow/tfjs-core";
import type { Collective } from "../collective/collective.ts";
import type { HalfFormat } from "../collective/half-precision.ts";
import { GradientBucket } from "./gradient-bucket.ts";
import { exactTransport, halfTransport } from "./gradient-transport.ts";
import type { Gradients } from "./gradients.ts";
import { addLiveBucket, releaseBuckets } from "./live-buckets.ts";

/** Exchanges gradients over the replicas. A variable is in one bucket, whatever models hold it. */
export class GradientExchange {
  readonly #gradients: Gradients;
  readonly #collective: Collective;
  readonly #format: HalfFormat | undefined;
  readonly #buckets: GradientBucket[] = [];
  readonly #covered = new Set<Variable>();
  /** Lists whose variables are covered: they are the same in most steps. */
  #lists = new WeakSet<readonly Variable[]>();

  /** @param format what gradients are rounded to on their way; undefined for float32. */
  constructor(gradients: Gradients, collective: Collective, format: HalfFormat | undefined) {
    this.#gradients = gradients;
    this.#format = format;
    this.#collective = collective;
  }

  /**
   * Makes room for the gradients of variables, where there is none yet. Collective.
   *
   * @param isExact never round them: they are counts, for instance.
   */
  cover(variables: readonly Variable[], isExact = false): void {
    // One replica never exchanges: reading and writing back would only cost time.
    if (this.#collective.worldSize === 1 || this.#lists.has(variables)) return;
    this.#lists.add(variables);
    const uncovered = variables.filter((variable) => !this.#covered.has(variable));
    if (uncovered.length === 0) return;
    for (const variable of uncovered) this.#covered.add(variable);
    const collective = this.#collective;
    const format = isExact ? undefined : this.#format;
    const bucket = new GradientBucket(uncovered, this.#gradients, (length) =>
      format ? halfTransport(length, format, collective) : exactTransport(length, collective),
    );
    addLiveBucket(collective, bucket);
    this.#buckets.push(bucket);
  }

  /** Gives all room back. Collective. */
  clear(): void {
    releaseBuckets(this.#collective, this.#buckets);
    this.#buckets.length = 0;
    this.#covered.clear();
    this.#lists = new WeakSet();
  }

  /**
   * Replaces the gradients of the variables that take part with their means over the replicas. Collective.
   *
   * @param isComplete exchange everything, also what has no gradient on this rank.
   */
  average(takesPart: (variable: Variable) => boolean, isComplete = false): void {
    for (const bucket of this.#buckets) bucket.average(takesPart, isComplete);
  }
}
