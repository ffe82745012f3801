import type { Collective, ReduceOp } from "../collective/collective.ts";
import { noteGroupUse } from "../context/group-use.ts";
import { replicaContext } from "../context/replica-context.ts";
import { AcceleratorError, messageOf } from "../errors.ts";
import { type PadOptions, padAcrossRanks } from "../operations/pad.ts";
import { type SplitOptions, splitBetweenRanks } from "../operations/split-between.ts";
import {
  broadcastTensors,
  gatherTensors,
  reduceTensors,
  requireRank,
} from "../operations/tensor-collectives.ts";
import type { TensorStructure } from "../operations/tensor-structure.ts";
import { foundArgument } from "../options/found-text.ts";
import { requireFunction } from "../options/require-function.ts";

/**
 * Who this replica is among the others, and what they do together. Usable by itself, for inference or a custom loop;
 * `Accelerator` extends it.
 */
export class PartialState {
  protected get collective(): Collective {
    noteGroupUse();
    return replicaContext().collective;
  }

  /** Number of replicas, at least 1. */
  get numProcesses(): number {
    return this.collective.worldSize;
  }

  /** Rank of this replica, `0 <= processIndex < numProcesses`. */
  get processIndex(): number {
    return this.collective.rank;
  }

  /** Rank among the replicas of this host; equal to `processIndex` where all run on one. */
  get localProcessIndex(): number {
    return this.collective.localRank;
  }

  /** The main process of the run, rank 0; one for all hosts. */
  get isMainProcess(): boolean {
    return this.processIndex === 0;
  }

  /** The first replica of its host. */
  get isLocalMainProcess(): boolean {
    return this.localProcessIndex === 0;
  }

  get isLastProcess(): boolean {
    return this.processIndex === this.numProcesses - 1;
  }

  /** Whether there is more than one replica. */
  get useDistributed(): boolean {
    return this.numProcesses > 1;
  }

  /** Prints once on every host, on its main process. */
  print(...values: unknown[]): void {
    if (this.isLocalMainProcess) console.log(...values);
  }

  /** Resolves once every replica has called it. */
  async waitForEveryone(): Promise<void> {
    this.collective.barrier("waitForEveryone");
  }

  /**
   * Runs `fn` on the main process first, then on the others: for work that only one process should do first, such as
   * a download. If it fails on the main process it fails everywhere.
   */
  async mainProcessFirst<T>(fn: () => T): Promise<Awaited<T>> {
    requireFunction("mainProcessFirst", fn);
    const first = this.isMainProcess ? await settled(fn) : undefined;
    const fault = this.collective.broadcastObject(first?.fault, 0, "mainProcessFirst");
    if (first) return first.get();
    if (fault === undefined) return await fn();
    throw new AcceleratorError(
      "REPLICA_FAILED",
      `mainProcessFirst failed on the main process: ${fault}`,
    );
  }

  /**
   * `mainProcessFirst` on every host: work that one process of each host should do first. If it fails there it fails on all
   * processes of that host.
   */
  async localMainProcessFirst<T>(fn: () => T): Promise<Awaited<T>> {
    requireFunction("localMainProcessFirst", fn);
    const first = this.isLocalMainProcess ? await settled(fn) : undefined;
    const faults = this.collective.allGatherObject(first?.fault, "localMainProcessFirst");
    if (first) return first.get();
    const fault = faults[this.processIndex - this.localProcessIndex];
    if (fault === undefined) return await fn();
    throw new AcceleratorError(
      "REPLICA_FAILED",
      `localMainProcessFirst failed on the main process of this host: ${fault}`,
    );
  }

  /** A function that runs `fn` on the main process and does nothing elsewhere. */
  onMainProcess<A extends unknown[], R>(fn: (...args: A) => R): (...args: A) => R | undefined {
    requireFunction("onMainProcess", fn);
    return (...args) => (this.isMainProcess ? fn(...args) : undefined);
  }

  /** `onMainProcess` on every host: on its first process. */
  onLocalMainProcess<A extends unknown[], R>(fn: (...args: A) => R): (...args: A) => R | undefined {
    requireFunction("onLocalMainProcess", fn);
    return (...args) => (this.isLocalMainProcess ? fn(...args) : undefined);
  }

