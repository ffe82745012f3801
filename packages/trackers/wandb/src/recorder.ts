import type {
  DeliveredEvent,
  ImageData,
  LogContext,
  LogValues,
  RunConfig,
  TableData,
} from "@acc/core";
import { wellFormed } from "@acc/tracker-kit";
import type { ArtifactRequest } from "./artifact.ts";
import { jsonText } from "./json-text.ts";
import { freeName, type LeaveOut, loggedRow } from "./logged-row.ts";
import { imageMedia, type Media, type RunFile } from "./media.ts";
import { MetricBook, type MetricBookState, NO_METRICS } from "./metric-book.ts";
import type { MetricDefinition, MetricOptions } from "./metric-definition.ts";
import { Row, type RowJson } from "./row.ts";
import { tableMedia } from "./table.ts";

/** What decides the recorded form of the next event; plain JSON. */
export type RecorderState = {
  /** Step of the open row, or of the next one. */
  readonly step: number;
  readonly open?: { readonly row: RowJson; readonly timeMs: number; readonly isClosed: boolean };
  readonly summary: RowJson;
  /** Configuration: key and JSON text. */
  readonly config: readonly (readonly [key: string, text: string])[];
  readonly metrics: MetricBookState;
  /** Values of earlier steps that were recorded at a later one. */
  readonly moved: number;
};

export const NEW_RUN: RecorderState = {
  step: 0,
  summary: [],
  config: [],
  metrics: NO_METRICS,
  moved: 0,
};

/** What came of some events, in the order in which a run holds it. */
export type Batch = {
  /** Names of the configuration that changed. */
  readonly config: ReadonlySet<string>;
  readonly metrics: readonly MetricDefinition[];
  readonly files: readonly RunFile[];
  readonly artifacts: readonly ArtifactRequest[];
  readonly rows: readonly { readonly step: number; readonly row: Row }[];
  /** Changed values of the summary. */
  readonly summary: Row;
};

export type RecorderOptions = {
  /** Id of the run. */
  readonly runId: string;
  /** Id of the recording, which the ids of artifacts are made from. */
  readonly recordingId: string;
  /** When the run began, in milliseconds since 1970. */
  readonly startedMs: number;
  readonly leaveOut: LeaveOut;
  readonly warn: (message: string) => void;
};

/** The step that the user gave, where W&B could not take it. */
const GIVEN_STEP = "accelerate/step";

/**
 * Turns events into the rows, files and summary of a run, by W&B's rules of steps: values of one step share a row, and
 * steps only rise. Nothing is lost by them: a value that would overwrite another, or comes with an earlier step,
 * goes to a later row. The same events make the same rows, whatever portions they come in.
 */
