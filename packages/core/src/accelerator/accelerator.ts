import type { Tensor } from "@tensorflow/tfjs-core";
import type { Checkpoints } from "../checkpoint/checkpoints.ts";
import type { FitCallback } from "../fit/fit-callback.ts";
import { type FitCallbackOptions, trackerCallback } from "../fit/tracker-callback.ts";
import { checkOptions } from "../options/check-options.ts";
import { Trigger } from "../process/trigger.ts";
import type { GeneralTracker } from "../tracker-contract/general-tracker.ts";
import type { ImageData } from "../tracker-contract/log-value.ts";
import type { InitTrackersOptions } from "../trackers/session/init-options.ts";
import type { TrackerSession } from "../trackers/session/tracker-session.ts";
import { ARTIFACT_RULES, type ArtifactOptions } from "../trackers/values/artifact.ts";
import type { FigureSource } from "../trackers/values/figure-source.ts";
import type {
  LoggableWithMedia,
  LoggedImage,
  TableSource,
} from "../trackers/values/marked-value.ts";
import type { LoggedMedia } from "../trackers/values/media.ts";
import {
  type LogOptions,
  placementOf,
  REDUCED_LOG_RULES,
  type ReducedLogOptions,
} from "../trackers/values/placement.ts";
import type { FitRuns } from "../train/fit-runs.ts";
import { type AcceleratorOptions, resolveAcceleratorOptions } from "./accelerator-options.ts";
import { makeParts } from "./accelerator-parts.ts";
import { announceRun } from "./announce-run.ts";
import { CheckpointingAccelerator } from "./checkpointing-accelerator.ts";

/**
 * The one object of a training script: it prepares models, optimizers and loaders for the group of
 * replicas, runs backward passes, saves, and logs. Every replica makes its own. Its members only delegate; they are in a
 * file for each topic, and those about the trackers are here.
 */
export class Accelerator extends CheckpointingAccelerator {
  readonly #trackers: TrackerSession;
  readonly #checkpoints: Checkpoints;
  readonly #fits: FitRuns;
  readonly #trigger = new Trigger();

  /** @throws {AcceleratorError} `OPTION_INVALID`, `TRACKER_UNKNOWN`, `TRACKER_INVALID`, `TRACKER_NEEDS_DIRECTORY`. */
  constructor(options: AcceleratorOptions = {}) {
    const parts = makeParts(resolveAcceleratorOptions(options));
    super(parts);
    this.#trackers = parts.trackers;
    this.#checkpoints = parts.checkpoints;
    this.#fits = parts.training.fits;
  }

  /** Marks this rank for the next `checkTrigger`: one rank has found a reason to stop, or to save. */
  setTrigger(): void {
    this.#trigger.set();
  }

  /** Whether any rank has called `setTrigger` since the last check; true on all of them, once. Collective. */
  async checkTrigger(): Promise<boolean> {
    return this.#trigger.check(this.collective);
  }

  /**
   * Starts the trackers of `logWith` and passes them the configuration. Call it on every rank; only the main
   * process records. If the run is kept, one line on standard error says how to look at it.
   *
   * @throws {AcceleratorError} `TRACKER_…`, `STATE_INVALID` on a second call.
   */
  async initTrackers(projectName: string, options: InitTrackersOptions = {}): Promise<void> {
    await this.#trackers.init(projectName, options, await this.#checkpoints.resumePoint());
    const run = this.#trackers.keptRun;
    if (run) announceRun(run);
  }

  /**
   * Records values of the main process on every tracker. Never waits: tensors are read when the backend has
   * them, and the caller may dispose them at once. A `Map` is logged as an object, a `Set` as a list, an instance as what it
   * writes of itself (`toJSON`, `toString`) or as its fields. A value that cannot be copied, such as a promise or an object that
   * contains itself, is left out with a warning; the others are logged. With `reduce` every rank makes the call, and the
   * values of all ranks become one: `"mean"`, `"min"`, `"max"`, `"sum"`, or `"perRank"` for `loss/rank_0` and so on.
   *
   * @throws {AcceleratorError} `VALUE_INVALID`, `TENSOR_DISPOSED`, `OPTION_INVALID` for a step that is no
   *   integer, `STATE_INVALID` before `initTrackers`, `TRACKERS_CLOSED` after `endTraining`.
   */
  log(
    values: { readonly [key: string]: LoggableWithMedia },
    options: ReducedLogOptions = {},
  ): void {
    const placement = placementOf("log", options, REDUCED_LOG_RULES);
    if (options.reduce !== undefined) {
      this.#trackers.logReduced(values, placement, options.reduce);
      return;
    }
    this.#trackers.log(values, placement);
    this.#checkpoints.noteLogged(values);
  }

