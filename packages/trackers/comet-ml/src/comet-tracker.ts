import { join } from "node:path";
import {
  AcceleratorError,
  type ArtifactData,
  type DeliveredEvent,
  type FinishStatus,
  GeneralTracker,
  type ImageData,
  type LogContext,
  type LogValues,
  type RunConfig,
  type TableData,
  type TrackerCreation,
  type TrackerState,
} from "@acc/core";
import { LeftOut } from "@acc/tracker-kit";
import { CometExperiment } from "./comet-experiment.ts";
import type { CometOptions } from "./comet-options.ts";
import { CometService } from "./comet-service.ts";
import type { Destination } from "./destination.ts";
import { MessageBuilder } from "./message-builder.ts";
import { type ArchiveState, OfflineArchive } from "./offline-archive.ts";
import { OnlineDelivery, type OnlineState } from "./online-delivery.ts";
import { recordEvent } from "./record-event.ts";
import { EMPTY_RECORDING, type RecordingState } from "./recording-state.ts";
import { type CometSettings, findApiKey, findUrl, resolveSettings, rootOf } from "./settings.ts";

/** What is stored of a recording. */
type CometState = {
  readonly settings: CometSettings;
  readonly recording: RecordingState;
  readonly archive?: ArchiveState;
  readonly online?: OnlineState;
};

/**
 * Records a run as a Comet experiment, at the service or in an archive for `comet upload`: numbers and booleans as
 * metrics, texts and lists as others, the configuration as parameters, images, tables and files as assets.
 */
export class CometTracker extends GeneralTracker {
  readonly name = "comet_ml";
  readonly requiresLoggingDirectory = false;
  readonly #creation: TrackerCreation;
  readonly #options: CometOptions;
  readonly #leftOut: LeftOut;
  readonly #experiment: CometExperiment;
  readonly #settings: CometSettings;
  #destination: Destination | undefined;
  #recording: RecordingState;
  #isSaved: boolean;

  /** @throws {AcceleratorError} `OPTION_INVALID` naming the option. */
  constructor(creation: TrackerCreation) {
    super();
    const { run, options, projectName } = creation;
    this.#creation = creation;
    this.#options = options as CometOptions;
    const previous = run.state as CometState | undefined;
    // Another process goes on where this recording began, whatever its own environment says.
    this.#settings =
      previous?.settings ?? resolveSettings(this.#options, { projectName, runId: run.id });
    this.#recording = previous?.recording ?? EMPTY_RECORDING;
    this.#isSaved = previous !== undefined;
    this.#leftOut = new LeftOut("Comet", (message) => run.warn(message));
    this.#experiment = new CometExperiment(
      () => this.#key,
      (event) => run.post({ ...event, target: this.name }),
    );
  }

  /** The experiment, with the calls of Comet's client. */
  get tracker(): CometExperiment {
    return this.#experiment;
  }

  override start(): void {
    this.#destination = this.#createDestination(this.#settings);
  }

  override storeInitConfiguration(values: RunConfig): void {
    this.#creation.run.post({ type: "config", values, target: this.name });
  }

  override log(values: LogValues, context: LogContext): void {
    this.#creation.run.post({
      type: "metrics",
      values,
      context: timed(context),
      target: this.name,
    });
  }

  override logImages(values: Record<string, ImageData>, context: LogContext): void {
    this.#creation.run.post({ type: "images", values, context: timed(context), target: this.name });
  }

  override logTable(values: Record<string, TableData>, context: LogContext): void {
    this.#creation.run.post({ type: "tables", values, context: timed(context), target: this.name });
  }

  override logArtifact(artifact: ArtifactData, context: LogContext): void {
    this.#creation.run.post({
      type: "artifact",
      artifact,
      context: timed(context),
      target: this.name,
    });
  }

  override async deliver(events: readonly DeliveredEvent[], signal: AbortSignal): Promise<void> {
    const destination = this.#requireDestination();
    if (!this.#isSaved) await this.#save();
    const { run } = this.#creation;
    const builder = new MessageBuilder(this.#recording, {
      runId: run.id,
      nestedMetrics: this.#options.nestedMetrics ?? "path",
    });
    if (!this.#recording.isOpened) {
      const { name, tags, online } = this.#settings;
      builder.open({ name, tags, isOffline: !online });
    }
    for (const event of events) recordEvent(builder, event, run.startedMs);
    await destination.send(builder.messages, signal);
    this.#recording = builder.state;
    for (const { what, advice } of builder.leftOut) this.#leftOut.add(what, advice);
    if (events.some((event) => event.type === "call" && event.method === "end")) {
      // The events are recorded: an error here must not bring them again.
      await destination.flush().catch((error: Error) => {
        run.warn(`The Comet archive cannot be written now, only at the end: ${error.message}`);
      });
    }
  }

  override state(): TrackerState {
    return this.#stateNow(this.#destination?.state() ?? {});
  }

  override async finish(status: FinishStatus): Promise<void> {
    const destination = this.#requireDestination();
    const { run } = this.#creation;
    // A run without a value is an experiment too.
    if (!this.#recording.isOpened) await this.deliver([], new AbortController().signal);
    const loggedMs = Math.max(this.#recording.lastMs, run.startedMs);
    await destination.finish(status, run.isReplay ? loggedMs : Date.now());
    this.#leftOut.report();
  }

  get #key(): string {
    const atService =
      this.#destination instanceof OnlineDelivery ? this.#destination.key : undefined;
    return atService ?? this.#settings.experimentKey;
  }

  #requireDestination(): Destination {
    if (this.#destination) return this.#destination;
    throw new AcceleratorError(
      "STATE_INVALID",
      "The Comet experiment has not been started; call initTrackers first.",
    );
  }

  #createDestination(settings: CometSettings): Destination {
    const { run } = this.#creation;
    const previous = run.state as CometState | undefined;
    const save = (part: Partial<CometState>) => run.save(this.#stateNow(part));
    if (!settings.online) {
      return new OfflineArchive({
        ...{ settings, folder: join(run.folder, "archive"), runId: run.id },
        ...{ startedMs: run.startedMs, leftOut: this.#leftOut, state: previous?.archive },
        save: (archive) => save({ archive }),
      });
    }
    const given = findUrl(this.#options);
    const url = given === undefined ? settings.url : rootOf(given);
    return new OnlineDelivery({
      ...{ settings, isReplay: run.isReplay, startedMs: run.startedMs, state: previous?.online },
      service: new CometService(url, () => findApiKey(this.#options)),
      save: (online) => save({ online }),
    });
  }

  async #save(): Promise<void> {
    await this.#creation.run.save(this.state());
    this.#isSaved = true;
  }

  #stateNow(part: object): TrackerState {
    return { settings: this.#settings, recording: this.#recording, ...part };
  }
}

function timed(context: LogContext = {}): LogContext {
  return { wallTimeMs: Date.now(), ...context };
}