export class Recorder {
  readonly #options: RecorderOptions;
  #step: number;
  #open: { row: Row; timeMs: number; isClosed: boolean } | undefined;
  readonly #summary: Row;
  readonly #config: Map<string, string>;
  readonly #metrics: MetricBook;
  #moved: number;
  readonly #batch = {
    config: new Set<string>(),
    files: [] as RunFile[],
    artifacts: [] as ArtifactRequest[],
    rows: [] as { step: number; row: Row }[],
    summary: new Row(),
  };

  constructor(state: RecorderState, options: RecorderOptions) {
    this.#options = options;
    this.#step = state.step;
    this.#open = state.open && { ...state.open, row: Row.fromJson(state.open.row) };
    this.#summary = Row.fromJson(state.summary);
    this.#config = new Map(state.config);
    this.#metrics = new MetricBook(state.metrics);
    this.#moved = state.moved;
  }

  get batch(): Batch {
    return { ...this.#batch, metrics: this.#metrics.added };
  }

  get config(): ReadonlyMap<string, string> {
    return this.#config;
  }

  get metrics(): readonly MetricDefinition[] {
    return this.#metrics.definitions;
  }

  /** The whole summary. */
  get summary(): Row {
    return this.#summary;
  }

  /** Calls whose values stand at a later step than they gave. */
  get moved(): number {
    return this.#moved;
  }

  /** Whole seconds from the begin of the run to its last row. */
  get runtimeSeconds(): number {
    return Math.floor(Number(this.#summary.text("_runtime") ?? 0));
  }

  state(): RecorderState {
    const open = this.#open && { ...this.#open, row: this.#open.row.toJson() };
    return {
      step: this.#step,
      ...(open ? { open } : {}),
      summary: this.#summary.toJson(),
      config: [...this.#config],
      metrics: this.#metrics.state(),
      moved: this.#moved,
    };
  }

  /** Takes every event but calls. */
  apply(event: Exclude<DeliveredEvent, { type: "call" }>): void {
    if (event.type === "config") this.setConfig(event.values);
    else if (event.type === "artifact") {
      const { path, name, type = "file" } = event.artifact;
      const { options = {} } = event.context;
      const at = { key: String(event.sequence), step: this.#step };
      this.#batch.artifacts.push({ ...at, name, type, source: path, options });
    } else {
      this.#closeRowBefore(event.type !== "metrics", event.context);
      if (event.type === "metrics")
        this.#addValues(loggedRow(event.values, this.#options.leaveOut), event.context);
      else if (event.type === "images") this.#addImages(event.values, event.context);
      else this.#addTables(event.values, event);
    }
  }

  setConfig(values: RunConfig): void {
    for (const [key, value] of Object.entries(values)) {
      if (key === "") {
        this.#options.leaveOut('config ""', "it has no name.");
        continue;
      }
      const name = wellFormed(key);
      this.#config.set(name, jsonText(value, "strings"));
      this.#batch.config.add(name);
    }
  }

  /** Sets values of the summary; they stay until they are logged or set again. */
  setSummary(values: LogValues): void {
    this.#mergeSummary(Row.of(values));
  }

  define(name: string, options: MetricOptions): void {
    this.#metrics.define(name, options);
  }

  /** Ends the open row, as the end of the run does. */
  end(): void {
    this.#commit();
  }

  /**
   * A row without a step ends with the next call. It stays open for the media of its own call, which come as events
   * of their own with the same time.
   */
  #closeRowBefore(isMedia: boolean, { step, wallTimeMs }: LogContext): void {
    if (!this.#open?.isClosed) return;
    const isSameCall = isMedia && step === undefined && wallTimeMs === this.#open.timeMs;
    if (!isSameCall) this.#commit();
  }

  #addImages(images: Record<string, ImageData>, context: LogContext): void {
    const captions = captionsOf(context);
    this.#addMedia(images, context, (key, image, at) => imageMedia(key, image, at, captions));
  }

  #addTables(
    tables: Record<string, TableData>,
    { context, sequence }: { readonly context: LogContext; readonly sequence: number },
  ): void {
    const { runId, recordingId } = this.#options;
    this.#addMedia(tables, context, (key, table, step) => {
      const media = tableMedia(table, { key, step, sequence, runId, recordingId });
      this.#batch.artifacts.push(media.artifact);
      return media;
    });
  }

  #addMedia<T>(
    values: Record<string, T>,
    context: LogContext,
    toMedia: (key: string, value: T, step: number) => Media,
  ): void {
    const at = this.#rowStepFor(context);
    const row = new Row();
    const files: RunFile[] = [];
    for (const [key, value] of Object.entries(values)) {
      const media = toMedia(key, value, at);
      row.set(freeName(key), media.value);
      files.push(...media.files);
    }
    this.#addValues(row, context);
    this.#batch.files.push(...files);
  }

  /** The step that the next row of this context has; only a name of files, so a moved row does not matter. */
  #rowStepFor({ step }: LogContext): number {
    return step !== undefined && step > this.#step && Number.isSafeInteger(step)
      ? step
      : this.#step;
  }

  #addValues(row: Row, { step, wallTimeMs = Date.now() }: LogContext): void {
    const isMoved = step !== undefined && !(Number.isSafeInteger(step) && step >= this.#step);
    if (isMoved) row.set(GIVEN_STEP, step);
    if (step !== undefined && !isMoved && step > this.#step) {
      this.#commit();
      this.#step = step;
    }
    if (this.#open?.row.conflictsWith(row)) {
      this.#commit();
      if (step !== undefined && !isMoved) row.set(GIVEN_STEP, step);
    }
    if (row.text(GIVEN_STEP) !== undefined && step !== undefined) this.#countMoved();
    this.#open ??= { row: new Row(), timeMs: wallTimeMs, isClosed: false };
    this.#open.row.merge(row);
    this.#open.timeMs = wallTimeMs;
    this.#open.isClosed = step === undefined;
  }

  #countMoved(): void {
    this.#moved++;
    if (this.#moved > 1) return;
    this.#options.warn(
      "W&B's steps only rise, and one step holds one value of a name: what came later for an earlier or equal " +
        `step is recorded at the next free step, with the step that was given as "${GIVEN_STEP}". Use ` +
        "defineMetric with a stepMetric for a second axis.",
    );
  }

  #commit(): void {
    if (!this.#open) return;
    const { row, timeMs } = this.#open;
    this.#open = undefined;
    this.#metrics.complete(row, this.#summary);
    row.set("_step", this.#step);
    row.set("_timestamp", timeMs / 1000);
    const runtime = Math.max(0, timeMs - this.#options.startedMs) / 1000;
    row.set("_runtime", runtime);
    this.#batch.rows.push({ step: this.#step, row });
    const shown = this.#metrics.summarize(row);
    shown.set("_wandb", { runtime: Math.floor(runtime) });
    this.#mergeSummary(shown);
    this.#step++;
  }

  #mergeSummary(row: Row): void {
    this.#summary.merge(row);
    this.#batch.summary.merge(row);
  }
}

function captionsOf({ options }: LogContext): string[] {
  const captions = options?.captions;
  return Array.isArray(captions) ? captions.map(String) : [];
}