  /** Records the `fingerprint` of this moment under this name, and returns it. Collective: every rank makes the call. */
  async logFingerprint(options: LogOptions = {}): Promise<string> {
    const placement = placementOf("logFingerprint", options); // before the hash is taken
    const fingerprint = await this.fingerprint();
    this.#trackers.log({ fingerprint }, placement);
    return fingerprint;
  }

  /**
   * A callback for `model.fit` and `model.fitDataset` that logs the losses and the metrics on every tracker:
   * `callbacks: accelerator.fitCallback()`, or in a list with others. Call it on every rank, after `initTrackers`.
   *
   * @throws {AcceleratorError} `OPTION_INVALID`.
   */
  fitCallback(options: FitCallbackOptions = {}): FitCallback {
    const trained = () => this.#fits.running?.batches ?? 0;
    return trackerCallback((values, placement) => this.log(values, placement), trained, options);
  }

  /** Records images on every tracker that can; like `log`. Tensors count as `[height, width, channels]`. */
  logImages(
    images: Readonly<Record<string, ImageData | Tensor | LoggedImage>>,
    options: LogOptions = {},
  ): void {
    const placement = placementOf("logImages", options);
    this.#trackers.logImages(images, placement);
  }

  /** Records tables on every tracker that can; like `log`. */
  logTable(tables: Readonly<Record<string, TableSource>>, options: LogOptions = {}): void {
    const placement = placementOf("logTable", options);
    this.#trackers.logTables(tables, placement);
  }

  /**
   * Records figures on every tracker that can; like `log`. A figure is what `Plotly.newPlot` takes, `{ data, layout }`, or a
   * specification of Vega-Lite, also as an object with `toSpec`. Arrays may be typed arrays or tensors. NaN and infinities are
   * gaps. Trackers without Plotly or Vega-Lite get a picture, which needs the package `@acc/figures`.
   *
   * @throws {AcceleratorError} `VALUE_INVALID` for what is neither, or holds a function, itself, or data at an address.
   */
  logFigure(figures: Readonly<Record<string, FigureSource>>, options: LogOptions = {}): void {
    const placement = placementOf("logFigure", options);
    this.#trackers.logFigures(figures, placement);
  }

  /**
   * Records audio, videos and HTML pages on every tracker that can; like `log`, which takes them among its values too. A file
   * is read after the call: do not change it until `endTraining`. All media of a call may have 100 MiB.
   *
   * @throws {AcceleratorError} `VALUE_INVALID` naming what is none, empty or too large.
   */
  logMedia(media: Readonly<Record<string, LoggedMedia>>, options: LogOptions = {}): void {
    const placement = placementOf("logMedia", options);
    this.#trackers.logMedia(media, placement);
  }

  /**
   * Stores a file or a folder with the run, on every tracker that supports it; like `log`. Links in a folder are taken if they lead to
   * files. Its content is read after
   * the call: do not change it until `endTraining`.
   *
   * @throws {AcceleratorError} `VALUE_INVALID` if there is nothing at the path.
   */
  logArtifact(path: string, options: ArtifactOptions = {}): void {
    const placement = placementOf("logArtifact", options, ARTIFACT_RULES);
    this.#trackers.logArtifact(path, options, placement);
  }

  /**
   * The trackers that record on this rank: those of the main process, and elsewhere trackers of your own that run on every
   * rank. Empty before `initTrackers`.
   */
  get trackers(): GeneralTracker[] {
    return this.#trackers.recording;
  }

  /**
   * A tracker by name: on the main process the tracker, elsewhere one that does nothing. `unwrap` gives its
   * native run object; when the tracker runs on the host thread, await what its members return.
   *
   * @throws {AcceleratorError} `TRACKER_UNKNOWN`, on every rank.
   */
  getTracker(name: string): GeneralTracker;
  // biome-ignore lint/suspicious/noExplicitAny: the native object is the tracker's own
  getTracker(name: string, options: { readonly unwrap: true }): any;
  getTracker(name: string, options: { readonly unwrap?: boolean } = {}): unknown {
    checkOptions("getTracker", options, { unwrap: "boolean" });
    const tracker = this.#trackers.find(name);
    return options.unwrap ? tracker.tracker : tracker;
  }

  /**
   * Resolves once everything logged so far is on the disk: call it where you save a checkpoint. Delivery to services
   * continues in the background.
   */
  async flush(): Promise<void> {
    await this.#trackers.flush();
  }

  /**
   * Waits until checkpoints are on the disk, and closes every tracker once all that was logged is recorded. Call it on every
   * rank, at the end.
   */
  async endTraining(): Promise<void> {
    await this.#checkpoints.close();
    await this.#trackers.finish("success");
  }
}
