import { keep } from "@tensorflow/tfjs-core";
import type { PreparedDataLoader } from "../data/prepared-data-loader.ts";
import { skipFirstBatches } from "../data/skip-first-batches.ts";
import { EpochCollector } from "../operations/epoch-collector.ts";
import { gatherForMetrics } from "../operations/gather-for-metrics.ts";
import { type TensorStructure, tensorsOf } from "../operations/tensor-structure.ts";
import { requireFunction } from "../options/require-function.ts";
import { profile } from "../profile/profile.ts";
import type { ProfileOptions } from "../profile/profile-options.ts";
import type { Profiler } from "../profile/profiler.ts";
import { withoutGradients } from "../step/autograd.ts";
import { AcceleratorState } from "./accelerator-state.ts";

/** The members of the accelerator that evaluate and measure, besides collectives. */
export abstract class EvaluatingAccelerator extends AcceleratorState {
  /** Runs `fn`, also across its awaits, without recording operations for `backward`: for evaluation. */
  noGrad<T>(fn: () => T): T {
    requireFunction("noGrad", fn);
    return withoutGradients(fn);
  }

  /**
   * Like `gather`, but on the last batch without the samples that were added to complete it. Also takes a
   * list per rank, one entry per sample: the lists are joined.
   */
  gatherForMetrics<T extends TensorStructure | readonly unknown[]>(value: T): Promise<T> {
    return gatherForMetrics(value, this.gradientState, this.collective);
  }

  /**
   * Collects results over a whole pass of a loader, each sample once: `add(results)` in every step, then
   * `await collect()` gives every rank as many rows as the pass has samples, in its order.
   */
  epochCollector<T extends TensorStructure | readonly unknown[]>(): EpochCollector<T> {
    return new EpochCollector(() => this.gradientState.batchRows, this.collective);
  }

  /**
   * Runs `body` and records the phases of its steps on every rank: loader, forward, backward, exchange, waiting, optimizer. With
   * `outputTraceDir` each rank writes a trace that Chrome (`chrome://tracing`) and Perfetto show; the files of all ranks
   * have one time axis. Without a call of it nothing is measured. Collective at its end, when all traces are written.
   *
   * @param options `schedule` records some steps only; `onTraceReady` gets the sums.
   * @param body calls `profiler.step()` at the end of each step.
   * @throws {AcceleratorError} `OPTION_INVALID`, `STATE_INVALID` inside another call, `PROFILE_FAILED` on every rank if a
   *   trace cannot be written.
   */
  profile<T>(options: ProfileOptions, body: (profiler: Profiler) => T): Promise<Awaited<T>> {
    return profile(options, body, this.collective);
  }

  /** Holds tensors beyond the step that made them. The caller disposes them. */
  keep<T extends TensorStructure>(value: T): T {
    for (const tensor of tensorsOf(value)) keep(tensor);
    return value;
  }

  /** The loader without the first steps of each of its passes; see the function of the same name. */
  skipFirstBatches<Batch>(
    loader: PreparedDataLoader<Batch>,
    numBatches: number,
  ): PreparedDataLoader<Batch> {
    return skipFirstBatches(loader, numBatches);
  }
}
