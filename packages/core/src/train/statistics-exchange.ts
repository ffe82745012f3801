import type { Variable } from "@tensorflow/tfjs-core";
import { readInto, tensorOf } from "../backend/tensor-values.ts";
import type { Collective } from "../collective/collective.ts";
import { stepEffect, stepObserver } from "../step/step-observer.ts";

/** The places of variables in shared memory, and how they are divided. */
type Bucket = {
  /** Values of the variables that change, then one flag per known variable. */
  readonly buffer: Float32Array;
  readonly parts: ReadonlyMap<Variable, Float32Array>;
  /** 1 where this rank has changed the variable; after the all-reduce, the share of ranks that have. */
  readonly flags: Float32Array;
};

/**
 * Averages variables that change without being trained, such as the moving averages of batch normalisation: each
 * becomes its mean over the ranks that have changed it.
 */
export class StatisticsExchange {
  readonly #collective: Collective;
  /** A variable has a new value if its data has a new id. */
  readonly #seen = new Map<Variable, object>();
  /** Those that any rank has ever changed: they have a place in the bucket. */
  readonly #changing = new Set<Variable>();
  #known: readonly Variable[] = [];
  #trainable: readonly Variable[] = [];
  #trained: ReadonlySet<Variable> = new Set();
  #bucket: Bucket | undefined;

  constructor(collective: Collective) {
    this.#collective = collective;
  }

  /** Takes the values that variables have now as equal on all ranks. */
  note(variables: readonly Variable[]): void {
    for (const variable of variables) this.#seen.set(variable, variable.dataId);
  }

  /** Those of `variables` that this rank has changed since the last exchange, without training them. */
  changedOf(variables: readonly Variable[]): Variable[] {
    if (this.#collective.worldSize === 1) return [];
    return variables.filter((variable) => this.#seen.get(variable) !== variable.dataId);
  }

  /** Takes the values that `variables` have now as those of the last exchange, except where this rank has `changed` them. */
  restore(variables: readonly Variable[], changed: ReadonlySet<Variable>): void {
    this.note(variables);
    for (const variable of changed) this.#seen.delete(variable);
  }

  /**
   * Averages the variables that have changed since the last exchange. Collective.
   *
   * @param variables of all models, float32; the same list as long as they are the same.
   * @param trainable those among them that gradients change; the same list as long as they are the same.
   */
  average(
    variables: readonly Variable[],
    trainable: readonly Variable[],
    takesPart: (variable: Variable) => boolean,
  ): void {
    if (this.#collective.worldSize === 1) return;
    this.#follow(variables, trainable);
    if (this.#trained.size === variables.length) return;
    const changed = variables.map(
      (variable) =>
        !this.#trained.has(variable) &&
        takesPart(variable) &&
        this.#seen.get(variable) !== variable.dataId,
    );
    let bucket = this.#exchange(changed);
    // At first no rank knows which variables change on the others: the flags tell them.
    const isNew = variables.filter(
      (variable, i) => bucket.flags[i] !== 0 && !this.#changing.has(variable),
    );
    if (isNew.length > 0) {
      for (const variable of isNew) this.#changing.add(variable);
      this.#bucket = undefined;
      bucket = this.#exchange(changed);
    }
    this.#read(bucket);
  }

  /** Forgets all variables, and gives back the memory of the exchange. Collective. */
  clear(): void {
    if (this.#bucket) this.#collective.release(this.#bucket.buffer, "freeMemory");
    this.#bucket = undefined;
    this.#seen.clear();
    this.#changing.clear();
    this.#known = [];
    this.#trainable = [];
    this.#trained = new Set();
  }

  #follow(variables: readonly Variable[], trainable: readonly Variable[]): void {
    if (variables !== this.#known) this.#bucket = undefined;
    this.#known = variables;
    if (trainable === this.#trainable) return;
    const trained = new Set(trainable);
    // They were trained until now, so they are equal on all ranks.
    this.note(this.#trainable.filter((variable) => !trained.has(variable)));
    this.#trainable = trainable;
    this.#trained = trained;
  }

  #exchange(changed: readonly boolean[]): Bucket {
    this.#bucket ??= this.#allocate();
    const { buffer, parts, flags } = this.#bucket;
    for (const [i, variable] of this.#known.entries()) {
      const part = parts.get(variable);
      const isChanged = changed[i] === true;
      if (part && isChanged) {
        readInto(part, variable);
        stepObserver()?.onRead({ tensor: variable, target: part });
      } else if (part) stepEffect(() => part.fill(0));
      stepEffect(() => {
        flags[i] = isChanged ? 1 : 0;
      });
    }
    stepEffect(() => this.#collective.allReduce(buffer, "mean", "backward"));
    return this.#bucket;
  }

  #allocate(): Bucket {
    const changing = this.#known.filter((variable) => this.#changing.has(variable));
    const size = changing.reduce((sum, variable) => sum + variable.size, 0);
    const buffer = this.#collective.allocate(size + this.#known.length, "backward");
    let offset = 0;
    const parts = new Map<Variable, Float32Array>();
    for (const variable of changing) {
      parts.set(variable, buffer.subarray(offset, offset + variable.size));
      offset += variable.size;
    }
    return { buffer, parts, flags: buffer.subarray(size) };
  }

  #read({ parts, flags }: Bucket): void {
    for (const [i, variable] of this.#known.entries()) {
      const values = parts.get(variable);
      if (!values || flags[i] === 0) continue;
      stepEffect(() => {
        const share = flags[i] as number;
        if (share !== 1)
          for (let k = 0; k < values.length; k++) values[k] = (values[k] as number) / share;
      });
      const tensor = tensorOf(values, variable.shape);
      stepObserver()?.onArray({ tensor, values });
      variable.assign(tensor);
      tensor.dispose();
      this.#seen.set(variable, variable.dataId);
    }
  }
}
