import type {
  ArtifactData,
  ConsoleLine,
  FigureData,
  ImageData,
  LogContext,
  LogValues,
  MediaData,
  RunConfig,
  TableData,
} from "@acc/core/tracker";
import {
  captionsOf,
  consoleText,
  encodedOrLeftOut,
  type LeaveOut,
  wellFormed,
} from "@acc/tracker-kit";
import type { Alert } from "./format/alert.ts";
import type { ArtifactRequest } from "./format/artifact.ts";
import { figureMedia } from "./format/figure.ts";
import { jsonText } from "./format/json-text.ts";
import { freeName, loggedRow } from "./format/logged-row.ts";
import { imageMedia, type Media, playedMedia, type RunFile } from "./format/media.ts";
import { MetricBook } from "./format/metric-book.ts";
import type { MetricOptions } from "./format/metric-definition.ts";
import { Row } from "./format/row.ts";
import { tableMedia } from "./format/table.ts";
import type { Operation, OutputLine, Stats } from "./operation.ts";
import type { RecordingState } from "./state.ts";

export type OperationBuilderOptions = {
  /** Id of the run. */
  readonly runId: string;
  /** Id of the run in the journal; ids of artifacts are made from it. */
  readonly recordingId: string;
  /** When the run began, in milliseconds since 1970. */
  readonly startedMs: number;
  readonly leaveOut: LeaveOut;
  readonly warn: (message: string) => void;
};

/** The step that the user gave, if W&B could not use it. */
const GIVEN_STEP = "accelerate/step";

/**
 * Collects the rows, files and summary of a run by W&B's rules of steps: values of one step share a row, and steps only
 * increase. No value is lost: one that would overwrite another, or comes with an earlier step, goes to a later row. The
 * same events make the same rows, whatever the size of the portions.
 */
