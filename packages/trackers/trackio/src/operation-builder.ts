import type {
  ArtifactData,
  FigureData,
  ImageData,
  LogContext,
  LogValue,
  LogValues,
  MediaData,
  RunConfig,
  TableData,
} from "@acc/core/tracker";
import {
  captionsOf,
  encodedOrLeftOut,
  imagesOf,
  isoText,
  type LeaveOut,
  toJson,
} from "@acc/tracker-kit";
import { artifactOf } from "./format/artifact.ts";
import { idOf } from "./format/identity.ts";
import { figureMedia, imageMedia, playedMedia } from "./format/media.ts";
import { metricKey } from "./format/metric-key.ts";
import type { AlertLevel, MetricRecord, RunFields } from "./format/record.ts";
import { tableValue } from "./format/table.ts";
import { rowValue } from "./format/values.ts";
import type { Operation } from "./operation.ts";
import type { RecordingState } from "./state.ts";

export type OperationBuilderOptions = {
  readonly project: string;
  readonly name: string;
  readonly group: string | undefined;
  /** Id of the run in the journal; ids of records are made from it. */
  readonly recordingId: string;
  readonly startedMs: number;
  readonly warn: (message: string) => void;
  readonly leaveOut: LeaveOut;
};

/** Collects the operations of one delivery, and changes the state as they will. */
export class OperationBuilder {
  readonly operations: Operation[] = [];
  readonly state: RecordingState;
  readonly #options: OperationBuilderOptions;
  readonly #run: RunFields;
  /** The place of the row that takes the configuration along. */
  #configured: number | undefined;

  /** @param state is changed. */
  constructor(state: RecordingState, options: OperationBuilderOptions) {
    this.state = state;
    this.#options = options;
    this.#run = { project: options.project, run: options.name, run_id: state.runId };
  }

  config(values: RunConfig): void {
    const added = toJson(values) as RecordingState["config"];
    this.state.config = { ...this.state.config, ...added };
    this.state.isConfigPending = true;
  }

  metrics(values: LogValues, at: LogContext, sequence: number): void {
    const step = this.#stepOf(at, this.state.nextStep);
    const metrics = Object.entries(values).map(([key, value]) => [
      this.#nameOf(key),
      rowValue(value),
    ]);
    this.#row(Object.fromEntries(metrics), step, at, sequence);
  }

