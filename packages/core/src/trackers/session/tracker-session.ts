import type { Tensor } from "@tensorflow/tfjs-core";
import type { RemoteHub } from "../../context/remote-hub.ts";
import type { Keeping, ResumePoint, RunPlace } from "../../context/tracker-request.ts";
import { AcceleratorError } from "../../errors.ts";
import { LoggerType } from "../../logger-type.ts";
import type { GeneralTracker } from "../../tracker-contract/general-tracker.ts";
import type { FinishStatus, ImageData, RunConfig } from "../../tracker-contract/log-value.ts";
import type { PostedMediaEvent, TrackerEvent } from "../../tracker-contract/tracker-event.ts";
import type { TrackerLogOptions } from "../../tracker-contract/tracker-options.ts";
import { BlankTracker } from "../select/blank-tracker.ts";
import type { TrackerSelection } from "../select/log-with.ts";
import { checkLogOptions, checkTrackerNames } from "../select/tracker-options-check.ts";
import { type ArtifactOptions, locateArtifact } from "../values/artifact.ts";
import { type LogReduction, requireReducible } from "../values/combine.ts";
import type { FigureSource } from "../values/figure-source.ts";
import type { LoggableWithMedia, LoggedImage, TableSource } from "../values/marked-value.ts";
import type { LoggedMedia } from "../values/media.ts";
import type { Placement } from "../values/placement.ts";
import { PlainCopy } from "../values/plain-copy.ts";
import { RefusedValues } from "../values/refused-values.ts";
import {
  copyScalars,
  requireValues,
  snapshot,
  snapshotFigures,
  snapshotImages,
  snapshotMedia,
  snapshotTables,
  snapshotValues,
} from "../values/snapshot.ts";
import {
  checkInitOptions,
  DELIVERY_TIMEOUT_MS,
  type InitTrackersOptions,
  requireProjectName,
} from "./init-options.ts";
import { resolveMonitoring } from "./monitoring-options.ts";
import { addOpenSession, removeOpenSession } from "./open-sessions.ts";
import { ReducedLog } from "./reduced-log.ts";
import { SendOrder } from "./send-order.ts";
import { SessionTrackers } from "./session-trackers.ts";

export type TrackerSessionOptions = {
  readonly selection: TrackerSelection;
  readonly loggingDir: string | undefined;
  /** Why the run is kept; undefined if it is not. */
  readonly keeping: Keeping | undefined;
  /** The hub on another thread. */
  readonly remote: RemoteHub;
  /** This replica among the others. */
  readonly rank: number;
  readonly worldSize: number;
  /** Path of the training script. */
  readonly script: string | undefined;
};

type Phase = "new" | "open" | "finished";

/** Sessions that this thread has made. */
let numSessions = 0;

