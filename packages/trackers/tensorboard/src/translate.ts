import type {
  DeliveredEvent,
  FigureData,
  ImageData,
  LogContext,
  LogValue,
  LogValues,
} from "@acc/core/tracker";
import {
  encodedOrLeftOut,
  type FigurePictures,
  flatten,
  imagesOf,
  isNested,
  isoText,
  kindOf,
  type LeaveOut,
  numbersOf,
  scalarOf,
  type Translator,
  unknownCall,
} from "@acc/tracker-kit";
import {
  doubleValue,
  histogramValue,
  imageValue,
  type SummaryValue,
  scalarValue,
  textValue,
} from "./format/event.ts";
import { histogramOf } from "./format/histogram.ts";
import { flattenConfig } from "./format/hparams.ts";
import { encodeImages } from "./format/image-grid.ts";
import { markdownTable } from "./format/markdown-table.ts";
import { mediaValue } from "./format/media.ts";
import type { Operation } from "./operation.ts";
import type { TensorBoardOptions } from "./options.ts";
import type { RecordingState } from "./state.ts";

/** With hparams in a run, one scalar above this step breaks TensorBoard's hparams page for all runs. */
const MAX_STEP_WITH_HPARAMS = 2 ** 31 - 1;

export type TranslatorOptions = Pick<
  TensorBoardOptions,
  "nestedScalars" | "imageLayout" | "doubles" | "hparams"
> & {
  readonly pictures?: FigurePictures;
  readonly leaveOut: LeaveOut;
  readonly warn: (message: string) => void;
};

/**
 * Turns events into summary values: numbers and booleans become scalars, strings text, lists of numbers histograms, the
 * configuration hparams.
 */
export class TensorBoardTranslator implements Translator<RecordingState, Operation> {
  readonly operations: Operation[] = [];
  readonly state: RecordingState;
  readonly #options: TranslatorOptions;

  /** @param state is changed. */
  constructor(state: RecordingState, options: TranslatorOptions) {
    this.state = state;
    this.#options = options;
  }

  /** @throws {AcceleratorError} `VALUE_INVALID` for a call: the run has none. */
  add(event: DeliveredEvent): void {
    switch (event.type) {
      case "config":
        this.operations.push({ kind: "hparams", hparams: flattenConfig(event.values) });
        if (this.#options.hparams !== "subrun") this.state.hasHparams = true;
        break;
      case "metrics":
        this.#metrics(event.values, event.context);
        break;
      case "images": {
        const entries = Object.entries(event.values).flatMap(([tag, image]) =>
          this.#layOut(tag, image),
        );
        const values = entries.flatMap(([tag, image]) => this.#image(tag, image) ?? []);
        this.#eventPerValue(values, event.context);
        break;
      }
      case "tables": {
        const entries = Object.entries(event.values);
        const values = entries.map(([name, table]) => textValue(name, markdownTable(table)));
        this.#eventPerValue(values, event.context);
        break;
      }
      case "figures": {
        const entries = Object.entries(event.values);
        this.#eventPerValue(
          entries.map(([name, figure]) => this.#figure(name, figure)),
          event.context,
        );
        break;
      }
      case "media": {
        const { leaveOut } = this.#options;
        const values = Object.entries(event.values).flatMap(([tag, media]) => {
          return encodedOrLeftOut(`"${tag}"`, leaveOut, () => mediaValue(tag, media)) ?? [];
        });
        this.#eventPerValue(values, event.context);
        break;
      }
      case "artifact": // TensorBoard shows no files
        break;
      case "call":
        throw unknownCall("The TensorBoard run", event.method);
      case "system":
      case "console":
        break; // for trackers that ask for them
      default:
        event satisfies never;
    }
  }

  #metrics(values: LogValues, { step, wallTimeMs = Date.now() }: LogContext): void {
    const at = this.#stepOf(step);
    const hasRuns = this.#options.nestedScalars === "runs";
    const summary: SummaryValue[] = [];
    for (const [key, value] of hasRuns ? Object.entries(values) : flatten(values)) {
      if (!isNested(value)) summary.push(...this.#summarize(key, value));
      else {
        // One run per part, as `SummaryWriter.add_scalars` of PyTorch lays them out.
        for (const [part, leaf] of flatten(value)) {
          const folder = `${key.replaceAll("/", "_")}_${part.replaceAll("/", "_")}`;
          this.#write(this.#summarize(key, leaf), at, wallTimeMs, folder);
        }
      }
    }
    this.#write(summary, at, wallTimeMs);
  }

  #summarize(key: string, value: LogValue): SummaryValue[] {
    if (typeof value === "string") return [textValue(key, value)];
    if (value instanceof Date) return [textValue(key, isoText(value))];
    const number = scalarOf(value);
    if (number !== undefined) return this.#scalars(key, number);
    const numbers = numbersOf(value);
    if (numbers && numbers.length > 0) return [histogramValue(key, histogramOf(numbers))];
    const advice = "log a number, a string, or an object of them";
    this.#options.leaveOut(`${key} (${kindOf(value)})`, advice);
    return [];
  }

  #scalars(key: string, value: number): SummaryValue[] {
    const scalar = scalarValue(key, value);
    return this.#options.doubles ? [scalar, doubleValue(`${key}.f64`, value)] : [scalar];
  }

  #image(tag: string, image: ImageData): SummaryValue | undefined {
    const { leaveOut } = this.#options;
    const encoded = encodedOrLeftOut(`${tag} (image)`, leaveOut, () => encodeImages(image));
    return encoded && imageValue(tag, { ...encoded, encoded: encoded.png });
  }

  /** A picture, or a text that says why there is none. */
  #figure(name: string, figure: FigureData): SummaryValue {
    const drawing = this.#options.pictures?.get(figure);
    if (drawing && "picture" in drawing) {
      const { bytes: png, width, height } = drawing.picture;
      return imageValue(name, { encoded: png, width, height, channels: 4 });
    }
    const reason = drawing?.reason ?? "it was not drawn";
    this.#options.leaveOut(`a picture of "${name}"`, `${reason}.`);
    return textValue(name, `The figure has no picture: ${reason}.`);
  }

  /** A batch as one picture, or as a picture each. */
  #layOut(tag: string, image: ImageData): [tag: string, image: ImageData][] {
    const isSeparate = this.#options.imageLayout === "separate" && image.shape.length === 4;
    if (!isSeparate) return [[tag, image]];
    return imagesOf(image).map((one, index) => [`${tag}/${index}`, one]);
  }

  #eventPerValue(
    values: readonly SummaryValue[],
    { step, wallTimeMs = Date.now() }: LogContext,
  ): void {
    const at = this.#stepOf(step);
    for (const value of values) this.#write([value], at, wallTimeMs);
  }

  #write(values: readonly SummaryValue[], step: number, wallTimeMs: number, folder = ""): void {
    if (values.length === 0) return;
    this.operations.push({ kind: "values", folder, values, step, wallTimeMs });
  }

  /** Without a step, the one after the last. */
  #stepOf(step: number | undefined): number {
    let at = step ?? this.state.nextStep;
    if (this.state.hasHparams && at > MAX_STEP_WITH_HPARAMS) {
      this.#options.warn(
        `TensorBoard's hparams page fails for steps above ${MAX_STEP_WITH_HPARAMS}: values of later steps are ` +
          "recorded at that step.",
      );
      at = MAX_STEP_WITH_HPARAMS;
    }
    this.state.nextStep = at + 1;
    return at;
  }
}
