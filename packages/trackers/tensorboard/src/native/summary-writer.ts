import type { ImageData, MediaData } from "@acc/core/tracker";
import { layoutMessage, type ScalarLayout } from "../format/custom-scalars.ts";
import {
  customScalarsValue,
  histogramValue,
  imageValue,
  prCurveValue,
  type SummaryValue,
  scalarValue,
  sessionEndInfo,
  sessionStartEvent,
  sessionStartInfo,
  summaryEvent,
  textValue,
} from "../format/event.ts";
import { EventFile } from "../format/event-file.ts";
import { histogramOf } from "../format/histogram.ts";
import type { Hparam } from "../format/hparams.ts";
import { encodeImages } from "../format/image-grid.ts";
import { mediaValue } from "../format/media.ts";
import { prCurve } from "../format/pr-curve.ts";
import { type Embedding, writeEmbedding } from "./projector.ts";

export type SummaryWriterOptions = {
  /** Step at which this program continues; TensorBoard drops the values of earlier files from there on. */
  readonly resumeStep?: number;
  /** End of the file name. */
  readonly filenameSuffix?: string;
};

/**
 * Writes the event file of one run: the native object of the TensorBoard tracker. When a call returns, the operating
 * system has the value. Steps are integers; the default step is 0.
 */
export class SummaryWriter {
  /** Directory of the run. */
  readonly logDir: string;
  readonly #file: EventFile;

  constructor(logDir: string, { resumeStep = 0, filenameSuffix = "" }: SummaryWriterOptions = {}) {
    this.logDir = logDir;
    const started = sessionStartEvent({ wallTimeMs: Date.now(), step: resumeStep });
    // Also in the first file: TensorBoard's slow loader uses only the second such mark of a run.
    this.#file = new EventFile(logDir, [started], filenameSuffix);
  }

  /** Path of the event file. */
  get path(): string {
    return this.#file.path;
  }

  /** Bytes of the event file. */
  get size(): number {
    return this.#file.size;
  }

  /** Removes the events behind the first `size` bytes: those of a call of which a part could not be written. */
  cutOff(size: number): void {
    this.#file.cutOff(size);
  }

  /** A point of a curve; stored as float32. */
  addScalar(tag: string, value: number, step = 0, wallTimeMs: number = Date.now()): void {
    this.addValues([scalarValue(tag, value)], step, wallTimeMs);
  }

  /** Text; Markdown is rendered. */
  addText(tag: string, text: string, step = 0, wallTimeMs: number = Date.now()): void {
    this.addValues([textValue(tag, text)], step, wallTimeMs);
  }

  /** The distribution of values. */
  addHistogram(
    tag: string,
    values: Iterable<number>,
    step = 0,
    wallTimeMs: number = Date.now(),
  ): void {
    this.addValues([histogramValue(tag, histogramOf(values))], step, wallTimeMs);
  }

  /** One image, or a batch as a grid. */
  addImage(tag: string, image: ImageData, step = 0, wallTimeMs: number = Date.now()): void {
    const { png: encoded, ...size } = encodeImages(image);
    this.addValues([imageValue(tag, { ...size, encoded })], step, wallTimeMs);
  }

  /** Audio as WAV, or a GIF. @throws {AcceleratorError} `VALUE_INVALID` for other media, which TensorBoard does not show. */
  addMedia(tag: string, media: MediaData, step = 0, wallTimeMs: number = Date.now()): void {
    this.addValues([mediaValue(tag, media)], step, wallTimeMs);
  }

  /**
   * Precision and recall of a class over thresholds.
   *
   * @param labels whether each is of the class: booleans, or 0 and 1.
   * @param predictions how likely each is, from 0 to 1.
   */
  addPrCurve(
    tag: string,
    labels: ArrayLike<number | boolean>,
    predictions: ArrayLike<number>,
    step = 0,
    { thresholds }: { readonly thresholds?: number } = {},
  ): void {
    this.addValues([prCurveValue(tag, prCurve(labels, predictions, thresholds))], step, Date.now());
  }

  /** Charts of several curves, for the page Custom Scalars: `{ losses: { both: { tags: ["train/loss", "test/loss"] } } }`. */
  addCustomScalars(layout: ScalarLayout): void {
    this.addValues([customScalarsValue(layoutMessage(layout))], 0, Date.now());
  }

  /** Points for the page Projector: files beside the event file. */
  addEmbedding(tag: string, embedding: Embedding, step = 0): void {
    writeEmbedding(this.logDir, tag, step, embedding);
  }

  /** Hyperparameters of the run. TensorBoard reads only the first ones. */
  addHparams(hparams: ReadonlyMap<string, Hparam>, wallTimeMs: number = Date.now()): void {
    this.addValues([sessionStartInfo(hparams, wallTimeMs)], 0, wallTimeMs);
  }

  /** How the run ended. */
  addEnd(status: "success" | "failure", step = 0, wallTimeMs: number = Date.now()): void {
    this.addValues([sessionEndInfo(status, wallTimeMs)], step, wallTimeMs);
  }

  /** Several values of one step as one event. */
  addValues(values: readonly SummaryValue[], step: number, wallTimeMs: number): void {
    this.#file.append([summaryEvent({ wallTimeMs, step }, values)]);
  }

  /** Waits until the disk has everything. */
  flush(): void {
    this.#file.flush();
  }

  close(): void {
    this.#file.close();
  }
}
