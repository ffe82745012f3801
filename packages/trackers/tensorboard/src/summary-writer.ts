import type { ImageData } from "@acc/core";
import {
  type Hparam,
  histogramValue,
  imageValue,
  type SummaryValue,
  scalarValue,
  sessionEndInfo,
  sessionStartEvent,
  sessionStartInfo,
  summaryEvent,
  textValue,
} from "./event.ts";
import { EventFile } from "./event-file.ts";
import { histogramOf } from "./histogram.ts";
import { encodeImages } from "./image-grid.ts";

export type SummaryWriterOptions = {
  /** Step at which this program takes over; TensorBoard drops what earlier files hold from there on. */
  readonly resumeStep?: number;
  /** End of the file name. */
  readonly filenameSuffix?: string;
};

/**
 * Writes the event file of one run: the native object of the TensorBoard tracker. Every call has reached
 * the operating system when it returns. Steps are integers; a call without one gets step 0.
 */
export class SummaryWriter {
  /** Directory of the run. */
  readonly logDir: string;
  readonly #file: EventFile;

  constructor(logDir: string, { resumeStep = 0, filenameSuffix = "" }: SummaryWriterOptions = {}) {
    this.logDir = logDir;
    this.#file = new EventFile(logDir, filenameSuffix);
    // Also in a first file: TensorBoard's slow loader heeds only the second such mark of a run.
    this.#file.append([sessionStartEvent({ wallTimeMs: Date.now(), step: resumeStep })]);
  }

  /** Path of the event file. */
  get path(): string {
    return this.#file.path;
  }

  /** A point of a curve; stored as float32. */
  addScalar(tag: string, value: number, step = 0, wallTimeMs: number = Date.now()): void {
    this.addValues([scalarValue(tag, value)], step, wallTimeMs);
  }

  /** Text; Markdown is rendered. */
  addText(tag: string, text: string, step = 0, wallTimeMs: number = Date.now()): void {
    this.addValues([textValue(tag, text)], step, wallTimeMs);
  }

  /** How values are distributed. */
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
    this.addValues([imageValue(tag, encodeImages(image))], step, wallTimeMs);
  }

  /** Hyperparameters of the run. TensorBoard keeps to the first ones it sees. */
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