  /** A function that runs `fn` on the last process and does nothing elsewhere. */
  onLastProcess<A extends unknown[], R>(fn: (...args: A) => R): (...args: A) => R | undefined {
    requireFunction("onLastProcess", fn);
    return (...args) => (this.isLastProcess ? fn(...args) : undefined);
  }

  /** A function that runs `fn` on one process and does nothing elsewhere; a single process always runs it. */
  onProcess<A extends unknown[], R>(
    index: number,
    fn: (...args: A) => R,
  ): (...args: A) => R | undefined {
    requireTurn("onProcess", index, fn);
    return (...args) =>
      !this.useDistributed || this.processIndex === index ? fn(...args) : undefined;
  }

  /** `onProcess` by the rank on this host: one process of every host that has so many. */
  onLocalProcess<A extends unknown[], R>(
    index: number,
    fn: (...args: A) => R,
  ): (...args: A) => R | undefined {
    requireTurn("onLocalProcess", index, fn);
    return (...args) =>
      !this.useDistributed || this.localProcessIndex === index ? fn(...args) : undefined;
  }

  /**
   * This rank's contiguous part of arrays, typed arrays, tensors (their rows), or a plain object of them of
   * equal length; sizes differ by at most one. Strings and anything else are returned whole.
   *
   * With `applyPadding` every rank gets equally many, the last item repeated, and the parts joined in rank
   * order begin with the whole.
   */
  splitBetweenProcesses<T>(inputs: T, options: SplitOptions = {}): T {
    return splitBetweenRanks(inputs, this.processIndex, this.numProcesses, options);
  }

  /**
   * Concatenates tensors of all ranks along the first axis, in rank order, on every rank; a scalar counts as
   * shape `[1]`. Arrays and plain objects of tensors keep their structure. Shapes must be equal on all ranks:
   * see `padAcrossProcesses`.
   */
  gather<T extends TensorStructure>(value: T): Promise<T> {
    return gatherTensors(value, this.collective);
  }

  /** The values of all ranks in rank order, by structured clone. Nothing is flattened. */
  async gatherObjects<T>(value: T): Promise<T[]> {
    return this.collective.allGatherObject(value, "gatherObjects");
  }

  /** Combines tensors of all ranks element by element. Returns new tensors; the input is untouched. */
  reduce<T extends TensorStructure>(value: T, op: ReduceOp = "sum"): Promise<T> {
    return reduceTensors(value, op, this.collective);
  }

  /** The tensors of one rank on every rank; a `tf.Variable` is overwritten, of a tensor a new one is returned. */
  broadcast<T extends TensorStructure>(value: T, fromProcess = 0): Promise<T> {
    return broadcastTensors(value, fromProcess, this.collective);
  }

  /** The value of one rank on every rank, by structured clone. */
  async broadcastObject<T>(value: T, fromProcess = 0): Promise<T> {
    requireRank("broadcastObject", fromProcess, this.numProcesses);
    return this.collective.broadcastObject(value, fromProcess, "broadcastObject");
  }

  /** Pads tensors along one axis to the longest of all ranks, so that they can be gathered. */
  padAcrossProcesses<T extends TensorStructure>(value: T, options: PadOptions = {}): Promise<T> {
    return padAcrossRanks(value, options, this.collective);
  }
}

function requireTurn(call: string, index: number, fn: unknown): void {
  requireFunction(call, fn);
  if (Number.isInteger(index) && index >= 0) return;
  throw new AcceleratorError(
    "OPTION_INVALID",
    `${call} needs a rank of at least 0, got ${foundArgument(index, `${call}(1, fn)`)}.`,
  );
}

/** The result of `fn`, or what it threw, for later use. */
async function settled<T>(
  fn: () => T,
): Promise<{ fault: string | undefined; get: () => Awaited<T> }> {
  try {
    const value = await fn();
    return { fault: undefined, get: () => value };
  } catch (error) {
    const rethrow = (): never => {
      throw error;
    };
    return { fault: messageOf(error), get: rethrow };
  }
}
