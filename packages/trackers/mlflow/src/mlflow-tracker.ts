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
  type TrackerEvent,
  type TrackerRun,
  type TrackerState,
} from "@acc/core";
import { LeftOut } from "@acc/tracker-kit";
import { ArtifactStore } from "./artifact-store.ts";
import { resolveConnection } from "./connection.ts";
import { Delivery } from "./delivery.ts";
import { MlflowClient } from "./mlflow-client.ts";
import type { MlflowOptions } from "./mlflow-options.ts";
import { MlflowRun } from "./mlflow-run.ts";
import { openRun, unusable } from "./open-run.ts";
import { Recording, type RecordingState } from "./recording.ts";
import { Refusal } from "./refusal.ts";
import { type RunIntent, resolveRunIntent } from "./run-intent.ts";
import { tagTasks } from "./tag-tasks.ts";

/** The run at the server. */
type OpenedRun = {
  readonly runId: string;
  readonly experimentId: string;
  readonly artifactUri: string;
};

type MlflowState = {
  readonly intent?: RunIntent;
  readonly trackingUri?: string;
  readonly opened?: OpenedRun;
  readonly recording?: Partial<RecordingState>;
  readonly endTimeMs?: number;
};

/**
 * Records a run at an MLflow server over REST. Without a server everything stays in the journal, and `acc sync`
 * delivers it.
 */
