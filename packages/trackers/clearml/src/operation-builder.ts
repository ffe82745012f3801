import {
  AcceleratorError,
  type ImageData,
  type LogValue,
  type MediaData,
  type RunConfig,
} from "@acc/core/tracker";
import {
  encodedOrLeftOut,
  encodePng,
  imagesOf,
  type LeaveOut,
  requireMedia,
  toJson,
  wellFormed,
} from "@acc/tracker-kit";
import { samplePath } from "./format/file-path.ts";
import { hyperparametersOf } from "./format/hyperparameters.ts";
import { nameOf } from "./format/name-of.ts";
import type { Figure } from "./format/plot.ts";
import type { TaskEdit } from "./format/task-fields.ts";
import {
  type Artifact,
  type LogLevel,
  type MetricEvent,
  type ModelDescription,
  type Operation,
  SINGLE_VALUE_ITERATION,
} from "./operation.ts";
import type { RecordingState } from "./state.ts";

export type OperationBuilderOptions = {
  /** The run's id, 32 hexadecimal digits. */
  readonly runId: string;
  readonly nonFinite: "text" | "zero";
  readonly warn: (message: string) => void;
  readonly leaveOut: LeaveOut;
};

/** The place of a value: the step as the user gave it, and the time. */
export type Place = { readonly step: number | undefined; readonly timeMs: number };

/** The server stores float32 and refuses a whole batch for one number beyond it. */
const MAX_VALUE = 3.4028234663852886e38;
/** Bytes of the largest plot or line that is sent; the server takes requests of up to 15 MB. */
const MAX_TEXT = 8 * 2 ** 20;

/** A file among the debug samples of a task. */
type Sample = { readonly bytes: Uint8Array; readonly extension: string; readonly type: string };

/** The title under which ClearML's own client reports the load of the machine. */
const MACHINE = ":monitor:machine";

/** Collects the operations of one event. The same calls from the same state give the same operations. */
export class OperationBuilder {
  readonly operations: Operation[] = [];
  readonly #sequence: number;
  readonly #options: OperationBuilderOptions;
  readonly #state: RecordingState;

  /** @param state is changed by what is recorded. */
  constructor(sequence: number, options: OperationBuilderOptions, state: RecordingState) {
    this.#sequence = sequence;
    this.#options = options;
    this.#state = state;
  }

  /** A point of a curve; without a step a single value named `title`. */
  scalar(title: string, series: string, value: number, place: Place): void {
    const fits = Math.abs(value) <= MAX_VALUE;
    if (!fits) {
      const { nonFinite, warn } = this.#options;
      const kind = Number.isFinite(value) ? "numbers beyond float32" : value;
      const fate = nonFinite === "zero" ? "0 is recorded" : "a line of the console is written";
      warn(`ClearML cannot store ${kind}, as of "${title}" (${series}): ${fate} in its place.`);
      if (nonFinite !== "zero") {
        const at = place.step === undefined ? "" : ` (${series}, iteration ${place.step})`;
        this.line(`${title}${at}: ${value}`, "info", place.timeMs);
        return;
      }
    }
    const isSingle = place.step === undefined;
    const [metric, variant] = isSingle
      ? ["Summary", nameOf(title)]
      : [nameOf(title), nameOf(series)];
    const iter = isSingle ? SINGLE_VALUE_ITERATION : this.#integer(place.step, title);
    this.#warnOfRepetition(metric, variant, iter);
    const timestamp = place.timeMs;
    const type = "training_stats_scalar";
    const event: MetricEvent = { timestamp, type, iter, metric, variant, value: fits ? value : 0 };
    this.operations.push({ kind: "metric", event });
  }

  /** The highest iteration of a curve of the user; undefined if there is none yet. */
  get lastIteration(): number | undefined {
    const curves = Object.entries(this.#state.highest).filter(([key]) =>
      key.startsWith("scalar\n"),
    );
    const highest = curves.reduce((most, [, iter]) => Math.max(most, iter), -1);
    return highest < 0 ? undefined : highest;
  }

  /** A point of the machine's load. A later one of the same iteration takes its place, as with ClearML's own client. */
  machine(variant: string, value: number, { step, timeMs }: Place): void {
    const iter = this.#integer(step, MACHINE);
    const type = "training_stats_scalar";
    const event: MetricEvent = { timestamp: timeMs, type, iter, metric: MACHINE, variant, value };
    this.operations.push({ kind: "metric", event });
  }

