import type {
  ArtifactData,
  ConsoleLine,
  FigureData,
  ImageData,
  LogContext,
  LogValue,
  LogValues,
  MediaData,
  RunConfig,
  SystemSample,
  TableData,
} from "@acc/core/tracker";
import {
  captionsOf,
  consoleText,
  encodedOrLeftOut,
  isNested,
  isoText,
  kindOf,
  type LeaveOut,
  scalarOf,
} from "@acc/tracker-kit";
import { isChart } from "./format/chart.ts";
import type { ColumnType, MediaType } from "./format/column.ts";
import { configValue } from "./format/config-text.ts";
import {
  chartFile,
  figureFile,
  imageFiles,
  MAX_MEDIA_BYTES,
  MAX_MEDIA_FILES,
  type MediaFile,
  playedFile,
  tableFile,
  textFile,
} from "./format/media.ts";
import { metricKey } from "./format/metric-key.ts";
import type { RunState } from "./format/point.ts";
import { addStep, hasStep, type StepRuns } from "./format/step-runs.ts";
import { systemMetrics } from "./format/system-metrics.ts";
import type { Operation } from "./operation.ts";
import { NOTHING_MONITORED, type RecordingState } from "./state.ts";

export type OperationBuilderOptions = {
  readonly leaveOut: LeaveOut;
  readonly warn: (message: string) => void;
};

/** Steps beyond it are refused by SwanLab's own client. */
const MAX_STEP = 2 ** 48;

/**
 * Collects the points of a run by SwanLab's rules: a series has one kind of values and one point per step. The same events make
 * the same points, whatever the size of the portions.
 */
export class OperationBuilder {
  readonly #options: OperationBuilderOptions;
  readonly #operations: Operation[] = [];
  readonly #series: Map<string, { type?: ColumnType; steps: StepRuns }>;
  readonly #config: Map<string, RecordingState["config"][number][1]>;
  readonly #monitored: { samples: number; lines: number };
  #nextStep: number;
  #lastCall: RecordingState["lastCall"];
  #isConfigChanged = false;
  #isFinished = false;

  constructor(state: RecordingState, options: OperationBuilderOptions) {
    this.#options = options;
    this.#series = new Map(state.series);
    this.#config = new Map(state.config);
    this.#monitored = { ...(state.monitored ?? NOTHING_MONITORED) };
    this.#nextStep = state.nextStep;
    this.#lastCall = state.lastCall;
  }

