import type { Tensor } from "@tensorflow/tfjs-core";
import { AcceleratorError } from "../errors.ts";
import { BlankTracker } from "./blank-tracker.ts";
import { loadPlugins } from "./create-trackers.ts";
import type { GeneralTracker } from "./general-tracker.ts";
import { HostedTracker } from "./hosted-tracker.ts";
import type { ArtifactData, FinishStatus, ImageData, RunConfig } from "./log-value.ts";
import type { TrackerSelection } from "./log-with.ts";
import type { Loggable } from "./loggable.ts";
import { type LoggableWithMedia, sortMedia, type TableSource } from "./media.ts";
import { addOpenSession, removeOpenSession } from "./open-sessions.ts";
import type { Placement } from "./placement.ts";
import type { RemoteHub } from "./remote-hub.ts";
import {
  copyScalars,
  requireValues,
  snapshotImages,
  snapshotTables,
  snapshotValues,
} from "./snapshot.ts";
import type { TrackerEvent } from "./tracker-event.ts";
import type { TrackerHub } from "./tracker-hub.ts";
import type { TrackerInitOptions } from "./tracker-options.ts";

/** Options of `initTrackers`. */
export type InitTrackersOptions = {
  /** Hyperparameters of the run. */
  readonly config?: { readonly [key: string]: Loggable };
  /** Options for the named trackers, by name. */
  readonly initOptions?: TrackerInitOptions;
  /** A tracker that fails ends training instead of warning once. */
  readonly strict?: boolean;
  /**
   * How long `endTraining` waits for services, in milliseconds; what they have not got by then stays in the journal for
   * `acc sync`. Default 30 000.
   */
  readonly deliveryTimeoutMs?: number;
};

export type TrackerSessionOptions = {
  readonly selection: TrackerSelection;
  readonly loggingDir: string | undefined;
  /** The hub on another thread. */
  readonly remote: RemoteHub;
  readonly isMainProcess: boolean;
  /** Path of the training script. */
  readonly script: string | undefined;
};

/** How long trackers of services have at the end of a run. */
const DELIVERY_TIMEOUT_MS = 30_000;

type Phase = "new" | "open" | "finished";

/**
 * The trackers of one accelerator, seen from its replica. Named trackers run on the host thread when there
 * is one; instances, and plugins that only this thread knows, run here.
 */
export class TrackerSession {
  readonly #options: TrackerSessionOptions;
  /** Trackers that run on this thread. */
  #local: TrackerHub | undefined;
  readonly #hosted = new Map<string, HostedTracker>();
  #phase: Phase = "new";
  /** Events wait for the tensors of earlier ones: trackers see them in the order they were logged. */
  #pending: Promise<void> | undefined;
  #readError: unknown;

  constructor(options: TrackerSessionOptions) {
    this.#options = options;
  }