/** The trackers of one accelerator, seen from its replica: what is logged is checked, copied, and sent in order. */
export class TrackerSession {
  readonly #options: TrackerSessionOptions;
  readonly #trackers: SessionTrackers;
  readonly #refused = new RefusedValues((message) => {
    if (this.#isMainProcess) process.emitWarning(message);
  });
  #phase: Phase = "new";
  readonly #order = new SendOrder();
  /** The highest step of what was logged. */
  #lastStep: number | undefined;

  readonly #index = numSessions++;
  #reduced: ReducedLog | undefined;

  constructor(options: TrackerSessionOptions) {
    this.#options = options;
    this.#trackers = new SessionTrackers({
      ...{ selection: options.selection, remote: options.remote },
      ...{ isMainProcess: this.#isMainProcess, refuse: (call) => this.#refused.of(call) },
      postHosted: (event) => this.#postHosted(event),
    });
    // Other ranks may log before the main process does.
    const mayLog = this.#names.length > 0 || options.keeping !== undefined;
    if (this.#isMainProcess && options.worldSize > 1 && mayLog) this.#reducedLog();
  }

  get #isMainProcess(): boolean {
    return this.#options.rank === 0;
  }

  get #names(): string[] {
    const { selection, keeping } = this.#options;
    const names = [...selection.sources, ...selection.instances].map(({ name }) => name);
    return keeping === "asked" ? [...names, LoggerType.Local] : names;
  }

  /** On all ranks alike. That runs are kept by default makes no call wrong which would be right without trackers. */
  get #isEmpty(): boolean {
    const isKept = this.#options.keeping !== undefined && this.#phase === "open";
    return this.#names.length === 0 && !isKept;
  }

  /**
   * Creates and starts the trackers, then hands them the configuration.
   *
   * @param resume where the run goes on; absent for a new run.
   * @throws {AcceleratorError} `STATE_INVALID` on a second call, `TRACKER_…` as `createTrackers` says.
   */
  async init(
    projectName: string,
    options: InitTrackersOptions,
    resume?: ResumePoint,
  ): Promise<void> {
    requireProjectName(projectName);
    if (this.#phase !== "new") {
      throw new AcceleratorError(
        "STATE_INVALID",
        "initTrackers was called already; call it once per run.",
      );
    }
    checkInitOptions(options);
    checkTrackerNames("initOptions", options.initOptions ?? {}, this.#names);
    const given = requireValues(options.config ?? {});
    const config: RunConfig = await snapshotValues(given, this.#refused.of("config"));
    const { keeping, script } = this.#options;
    const request = {
      ...{ projectName, loggingDir: this.#options.loggingDir, script },
      initOptions: options.initOptions ?? {},
      config: options.config === undefined ? undefined : config,
      strict: options.strict ?? false,
      deliveryTimeoutMs: options.deliveryTimeoutMs ?? DELIVERY_TIMEOUT_MS,
      monitoring: resolveMonitoring(options.monitoring),
      ...(keeping && { keeping }),
    };
    this.#lastStep = resume?.step;
    await this.#trackers.open(request, resume);
    this.#phase = "open";
    if (!this.#isEmpty) addOpenSession(this);
  }

  /** Records values on every tracker. Returns at once; tensors are read when the backend has them. */
  log(values: { readonly [key: string]: LoggableWithMedia }, placement: Placement): void {
    const at = this.#requireOpen("log", placement);
    if (!at) return;
    const scalars = copyScalars(requireValues(values));
    if (scalars) {
      this.#sendRead(scalars, (copy) => ({ type: "metrics", values: copy, ...at }));
      return;
    }
    // Everything is copied before the first event is sent: if an image is refused, nothing is logged.
    const { metrics, images, tables, figures, media } = snapshot(values, this.#refused.of("log"));
    if (metrics) this.#sendRead(metrics, (copy) => ({ type: "metrics", values: copy, ...at }));
    if (images) this.#sendRead(images, (copy) => ({ type: "images", values: copy, ...at }));
    if (tables) this.#sendRead(tables, (copy) => ({ type: "tables", values: copy, ...at }));
    if (figures) this.#sendRead(figures, (copy) => ({ type: "figures", values: copy, ...at }));
    if (media) this.#sendRead(media, (copy) => ({ type: "postedMedia", values: copy, ...at }));
  }

  /** Records values that are combined over all ranks. Returns at once on every rank. */
  logReduced(
    values: { readonly [key: string]: LoggableWithMedia },
    placement: Placement,
    reduce: LogReduction,
  ): void {
    const reduction = requireReducible(requireValues(values), reduce);
    const isMainProcess = this.#isMainProcess;
    const at = this.#requireOpen("log", placement);
    if (isMainProcess ? !at : this.#isEmpty) return;
    const own = copyScalars(values) ?? snapshotValues(values, this.#refused.of("log"));
    const combined = this.#reducedLog().add(own, placement.context.step, reduction);
    if (at) {
      const whole = combined.then((copy) => copy ?? {});
      this.#sendRead(whole, (copy) => ({ type: "metrics", values: copy, ...at }));
    } else combined.catch((error: unknown) => process.emitWarning(error as Error));
  }

  /** Records images on every tracker that can. Returns at once. */
  logImages(
    images: Readonly<Record<string, ImageData | Tensor | LoggedImage>>,
    placement: Placement,
  ): void {
    const at = this.#requireOpen("logImages", placement);
    if (!at) return;
    const copies = snapshotImages(Object.entries(images));
    this.#sendRead(copies, (values) => ({ type: "images", values, ...at }));
  }

  /** Records tables on every tracker that can. Returns at once. */
  logTables(tables: Readonly<Record<string, TableSource>>, placement: Placement): void {
    const at = this.#requireOpen("logTable", placement);
    if (!at) return;
    const copies = snapshotTables(Object.entries(tables), this.#refused.of("logTable"));
    this.#sendRead(copies, (values) => ({ type: "tables", values, ...at }));
  }

  /** Records figures on every tracker that can. Returns at once. */
  logFigures(figures: Readonly<Record<string, FigureSource>>, placement: Placement): void {
    const at = this.#requireOpen("logFigure", placement);
    if (!at) return;
    const given = requireValues(figures, "logFigure", "{ confusion: { data, layout } }");
    const copies = snapshotFigures(Object.entries(given));
    this.#sendRead(copies, (values) => ({ type: "figures", values, ...at }));
  }

  /** Records audio, videos and pages on every tracker that can. Returns at once. */
  logMedia(media: Readonly<Record<string, LoggedMedia>>, placement: Placement): void {
    const at = this.#requireOpen("logMedia", placement);
    if (!at) return;
    const given = requireValues(media, "logMedia", "{ speech: audio(…) }");
    const copies = snapshotMedia(Object.entries(given));
    this.#sendRead(copies, (values) => ({ type: "postedMedia", values, ...at }));
  }

  /** Keeps a file or folder with the run, on every tracker that can. Returns at once. */
  logArtifact(path: string, options: ArtifactOptions, placement: Placement): void {
    if (!this.#isMainProcess) return;
    const artifact = locateArtifact(path, options);
    const at = this.#requireOpen("logArtifact", placement);
    if (!at) return;
    this.#sendRead(artifact, (value) => ({ type: "artifact", artifact: value, ...at }));
  }

  /** The run that is kept; undefined before `init`, on other ranks, and if it has no journal. */
  get keptRun(): RunPlace | undefined {
    return this.#options.keeping && this.#trackers.run;
  }

  /** The trackers that record on this rank; none before `init`. */
  get recording(): GeneralTracker[] {
    return this.#names.flatMap((name) => this.#trackers.find(name) ?? []);
  }

  /** @throws {AcceleratorError} `TRACKER_UNKNOWN` listing the trackers of this run. */
  find(name: string): GeneralTracker {
    const names = this.#names;
    if (!names.includes(name)) {
      throw new AcceleratorError(
        "TRACKER_UNKNOWN",
        `This run has no tracker "${name}"; it has ${names.join(", ") || "none"}. Add it to logWith.`,
      );
    }
    return this.#trackers.find(name) ?? new BlankTracker(name);
  }

  /**
   * Marks the place of a checkpoint among what was logged. `flush` then makes sure that what lies before it is on the disk.
   *
   * @returns what a run needs to go on from there; undefined if no tracker has a journal.
   */
  mark(checkpoint: string): ResumePoint | undefined {
    const run = this.#phase === "open" ? this.#trackers.run : undefined;
    if (!run) return undefined;
    this.#order.send(undefined, () => this.#trackers.mark(checkpoint));
    return { ...run, checkpoint, step: this.#lastStep };
  }

  /** Resolves once everything logged so far is on the disk. */
  async flush(): Promise<void> {
    await this.#order.settled();
    if (this.#phase === "open") await this.#trackers.flush();
  }

  /** Waits for what was logged, then closes every tracker. A second call does nothing. */
  async finish(status: FinishStatus): Promise<void> {
    if (this.#phase !== "open") return;
    this.#phase = "finished";
    removeOpenSession(this);
    await this.#order.settled();
    this.#reduced?.close();
    await this.#trackers.finish(status);
    if (this.#order.error !== undefined) throw this.#order.error;
  }

  /** @returns the placement with options of our own; undefined if there is no tracker, or this rank does not record. */
  #requireOpen(method: string, placement: Placement): Placement | undefined {
    if (!this.#isMainProcess) return undefined;
    const { context, logOptions } = placement;
    const { step = this.#lastStep } = context;
    if (step !== undefined) this.#lastStep = Math.max(step, this.#lastStep ?? step);
    if (logOptions) checkLogOptions(logOptions, this.#names, this.#trackers.logOptionRules);
    if (this.#isEmpty) return undefined;
    if (this.#phase === "open") {
      if (!logOptions) return placement;
      const copy = new PlainCopy(this.#refused.of(`${method}, logOptions`)).copy(logOptions);
      return { context, logOptions: copy as TrackerLogOptions };
    }
    throw new AcceleratorError(
      this.#phase === "new" ? "STATE_INVALID" : "TRACKERS_CLOSED",
      this.#phase === "new"
        ? `${method} was called before initTrackers: await accelerator.initTrackers(projectName) first.`
        : `${method} was called after endTraining: the trackers are closed. Log before it.`,
    );
  }

  #reducedLog(): ReducedLog {
    const { rank, worldSize } = this.#options;
    const warn = (message: string) => process.emitWarning(message, "AcceleratorWarning");
    this.#reduced ??= new ReducedLog({ rank, worldSize, index: this.#index, warn });
    return this.#reduced;
  }

  /** Sends an event of one hosted tracker, with copies of what can cross threads. */
  #postHosted(event: TrackerEvent): void {
    const refuse = this.#refused.of(`${event.target}, ${event.type}`);
    const copy = snapshotValues(event, refuse) as unknown as TrackerEvent;
    this.#order.send(copy, (read) => this.#trackers.postRemote(read));
  }

  #sendRead<T>(copy: T | Promise<T>, toEvent: (copy: T) => TrackerEvent | PostedMediaEvent): void {
    this.#order.send(copy, (read) => this.#trackers.post(toEvent(read)));
  }
}