export class MlflowTracker extends GeneralTracker {
  readonly name = "mlflow";
  readonly requiresLoggingDirectory = false;
  readonly #projectName: string;
  readonly #options: MlflowOptions;
  readonly #run: TrackerRun;
  readonly #native: MlflowRun;
  readonly #leftOut: LeftOut;
  #intent: RunIntent | undefined;
  #trackingUri: string | undefined;
  #opened: OpenedRun | undefined;
  #recorded: Partial<RecordingState>;
  #endTimeMs: number | undefined;
  #announce: (runId: string) => void = () => {};
  readonly #announced = new Promise<string>((resolve) => {
    this.#announce = resolve;
  });

  /** @throws {AcceleratorError} `OPTION_INVALID` for a password in `trackingUri`, or a limit that is none. */
  constructor(projectName: string, options: MlflowOptions, run: TrackerRun) {
    super();
    requireOptions(options);
    this.#projectName = projectName;
    this.#options = options;
    this.#run = run;
    this.#leftOut = new LeftOut("MLflow", run.warn);
    const state = (run.state ?? {}) as MlflowState;
    this.#intent = state.intent;
    this.#trackingUri = state.trackingUri;
    this.#opened = state.opened;
    this.#recorded = state.recording ?? {};
    this.#endTimeMs = state.endTimeMs;
    if (this.#opened) this.#announce(this.#opened.runId);
    this.#native = new MlflowRun(run.post, () => ({
      runId: this.#opened?.runId,
      experimentId: this.#opened?.experimentId,
      opened: this.#announced,
    }));
  }

  get tracker(): MlflowRun {
    return this.#native;
  }

  /** Settles which run to open, but asks no server. */
  override async start(): Promise<void> {
    if (this.#intent) return;
    await this.#settle();
    await this.#save();
  }

  override storeInitConfiguration(values: RunConfig): void {
    this.#post({ type: "config", values });
  }

  override log(values: LogValues, context: LogContext = {}): void {
    this.#post({ type: "metrics", values, context: timed(context) });
  }

  override logImages(values: Record<string, ImageData>, context: LogContext = {}): void {
    this.#post({ type: "images", values, context: timed(context) });
  }

  override logTable(values: Record<string, TableData>, context: LogContext = {}): void {
    this.#post({ type: "tables", values, context: timed(context) });
  }

  override logArtifact(artifact: ArtifactData, context: LogContext = {}): void {
    this.#post({ type: "artifact", artifact, context: timed(context) });
  }

  override async deliver(events: readonly DeliveredEvent[], signal: AbortSignal): Promise<void> {
    const { delivery, recording } = await this.#open(signal);
    for (const event of events) {
      // In an earlier attempt that failed later on.
      if (event.sequence > recording.done) await delivery.record(event);
    }
    await delivery.flush();
  }

  override state(): MlflowState & TrackerState {
    return {
      ...(this.#intent && { intent: this.#intent }),
      ...(this.#trackingUri !== undefined && { trackingUri: this.#trackingUri }),
      ...(this.#opened && { opened: this.#opened }),
      ...(this.#endTimeMs !== undefined && { endTimeMs: this.#endTimeMs }),
      recording: this.#recorded,
    };
  }

  override async finish(status: FinishStatus): Promise<void> {
    const { client, delivery, recording, opened } = await this.#open();
    await delivery.flush();
    // A run that is replayed ended when its process did, not now.
    this.#endTimeMs ??= this.#run.isReplay ? recording.lastTimeMs : Date.now();
    await this.#save();
    const ended = recording.endStatus ?? (status === "success" ? "FINISHED" : "FAILED");
    await client.updateRun(opened.runId, ended, this.#endTimeMs);
    this.#leftOut.report();
  }

  /** Everything a delivery needs; opens the run at the server if that is still to do. */
  async #open(signal?: AbortSignal) {
    const connection = resolveConnection(this.#options, this.#trackingUri);
    const client = new MlflowClient(connection, signal);
    const intent = await this.#settle();
    const opened = this.#opened ?? (await this.#openRun(client, intent));
    this.#trackingUri = connection.trackingUri;
    const recording = new Recording(this.#recorded, {
      startedMs: this.#run.startedMs,
      maxParamLength: this.#options.maxParamLength,
      warn: this.#run.warn,
    });
    const delivery = new Delivery({
      ...{ client, recording },
      store: new ArtifactStore(client, opened, this.#leftOut),
      runId: opened.runId,
      runKey: this.#run.id,
      leftOut: this.#leftOut,
      onRecorded: () => {
        this.#recorded = recording.state;
      },
    });
    if (!recording.hasTags) {
      const tags = Object.entries(intent.tags);
      for (const [key, value] of tags) {
        for (const task of tagTasks(key, value, recording)) await delivery.perform(task);
      }
      recording.hasTags = true;
    }
    return { client, delivery, recording, opened };
  }

  async #openRun(client: MlflowClient, intent: RunIntent): Promise<OpenedRun> {
    try {
      const { tags, ...run } = await openRun(client, intent, this.#run);
      const { runId, experimentId, artifactUri } = run;
      this.#opened = { runId, experimentId, artifactUri };
      this.#recorded = { ...this.#recorded, ...shownBefore(tags) };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      throw unusable(`it refuses to open the run (${error.message}): mend the options`);
    }
    this.#trackingUri = client.trackingUri;
    this.#announce(this.#opened.runId);
    await this.#save();
    return this.#opened;
  }

  async #settle(): Promise<RunIntent> {
    this.#intent ??= await resolveRunIntent(this.#projectName, this.#options, this.#run.script);
    return this.#intent;
  }

  /** Saving early spares requests after a crash. That the disk takes nothing is said elsewhere, and stops nothing here. */
  async #save(): Promise<void> {
    await this.#run.save(this.state()).catch(() => {});
  }

  #post(event: TrackerEvent): void {
    this.#run.post({ ...event, target: this.name });
  }
}

/** What the page of a run shows already that is gone on with. */
function shownBefore(tags: Readonly<Record<string, string>>): Partial<RecordingState> {
  const hasImages = "mlflow.loggedImages" in tags;
  try {
    const listed = JSON.parse(tags["mlflow.loggedArtifacts"] ?? "[]") as { path: string }[];
    return { hasImages, tables: listed.map(({ path }) => path) };
  } catch {
    return { hasImages }; // cut off by the server; ours replaces it
  }
}

function timed(context: LogContext): LogContext {
  return { wallTimeMs: Date.now(), ...context };
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