  get operations(): readonly Operation[] {
    if (!this.#isConfigChanged) return this.#operations;
    return [{ kind: "config", entries: [...this.#config] }, ...this.#operations];
  }

  get isFinished(): boolean {
    return this.#isFinished;
  }

  get state(): RecordingState {
    return {
      nextStep: this.#nextStep,
      ...(this.#lastCall && { lastCall: this.#lastCall }),
      series: [...this.#series],
      config: [...this.#config],
      monitored: { ...this.#monitored },
    };
  }

  config(values: RunConfig): void {
    for (const [key, value] of Object.entries(values)) this.#config.set(key, configValue(value));
    this.#isConfigChanged = true;
  }

  metrics(values: LogValues, context: LogContext): void {
    if (Object.keys(values).length === 0) return;
    const at = this.#placeOf(context, false);
    for (const [key, value] of leaves(values)) this.#value(key, value, at);
  }

  images(images: Record<string, ImageData>, context: LogContext): void {
    const at = this.#placeOf(context, true);
    for (const [key, image] of Object.entries(images)) {
      const captions = captionsOf(image, context.options);
      this.#media("image", `the image ${key}`, key, at, () => imageFiles(image, at.step, captions));
    }
  }

  /** SwanLab's own client shows a GIF among the images, and no other video. */
  played(media: Record<string, MediaData>, context: LogContext): void {
    const at = this.#placeOf(context, true);
    for (const [key, one] of Object.entries(media)) {
      const type = one.kind === "video" ? "image" : one.kind;
      this.#media(type, `"${key}"`, key, at, () => [playedFile(one, at.step)]);
    }
  }

  tables(tables: Record<string, TableData>, context: LogContext): void {
    const at = this.#placeOf(context, true);
    for (const [key, table] of Object.entries(tables)) {
      this.#media("echarts", `the table ${key}`, key, at, () => [tableFile(table, at.step)]);
    }
  }

  figures(figures: Record<string, FigureData>, context: LogContext): void {
    const at = this.#placeOf(context, true);
    for (const [key, figure] of Object.entries(figures)) {
      this.#media("html", `the figure ${key}`, key, at, () => [figureFile(figure, key, at.step)]);
    }
  }

  artifact({ name, path }: ArtifactData): void {
    this.#operations.push({ kind: "file", name, path });
  }

  /** Samples have steps of their own, as those of SwanLab's own client: they do not move the steps of the user. */
  system(sample: SystemSample, { wallTimeMs: timeMs = Date.now() }: LogContext): void {
    const step = this.#monitored.samples++;
    for (const { key, name, value } of systemMetrics(sample)) {
      if (step === 0) this.#operations.push({ kind: "column", key, type: "scalar", system: name });
      this.#operations.push({ kind: "scalar", key, value, step, timeMs });
    }
  }

  output(lines: readonly ConsoleLine[]): void {
    for (const line of lines) {
      const { isError, timeMs } = line;
      const epoch = ++this.#monitored.lines;
      this.#operations.push({ kind: "line", text: consoleText(line), isError, timeMs, epoch });
    }
  }

  finish(state: RunState, error: string | undefined, timeMs: number): void {
    this.#isFinished = true;
    this.#operations.push({ kind: "end", state, error, timeMs });
  }

  #value(key: string, value: LogValue, at: Place): void {
    const number = scalarOf(value);
    const what = `${key} (${kindOf(value)})`;
    if (number !== undefined) {
      const name = this.#take(key, what, "scalar", at.step);
      if (name !== undefined)
        this.#operations.push({ kind: "scalar", key: name, value: number, ...at });
    } else if (isChart(value)) {
      this.#media("echarts", `the chart ${key}`, key, at, () => [chartFile(value, at.step)]);
    } else if (typeof value === "string" || value instanceof Date) {
      const text = typeof value === "string" ? value : isoText(value);
      this.#media("text", what, key, at, () => [textFile(text, at.step)]);
    } else {
      this.#options.leaveOut(what, "log numbers and texts; histogram(…) shows a list.");
    }
  }

  #media(type: MediaType, what: string, key: string, at: Place, encode: () => MediaFile[]): void {
    const { leaveOut } = this.#options;
    const encoded = encodedOrLeftOut(what, leaveOut, encode) ?? [];
    const small = encoded.filter(({ bytes }) => bytes.length <= MAX_MEDIA_BYTES);
    if (small.length < encoded.length) leaveOut(what, "a file has at most 10 MiB.");
    if (small.length > MAX_MEDIA_FILES) {
      leaveOut(
        `what follows the first ${MAX_MEDIA_FILES} files of ${what}`,
        "log them by another name.",
      );
    }
    const files = small.slice(0, MAX_MEDIA_FILES);
    if (files.length === 0) return;
    const name = this.#take(key, what, type, at.step);
    if (name !== undefined) this.#operations.push({ kind: "media", type, key: name, files, ...at });
  }

  /** Takes the place of a point. @returns the name of its series; undefined if it is left out. */
  #take(given: string, what: string, type: ColumnType, step: number): string | undefined {
    const { leaveOut } = this.#options;
    const key = metricKey(given);
    if (key === undefined) {
      leaveOut(`"${given}"`, "it is no name of your own; give it another.");
      return undefined;
    }
    const series = this.#series.get(key);
    if (!series) {
      this.#operations.push({ kind: "column", key, type });
      this.#series.set(key, { type, steps: [[step, step, 0]] });
      return key;
    }
    if ((series.type ?? type) !== type) {
      leaveOut(what, `"${key}" has values of another kind; log it by another name.`);
      return undefined;
    }
    if (hasStep(series.steps, step)) {
      leaveOut(`a second value of "${key}" for one step`, "give each value a step of its own.");
      return undefined;
    }
    addStep(series.steps, step);
    return key;
  }

  /**
   * The place of a call: its own step, or the next one. @param isMedia media of a call are separate events with the same time, and
   * have its step.
   */
  #placeOf({ step, wallTimeMs: timeMs = Date.now() }: LogContext, isMedia: boolean): Place {
    const isUsable =
      step !== undefined && Number.isSafeInteger(step) && step >= 0 && step <= MAX_STEP;
    if (step !== undefined && !isUsable) {
      this.#options.warn(
        `Steps in SwanLab are integers from 0 on; values for the step ${step}, and others of that kind, are recorded at the next step.`,
      );
    }
    const last = this.#lastCall;
    const isSameCall = isMedia && !isUsable && last !== undefined && last.timeMs === timeMs;
    const taken = isUsable ? step : isSameCall ? last.step : this.#nextStep;
    this.#lastCall = isUsable ? undefined : { timeMs, step: taken };
    this.#nextStep = Math.max(this.#nextStep, taken + 1);
    return { step: taken, timeMs };
  }
}

type Place = { readonly step: number; readonly timeMs: number };

/** The values of nested objects by path, as `a/b`; a chart is one value. */
function leaves(values: LogValues): [path: string, value: LogValue][] {
  return Object.entries(values).flatMap(([key, value]): [string, LogValue][] =>
    isNested(value) && !isChart(value)
      ? leaves(value).map(([path, leaf]) => [`${key}/${path}`, leaf])
      : [[key, value]],
  );
}