  /** A plotly figure; without a step after the last one of its title and series. */
  plot(title: string, series: string, figure: Figure, place: Place): void {
    const plot = JSON.stringify(figure);
    if (this.#isTooLong(plot, `the plot "${title}"`)) return;
    const [metric, variant] = [nameOf(title), nameOf(series)];
    const iter = this.#iteration("plot", metric, variant, place.step);
    const timestamp = place.timeMs;
    const event: MetricEvent = { timestamp, type: "plot", iter, metric, variant, plot_str: plot };
    this.operations.push({ kind: "metric", event });
  }

  /** An image, or each of a batch as the series `series_0`, `series_1`, …; without a step after the last one. */
  image(title: string, series: string, image: ImageData, place: Place): void {
    const isBatch = image.shape.length === 4;
    for (const [index, single] of imagesOf(image).entries()) {
      const variant = nameOf(isBatch ? `${series}_${index}` : series);
      const png = this.#encode(single, title);
      if (!png) continue;
      this.#sample(nameOf(title), variant, pngSample(png), place);
    }
  }

  /** An image that is a PNG already; without a step after the last one. */
  picture(title: string, series: string, png: Uint8Array, place: Place): void {
    this.#sample(nameOf(title), nameOf(series), pngSample(png), place);
  }

  /** Audio, a video or a page, where images are; without a step after the last one. */
  media(title: string, series: string, media: MediaData, place: Place): void {
    const { leaveOut } = this.#options;
    const known = encodedOrLeftOut(`"${title}"`, leaveOut, () => requireMedia(media));
    if (!known) return;
    const { kind, format: extension, data: bytes } = known;
    const type = kind === "html" ? "text/html" : `${kind}/${extension}`;
    this.#sample(nameOf(title), nameOf(series), { bytes, extension, type }, place);
  }

  /** A line of the console. */
  line(text: string, level: LogLevel, timeMs: number): void {
    const msg = wellFormed(text);
    if (this.#isTooLong(msg, "a text")) return;
    // Different times keep lines of one millisecond in order, and identify a line that the server already has.
    const timestamp = Math.max(timeMs, this.#state.lastLineMs + 1);
    this.#state.lastLineMs = timestamp;
    const line = { sequence: this.#sequence, timestamp, level, msg };
    this.operations.push({ kind: "line", line });
  }

  configuration(values: LogValue, title: string, description?: string): void {
    const value = JSON.stringify(toJson(values), undefined, 2); // JSON is valid HOCON
    const name = nameOf(title) || "General";
    const object = {
      ...{ name, value, type: "dictionary" as const },
      ...(description === undefined ? {} : { description: wellFormed(description) }),
    };
    this.#edit({ configuration: { [name]: object } });
  }

  parameters(values: RunConfig, title: string): void {
    const section = nameOf(title) || "General"; // the server refuses an empty name
    const parameters = hyperparametersOf(values, section);
    if (Object.keys(parameters).length > 0) this.#edit({ hyperparams: { [section]: parameters } });
  }

  tags(tags: readonly string[]): void {
    this.#edit({ tags: tags.map(nameOf) });
  }

  comment(text: string): void {
    this.#edit({ comment: wellFormed(text) });
  }

  artifact(artifact: Artifact): void {
    const key = nameOf(artifact.key);
    this.operations.push({ kind: "artifact", artifact: { ...artifact, key } });
  }

  model(name: string, path: string, timestamp: number, description: ModelDescription): void {
    const model = { sequence: this.#sequence, name: nameOf(name), path, timestamp, description };
    this.operations.push({ kind: "model", model });
  }

  #sample(metric: string, variant: string, { bytes, extension, type }: Sample, place: Place): void {
    const iter = this.#iteration("image", metric, variant, place.step);
    const kind = "training_debug_image";
    const event = { timestamp: place.timeMs, type: kind, iter, metric, variant } as const;
    const number = String(this.#sequence).padStart(8, "0");
    const identity = `${number}-${this.operations.length}-${this.#options.runId.slice(0, 8)}`;
    const path = samplePath(metric, variant, identity, extension);
    this.operations.push({ kind: "sample", event, path, bytes, type });
  }

  #edit(edit: TaskEdit): void {
    this.operations.push({ kind: "edit", edit });
  }

  #encode(image: ImageData, title: string): Uint8Array | undefined {
    try {
      return encodePng(image).png;
    } catch (error) {
      if (!(error instanceof AcceleratorError)) throw error;
      this.#options.leaveOut(`${title} (image)`, error.message);
      return undefined;
    }
  }

  #isTooLong(text: string, what: string): boolean {
    const size = Buffer.byteLength(text);
    if (size <= MAX_TEXT) return false;
    const kind = `${what} of ${Math.ceil(size / 2 ** 20)} MB`;
    this.#options.leaveOut(kind, `${MAX_TEXT / 2 ** 20} MB are the limit; log it as an artifact.`);
    return true;
  }

  #iteration(kind: string, title: string, series: string, step: number | undefined): number {
    const key = `${kind}\n${title}\n${series}`;
    const highest = this.#state.highest[key] ?? -1;
    const iter = step === undefined ? highest + 1 : this.#integer(step, title);
    this.#state.highest[key] = Math.max(highest, iter);
    return iter;
  }

  #warnOfRepetition(metric: string, variant: string, iter: number): void {
    const key = `scalar\n${metric}\n${variant}`;
    const highest = this.#state.highest[key];
    this.#state.highest[key] = Math.max(highest ?? iter, iter);
    if (highest === undefined || iter > highest) return;
    this.#options.warn(
      iter === SINGLE_VALUE_ITERATION
        ? `ClearML keeps the last value of "${variant}", which is logged without a step: give a step to keep them all.`
        : `ClearML keeps one value per curve and iteration: "${metric}" (${variant}) was logged at an equal or earlier ` +
            "step; a value that was there is replaced.",
    );
  }

  #integer(step: number | undefined, title: string): number {
    const iter = Math.trunc(step ?? 0);
    if (iter !== step) {
      this.#options.warn(
        `ClearML's iterations are integers: the step of "${title}" is cut to an integer.`,
      );
    }
    return Number.isFinite(iter) ? iter : 0;
  }
}

function pngSample(bytes: Uint8Array): Sample {
  return { bytes, extension: "png", type: "image/png" };
}