  get #isEmpty(): boolean {
    const { sources, instances } = this.#options.selection;
    return sources.length === 0 && instances.length === 0;
  }

  /**
   * Creates and starts the trackers, then hands them the configuration.
   *
   * @throws {AcceleratorError} `STATE_INVALID` on a second call, `TRACKER_…` as `createTrackers` says.
   */
  async init(projectName: string, options: InitTrackersOptions): Promise<void> {
    requireProjectName(projectName);
    if (this.#phase !== "new") {
      throw new AcceleratorError(
        "STATE_INVALID",
        "initTrackers was called already; call it once per run.",
      );
    }
    const config = (await snapshotValues(requireValues(options.config ?? {}))) as RunConfig;
    const { selection, remote, isMainProcess, script } = this.#options;
    const request = {
      ...{ projectName, loggingDir: this.#options.loggingDir, script },
      initOptions: options.initOptions ?? {},
      config: options.config === undefined ? undefined : config,
      strict: options.strict ?? false,
      deliveryTimeoutMs: resolveDeliveryTimeout(options.deliveryTimeoutMs),
    };
    const onHost = selection.sources.filter((source) => source.moduleUrl);
    const here = selection.sources.filter((source) => !onHost.includes(source));
    const mine = selection.instances.filter((tracker) => isMainProcess || !tracker.mainProcessOnly);
    if (isMainProcess) await loadPlugins(here, request.loggingDir); // before anything is started
    if (isMainProcess && onHost.length > 0) {
      const natives = await remote.start({ ...request, sources: onHost });
      for (const [index, { name }] of onHost.entries()) {
        this.#hosted.set(
          name,
          new HostedTracker(name, natives[index], (event) => remote.post(event)),
        );
      }
    }
    const local = { ...request, sources: isMainProcess ? here : [] };
    if (local.sources.length > 0 || mine.length > 0) {
      // Imported only here: few scripts have trackers of their own.
      const { TrackerHub } = await import("./tracker-hub.ts");
      this.#local = new TrackerHub((message) => process.emitWarning(message));
      await this.#local.open(local, { instances: mine, journaled: false });
    }
    this.#phase = "open";
    if (!this.#isEmpty) addOpenSession(this);
  }

  /** Records values on every tracker. Returns at once; tensors are read when the backend has them. */
  log(values: { readonly [key: string]: LoggableWithMedia }, placement: Placement): void {
    if (!this.#requireOpen("log")) return;
    const scalars = copyScalars(requireValues(values));
    if (scalars) {
      this.#sendRead(scalars, (copy) => ({ type: "metrics", values: copy, ...placement }));
      return;
    }
    const { plain, images, tables } = sortMedia(values);
    const hasImages = Object.keys(images).length > 0;
    const hasTables = Object.keys(tables).length > 0;
    // All copies are taken before the first is sent: a value that is refused leaves nothing behind.
    const copies = {
      metrics: snapshotValues(plain),
      images: hasImages ? snapshotImages(images) : undefined,
      tables: hasTables ? snapshotTables(tables) : undefined,
    };
    if (Object.keys(plain).length > 0 || !(hasImages || hasTables)) {
      this.#sendRead(copies.metrics, (values) => ({ type: "metrics", values, ...placement }));
    }
    if (copies.images) {
      this.#sendRead(copies.images, (values) => ({ type: "images", values, ...placement }));
    }
    if (copies.tables) {
      this.#sendRead(copies.tables, (values) => ({ type: "tables", values, ...placement }));
    }
  }

  /** Records images on every tracker that can. Returns at once. */
  logImages(images: Readonly<Record<string, ImageData | Tensor>>, placement: Placement): void {
    if (!this.#requireOpen("logImages")) return;
    this.#sendRead(snapshotImages(images), (values) => ({ type: "images", values, ...placement }));
  }

  /** Records tables on every tracker that can. Returns at once. */
  logTables(tables: Readonly<Record<string, TableSource>>, placement: Placement): void {
    if (!this.#requireOpen("logTable")) return;
    this.#sendRead(snapshotTables(tables), (values) => ({ type: "tables", values, ...placement }));
  }

  /** Keeps a file or folder with the run, on every tracker that can. Returns at once. */
  logArtifact(artifact: ArtifactData, placement: Placement): void {
    if (!this.#requireOpen("logArtifact")) return;
    this.#sendRead(artifact, (value) => ({ type: "artifact", artifact: value, ...placement }));
  }

  /** @throws {AcceleratorError} `TRACKER_UNKNOWN` listing the trackers of this run. */
  find(name: string): GeneralTracker {
    const { sources, instances } = this.#options.selection;
    const names = [...sources, ...instances].map((tracker) => tracker.name);
    if (!names.includes(name)) {
      throw new AcceleratorError(
        "TRACKER_UNKNOWN",
        `This run has no tracker "${name}"; it has ${names.join(", ") || "none"}. Add it to logWith.`,
      );
    }
    return this.#local?.find(name) ?? this.#hosted.get(name) ?? new BlankTracker(name);
  }

  /** Resolves once everything logged so far is on the disk. */
  async sync(): Promise<void> {
    await this.#pending;
    if (this.#phase === "open" && this.#hosted.size > 0) await this.#options.remote.sync();
  }

  /** Waits for what was logged, then closes every tracker. A second call does nothing. */
  async finish(status: FinishStatus): Promise<void> {
    if (this.#phase !== "open") return;
    this.#phase = "finished";
    removeOpenSession(this);
    await this.#pending;
    const closing = [this.#local?.finish(status)];
    if (this.#hosted.size > 0) closing.push(this.#options.remote.finish(status));
    const results = await Promise.allSettled(closing);
    const failed = results.find((result) => result.status === "rejected");
    if (failed) throw failed.reason;
    if (this.#readError !== undefined) throw this.#readError;
  }

  /** @returns false if there is nothing to log to. */
  #requireOpen(method: string): boolean {
    if (this.#isEmpty) return false;
    if (this.#phase === "open") return true;
    throw new AcceleratorError(
      this.#phase === "new" ? "STATE_INVALID" : "TRACKERS_CLOSED",
      this.#phase === "new"
        ? `${method} was called before initTrackers: await accelerator.initTrackers(projectName) first.`
        : `${method} was called after endTraining: the trackers are closed. Log before it.`,
    );
  }

  /** Sends what was read, at once if nothing is waiting, else in its turn. */
  #sendRead<T>(copy: T | Promise<T>, toEvent: (copy: T) => TrackerEvent): void {
    if (!(copy instanceof Promise) && !this.#pending) {
      this.#send(toEvent(copy));
      return;
    }
    const tail = (this.#pending ?? Promise.resolve())
      .then(async () => this.#send(toEvent(await copy)))
      .catch((error: unknown) => {
        this.#readError ??= error;
      });
    this.#pending = tail;
    void tail.then(() => {
      if (this.#pending === tail) this.#pending = undefined;
    });
  }

  #send(event: TrackerEvent): void {
    this.#local?.post(event);
    if (this.#hosted.size > 0) this.#options.remote.post(event);
  }
}

function requireProjectName(projectName: string): void {
  if (typeof projectName === "string" && projectName.trim() !== "") return;
  throw new AcceleratorError(
    "OPTION_INVALID",
    `initTrackers needs a project name, a non-empty string; got ${String(projectName)}.`,
  );
}

function resolveDeliveryTimeout(timeoutMs = DELIVERY_TIMEOUT_MS): number {
  if (timeoutMs >= 0 && timeoutMs < 2 ** 31) return timeoutMs;
  throw new AcceleratorError(
    "OPTION_INVALID",
    `initTrackers: deliveryTimeoutMs must be at least 0 and below 2 ** 31, got ${timeoutMs}.`,
  );
}
