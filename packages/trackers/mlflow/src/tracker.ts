import {
  AcceleratorError,
  type DeliveredEvent,
  type FinishStatus,
  type Monitored,
  PostingTracker,
  type TrackerCreation,
} from "@acc/core/tracker";
import { isTrue, LeftOut, recordEvents } from "@acc/tracker-kit";
import { MlflowClient } from "./client/client.ts";
import { resolveConnection } from "./client/connection.ts";
import { openRun, unusable } from "./client/open-run.ts";
import { Refusal } from "./client/refusal.ts";
import { deliveryPortions } from "./delivery-portions.ts";
import { MlflowRun } from "./native/run.ts";
import type { MlflowOptions } from "./options.ts";
import { replaceRefused } from "./replace-refused.ts";
import { type RunSettings, resolveSettings } from "./settings.ts";
import { Sink } from "./sink.ts";
import type { MlflowState, OpenedRun, RecordingState } from "./state.ts";
import { MlflowTranslator } from "./translate.ts";

/** How often progress within a delivery is saved. */
const SAVE_INTERVAL_MS = 250;

/**
 * Records a run at an MLflow server over REST. Without a server everything stays in the journal, and `acc sync`
 * delivers it.
 */
export class MlflowTracker extends PostingTracker {
  readonly name = "mlflow";
  readonly requiresLoggingDirectory = false;
  override readonly monitored: Monitored;
  /** The run, with the calls of MLflow's Python client. */
  readonly tracker: MlflowRun;
  readonly #creation: TrackerCreation;
  readonly #options: MlflowOptions;
  readonly #leftOut: LeftOut;
  #state: MlflowState;
  /** Whether the server may have the run as one that has ended. */
  #isToReopen: boolean;
  /** When the progress within a delivery was saved last. */
  #savedMs = 0;
  #announce: (runId: string) => void = () => {};
  readonly #announced = new Promise<string>((resolve) => {
    this.#announce = resolve;
  });

  /** @throws {AcceleratorError} `OPTION_INVALID` for a password in `trackingUri`, or a wrong `maxParamLength`. */
  constructor(creation: TrackerCreation) {
    const { run } = creation;
    super((event) => run.post(event));
    this.#creation = creation;
    this.#options = creation.options as MlflowOptions;
    requireOptions(this.#options);
    const { logSystemMetrics } = this.#options;
    const { MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING: isAsked } = process.env;
    this.monitored = { system: logSystemMetrics ?? isTrue(isAsked) };
    this.#leftOut = new LeftOut("MLflow", (message) => run.warn(message));
    this.#state = (run.state ?? {}) as MlflowState;
    const { opened } = this.#state;
    if (run.resumed) this.#state = withoutEnd(this.#state);
    this.#isToReopen = run.resumed !== undefined && opened !== undefined;
    if (opened) this.#announce(opened.runId);
    this.tracker = new MlflowRun(
      (event) => this.postEvent(event),
      () => ({
        runId: this.#state.opened?.runId,
        experimentId: this.#state.opened?.experimentId,
        opened: this.#announced,
      }),
    );
  }

  /** Decides which run to open, without asking a server. */
  override async start(): Promise<void> {
    if (this.#state.intent) return;
    await this.#settings();
    await this.#save();
  }

  override async deliver(events: readonly DeliveredEvent[], signal?: AbortSignal): Promise<void> {
    const settings = await this.#settings();
    const { sink } = await this.#open(settings, signal);
    const { run } = this.#creation;
    const done = this.#state.recording?.done ?? -1;
    for (const part of deliveryPortions(events.filter(({ sequence }) => sequence > done))) {
      const recording = await recordEvents(
        part,
        {
          state: this.#recording,
          translator: (draft, leaveOut) =>
            new MlflowTranslator(draft, {
              recordingId: run.id,
              startedMs: run.startedMs,
              maxParamLength: this.#options.maxParamLength,
              tags: settings.tags,
              warn: (message) => run.warn(message),
              leaveOut,
            }),
          leftOut: this.#leftOut,
        },
        ({ operations, translator, leaveOut }) =>
          sink.send(operations, {
            leaveOut,
            replace: (entity, refusal) =>
              replaceRefused(entity, refusal, translator.recording, leaveOut),
          }),
      );
      this.#state = { ...this.#state, recording };
      await this.#saveProgress();
    }
  }

  override state(): MlflowState {
    return { ...this.#state, recording: this.#recording };
  }

  override async finish(status: FinishStatus): Promise<void> {
    await this.deliver([]); // a run without values is a run too
    const { sink } = await this.#open(await this.#settings());
    const { run } = this.#creation;
    const { endStatus, lastTimeMs = run.startedMs } = this.#recording;
    // A run that is delivered later ended when its process did, not now.
    const endTimeMs = this.#state.endTimeMs ?? (run.isReplay ? lastTimeMs : Date.now());
    this.#state = { ...this.#state, endTimeMs };
    await this.#save();
    await sink.finish(endStatus ?? (status === "success" ? "FINISHED" : "FAILED"), endTimeMs);
    this.#leftOut.report();
  }

  get #recording(): Partial<RecordingState> {
    return this.#state.recording ?? {};
  }

  /** The run at the server, which it opens if that was not done before. */
  async #open(settings: RunSettings, signal?: AbortSignal): Promise<{ readonly sink: Sink }> {
    const connection = resolveConnection(this.#options, this.#state.trackingUri);
    const client = new MlflowClient(connection, signal);
    const opened = this.#state.opened ?? (await this.#openRun(client, settings));
    this.#state = { ...this.#state, trackingUri: connection.trackingUri };
    if (this.#isToReopen) await client.updateRun(opened.runId, "RUNNING");
    this.#isToReopen = false;
    return { sink: new Sink(client, opened) };
  }

  async #openRun(client: MlflowClient, settings: RunSettings): Promise<OpenedRun> {
    try {
      const found = await openRun(client, settings, this.#creation.run);
      const { tags, runId, experimentId, artifactUri } = found;
      const opened = { runId, experimentId, artifactUri };
      const recording = { ...this.#recording, ...shownBefore(tags) };
      const { trackingUri } = client;
      this.#state = { ...this.#state, opened, recording, trackingUri };
      this.#announce(runId);
      await this.#save();
      return opened;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      throw unusable(`it refuses to open the run (${error.message}): correct the options`);
    }
  }

  async #settings(): Promise<RunSettings> {
    const { projectName, run } = this.#creation;
    const intent =
      this.#state.intent ?? (await resolveSettings(projectName, this.#options, run.script));
    this.#state = { ...this.#state, intent };
    return intent;
  }

  /** A delivery with many uploads takes long: the next process goes on where this one ends. */
  async #saveProgress(): Promise<void> {
    if (Date.now() - this.#savedMs < SAVE_INTERVAL_MS) return;
    this.#savedMs = Date.now();
    await this.#save();
  }

  /** Saving early saves requests after a crash. The hub reports disk errors; they are ignored here. */
  async #save(): Promise<void> {
    await this.#creation.run.save(this.state()).catch(() => {});
  }
}

/** The state of a run that goes on. */
function withoutEnd({ endTimeMs: _, recording, ...state }: MlflowState): MlflowState {
  const { endStatus: _status, ...rest } = recording ?? {};
  return { ...state, recording: rest };
}

/** What the page of a resumed run already shows. */
function shownBefore(tags: Readonly<Record<string, string>>): Partial<RecordingState> {
  const hasImages = "mlflow.loggedImages" in tags;
  try {
    const listed = JSON.parse(tags["mlflow.loggedArtifacts"] ?? "[]") as { path: string }[];
    return { hasImages, tables: listed.map(({ path }) => path) };
  } catch {
    return { hasImages }; // the server cut it off; ours replaces it
  }
}

function requireOptions({ trackingUri, maxParamLength }: MlflowOptions): void {
  if (trackingUri !== undefined && /^\w+:\/\/[^/]*@/.test(trackingUri)) {
    throw new AcceleratorError(
      "OPTION_INVALID",
      "mlflow: trackingUri holds a user name or password. Give them as username and password, or in " +
        "MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD: the address is written to the journal.",
    );
  }
  const fits =
    maxParamLength === undefined || (Number.isInteger(maxParamLength) && maxParamLength > 0);
  if (fits) return;
  throw new AcceleratorError(
    "OPTION_INVALID",
    `mlflow: maxParamLength must be an integer of at least 1, got ${maxParamLength}.`,
  );
}