  images(images: Readonly<Record<string, ImageData>>, at: LogContext, sequence: number): void {
    const step = this.#mediaStepOf(at);
    const listed = [at.options?.captions ?? []].flat().map(String);
    const values: Record<string, LogValue> = {};
    for (const [key, image] of Object.entries(images)) {
      const batch = imagesOf(image);
      const own = captionsOf(image);
      for (const [index, single] of batch.entries()) {
        const name = this.#nameOf(batch.length === 1 ? key : `${key}/${index}`);
        const place = {
          step,
          id: this.#idOf(sequence, key, index),
          caption: listed.shift() ?? own[index],
        };
        const encode = () => imageMedia(single, this.#run, place);
        const media = encodedOrLeftOut(`the image "${key}"`, this.#options.leaveOut, encode);
        if (!media) continue;
        this.operations.push({ kind: "media", run: this.#run, file: media.file });
        values[name] = media.value;
      }
    }
    if (Object.keys(values).length > 0) this.#row(values, step, at, sequence);
  }

  media(media: Readonly<Record<string, MediaData>>, at: LogContext, sequence: number): void {
    const step = this.#mediaStepOf(at);
    const values: Record<string, LogValue> = {};
    for (const [key, one] of Object.entries(media)) {
      const place = { step, id: this.#idOf(sequence, key, 0), caption: one.caption };
      const encode = () => playedMedia(one, this.#run, place);
      const played = encodedOrLeftOut(`"${key}"`, this.#options.leaveOut, encode);
      if (!played) continue;
      this.operations.push({ kind: "media", run: this.#run, file: played.file });
      values[this.#nameOf(key)] = played.value;
    }
    if (Object.keys(values).length > 0) this.#row(values, step, at, sequence);
  }

  tables(tables: Readonly<Record<string, TableData>>, at: LogContext, sequence: number): void {
    const values = Object.entries(tables).map(([key, table]) => [
      this.#nameOf(key),
      tableValue(table),
    ]);
    this.#row(Object.fromEntries(values), this.#mediaStepOf(at), at, sequence);
  }

  figures(figures: Readonly<Record<string, FigureData>>, at: LogContext, sequence: number): void {
    const step = this.#mediaStepOf(at);
    const values = Object.entries(figures).map(([key, figure]): [string, LogValue] => {
      const place = { step, id: this.#idOf(sequence, key, 0) };
      const { file, value } = figureMedia(figure, key, this.#run, place);
      this.operations.push({ kind: "media", run: this.#run, file });
      return [this.#nameOf(key), value];
    });
    this.#row(Object.fromEntries(values), step, at, sequence);
  }

  artifact(data: ArtifactData, at: LogContext): void {
    this.#timeOf(at);
    this.operations.push({ kind: "artifact", run: this.#run, artifact: artifactOf(data, at) });
  }

  system(metrics: LogValues, at: LogContext, sequence: number): void {
    const log_id = this.#idOf(sequence, "system");
    // It may come between the values and the images of one call, which are recognised by their time.
    const { lastTimeMs } = this.state;
    const timestamp = this.#timeOf(at);
    this.state.lastTimeMs = lastTimeMs;
    this.operations.push({ kind: "system_metric", ...this.#run, metrics, timestamp, log_id });
  }

  alert(
    { title, text, level }: { title: string; text: string | null; level: AlertLevel },
    at: LogContext,
    sequence: number,
  ): void {
    const { lastStep } = this.state;
    const step = at.step !== undefined && Number.isFinite(at.step) ? at.step : lastStep;
    const timestamp = this.#timeOf(at);
    const alert_id = this.#idOf(sequence, "alert");
    const alert = { title, text, level, step, timestamp, alert_id };
    this.operations.push({ kind: "alert", ...this.#run, ...alert });
  }

  /** A run without values is a run too, and what was configured last is kept: an empty row takes it along. */
  end(): void {
    if (!this.state.isConfigPending) return;
    this.#push(
      {},
      this.state.lastStep,
      isoText(new Date(this.state.lastTimeMs)),
      this.#idOf("end"),
    );
  }

  #row(metrics: LogValues, step: number, at: LogContext, sequence: number): void {
    const timestamp = this.#timeOf(at);
    this.state.lastStep = step;
    this.state.nextStep = Math.max(this.state.nextStep, Math.floor(step) + 1);
    this.#push(metrics, step, timestamp, this.#idOf(sequence));
  }

  #push(metrics: LogValues, step: number, timestamp: string, log_id: string): void {
    const config = this.state.isConfigPending ? this.#wholeConfig() : null;
    const row = { kind: "metric", ...this.#run, metrics, step, timestamp, config, log_id } as const;
    if (config) {
      // Of several configurations in one request a server takes the first.
      if (this.#configured !== undefined) {
        const earlier = this.operations[this.#configured] as MetricRecord;
        this.operations[this.#configured] = { ...earlier, config: null };
      }
      this.#configured = this.operations.length;
      this.state.isConfigPending = false;
    }
    this.operations.push(row);
  }

  /** With what Trackio's own client adds. */
  #wholeConfig(): RecordingState["config"] {
    const { startedMs, group = null } = this.#options;
    const _Created = new Date(startedMs).toISOString();
    return { ...this.state.config, _Username: null, _Created, _Group: group };
  }

  #nameOf(key: string): string {
    const name = metricKey(key);
    if (name !== key && !this.state.renamed.includes(key)) {
      this.state.renamed.push(key);
      this.#options.warn(
        `Trackio has a column of its own like ${JSON.stringify(key)}: the value is recorded as "${name}".`,
      );
    }
    return name;
  }

  #stepOf({ step }: LogContext, otherwise: number): number {
    return step !== undefined && Number.isFinite(step) ? step : otherwise;
  }

  /** Images and tables of one call of `log` come after its values: without a step they belong to the row of those. */
  #mediaStepOf(at: LogContext): number {
    const { nextStep, lastStep, lastTimeMs } = this.state;
    const isSameCall = nextStep > 0 && at.wallTimeMs === lastTimeMs;
    return this.#stepOf(at, isSameCall ? lastStep : nextStep);
  }

  #timeOf({ wallTimeMs }: LogContext): string {
    const { lastTimeMs } = this.state;
    const isTime = wallTimeMs !== undefined && Math.abs(wallTimeMs) <= MAX_TIME_MS;
    this.state.lastTimeMs = isTime ? wallTimeMs : lastTimeMs;
    return new Date(this.state.lastTimeMs).toISOString();
  }

  #idOf(...parts: readonly (string | number)[]): string {
    return idOf(this.#options.recordingId, ...parts);
  }
}

/** Of years with four digits, which Python reads. */
const MAX_TIME_MS = 253_402_300_799_999;