export class OperationBuilder {
  readonly #options: OperationBuilderOptions;
  #step: number;
  #open: { row: Row; timeMs: number; isClosed: boolean } | undefined;
  readonly #summary: Row;
  readonly #config: Map<string, string>;
  readonly #metrics: MetricBook;
  #moved: number;
  #exitCode: number | undefined;
  readonly #batch = {
    changedConfig: new Set<string>(),
    files: [] as RunFile[],
    artifacts: [] as ArtifactRequest[],
    rows: [] as { step: number; row: Row }[],
    changedSummary: new Row(),
    alerts: [] as Alert[],
    stats: [] as Stats[],
    output: [] as OutputLine[],
  };

  constructor(state: RecordingState, options: OperationBuilderOptions) {
    this.#options = options;
    this.#step = state.step;
    this.#open = state.open && { ...state.open, row: Row.fromJson(state.open.row) };
    this.#summary = Row.fromJson(state.summary);
    this.#config = new Map(state.config);
    this.#metrics = new MetricBook(state.metrics);
    this.#moved = state.moved;
  }

  get operation(): Operation {
    return {
      ...this.#batch,
      config: this.#config,
      metrics: this.#metrics.definitions,
      addedMetrics: this.#metrics.added,
      summary: this.#summary,
      runtimeSeconds: Math.floor(Number(this.#summary.text("_runtime") ?? 0)),
      exitCode: this.#exitCode,
    };
  }

  get isFinished(): boolean {
    return this.#exitCode !== undefined;
  }

  get state(): RecordingState {
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

  artifact(
    { path, name, type = "file" }: ArtifactData,
    context: LogContext,
    sequence: number,
  ): void {
    const { options = {} } = context;
    const key = String(sequence);
    this.#batch.artifacts.push({ key, name, type, source: path, step: this.#step, options });
  }

  metrics(values: LogValues, context: LogContext): void {
    this.#closeRowBefore(false, context);
    this.#addValues(loggedRow(values, this.#options.leaveOut), context);
  }

  images(images: Record<string, ImageData>, context: LogContext): void {
    this.#closeRowBefore(true, context);
    this.#addMedia(images, context, (key, image, at) =>
      imageMedia(key, image, at, captionsOf(image, context.options)),
    );
  }

  media(media: Record<string, MediaData>, context: LogContext): void {
    this.#closeRowBefore(true, context);
    this.#addMedia(media, context, playedMedia);
  }

  tables(tables: Record<string, TableData>, context: LogContext, sequence: number): void {
    this.#closeRowBefore(true, context);
    const { runId, recordingId } = this.#options;
    this.#addMedia(tables, context, (key, table, step) => {
      const media = tableMedia(table, { key, step, sequence, runId, recordingId });
      this.#batch.artifacts.push(media.artifact);
      return media;
    });
  }

  figures(figures: Record<string, FigureData>, context: LogContext): void {
    this.#closeRowBefore(true, context);
    this.#addMedia(figures, context, figureMedia);
  }

  config(values: RunConfig): void {
    for (const [key, value] of Object.entries(values)) {
      if (key === "") {
        this.#options.leaveOut('config ""', "it has no name.");
        continue;
      }
      const name = wellFormed(key);
      this.#config.set(name, jsonText(value, "strings"));
      this.#batch.changedConfig.add(name);
    }
  }

  stats(values: Stats["values"], { wallTimeMs: timeMs = Date.now() }: LogContext): void {
    const runtimeSeconds = Math.max(0, timeMs - this.#options.startedMs) / 1000;
    this.#batch.stats.push({ timeMs, runtimeSeconds, values });
  }

  output(lines: readonly ConsoleLine[]): void {
    for (const line of lines) {
      const { isError, timeMs } = line;
      this.#batch.output.push({ text: wellFormed(consoleText(line)), isError, timeMs });
    }
  }

  /** Sets values of the summary; they stay until they are logged or set again. */
  setSummary(values: LogValues): void {
    this.#mergeSummary(Row.of(values));
  }

  define(name: string, options: MetricOptions): void {
    this.#metrics.define(name, options);
  }

  /** Ends the run, and its open row. */
  finish(exitCode: number): void {
    this.#exitCode = exitCode;
    this.#commit();
  }

  /**
   * A row without a step ends with the next call. It stays open for the media of the same call, which are separate
   * events with the same time.
   */
  #closeRowBefore(isMedia: boolean, { step, wallTimeMs }: LogContext): void {
    if (!this.#open?.isClosed) return;
    const isSameCall = isMedia && step === undefined && wallTimeMs === this.#open.timeMs;
    if (!isSameCall) this.#commit();
  }

  alert(alert: Alert): void {
    this.#batch.alerts.push(alert);
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
      const { leaveOut } = this.#options;
      const media = encodedOrLeftOut(key, leaveOut, () => toMedia(key, value, at));
      if (!media) continue;
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
    const isMoved = step !== undefined && !this.#isFree(step);
    if (isMoved) row.set(GIVEN_STEP, step);
    if (this.#open && !this.#belongsToOpenRow(row, step)) {
      this.#commit();
      // The row of this step is taken: its values would replace those of this call.
      if (step === this.#step - 1) row.set(GIVEN_STEP, step);
    }
    if (step !== undefined && step > this.#step && !isMoved) this.#step = step;
    if (step !== undefined && row.text(GIVEN_STEP) !== undefined) this.#countMoved();
    this.#open ??= { row: new Row(), timeMs: wallTimeMs, isClosed: false };
    this.#open.row.merge(row);
    this.#open.timeMs = wallTimeMs;
    this.#open.isClosed = step === undefined;
  }

  /** Whether values can have this step: it is not earlier than others, and no values of another step are recorded at it. */
  #isFree(step: number): boolean {
    if (!Number.isSafeInteger(step) || step < this.#step) return false;
    return step > this.#step || this.#open?.row.text(GIVEN_STEP) === undefined;
  }

  /** Values of one row have one step: that of the row, or the one that was given for all of them. */
  #belongsToOpenRow(row: Row, step: number | undefined): boolean {
    const open = this.#open?.row;
    if (!open || open.conflictsWith(row)) return false;
    if (open.text(GIVEN_STEP) !== row.text(GIVEN_STEP)) return false;
    return step === undefined || row.text(GIVEN_STEP) !== undefined || step === this.#step;
  }

  #countMoved(): void {
    this.#moved++;
    if (this.#moved > 1) return;
    this.#options.warn(
      "Steps in W&B only increase, and one step holds one value of a name: a later value for an earlier or equal " +
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
    this.#batch.changedSummary.merge(row);
  }
}
