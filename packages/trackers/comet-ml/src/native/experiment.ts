import { basename, resolve } from "node:path";
import {
  AcceleratorError,
  type ImageData,
  type LogContext,
  type LogValue,
  type TableData,
  type TrackerEvent,
} from "@acc/core/tracker";
import { contextNow } from "@acc/tracker-kit";
import { codeFiles } from "./code-files.ts";

/** The place of a value. A part that is not given keeps its last value. */
export type CometPlace = {
  readonly step?: number;
  readonly epoch?: number;
  /** Such as `"train"` or `"validate"`: Comet draws a curve for each. */
  readonly context?: string;
};

/**
 * The native object of the Comet tracker: the experiment, with the calls of Comet's Python client. Each call returns at
 * once and is recorded in order with everything else that is logged.
 */
export class CometExperiment {
  readonly #findKey: () => string;
  readonly #post: (event: TrackerEvent) => void;
  readonly #script: string | undefined;

  /** @param script path of the training script, if it is known. */
  constructor(
    findKey: () => string,
    post: (event: TrackerEvent) => void,
    script: string | undefined,
  ) {
    this.#findKey = findKey;
    this.#post = post;
    this.#script = script;
  }

  /** The experiment's key at Comet. */
  getKey(): string {
    return this.#findKey();
  }

  /** A point of a curve. */
  logMetric(name: string, value: LogValue, place: CometPlace = {}): void {
    this.#call("logMetric", [name, value], place);
  }

  /** Points of several curves; nested names are joined with `/`. */
  logMetrics(values: { readonly [name: string]: LogValue }, place: CometPlace = {}): void {
    this.#call("logMetrics", [values], place);
  }

  logParameter(name: string, value: LogValue, step?: number): void {
    this.#call("logParameter", [name, value], stepOf(step));
  }

  /** Hyperparameters; nested names are joined with `|`. */
  logParameters(values: { readonly [name: string]: LogValue }, step?: number): void {
    this.#call("logParameters", [values], stepOf(step));
  }

  /** An attribute of the experiment; the last value is kept. */
  logOther(key: string, value: LogValue): void {
    this.#call("logOther", [key, value]);
  }

  logOthers(values: { readonly [key: string]: LogValue }): void {
    this.#call("logOthers", [values]);
  }

  /** A line of the text tab. */
  logText(
    text: string,
    options: {
      readonly step?: number;
      readonly metadata?: { readonly [name: string]: LogValue };
    } = {},
  ): void {
    this.#call("logText", [text], options);
  }

  /** One image or a batch of them, see `ImageData`. */
  logImage(
    image: ImageData,
    { name = "image", step }: { readonly name?: string; readonly step?: number } = {},
  ): void {
    this.#post({ type: "images", values: { [name]: image }, context: contextOf(stepOf(step)) });
  }

  /** A table as a CSV file. */
  logTable(fileName: string, table: TableData, step?: number): void {
    this.#post({ type: "tables", values: { [fileName]: table }, context: contextOf(stepOf(step)) });
  }

  /** A file, or a folder with all that is in it. */
  logAsset(
    path: string,
    options: { readonly fileName?: string; readonly step?: number } = {},
  ): void {
    const { fileName = basename(path), step } = options;
    const artifact = { name: fileName, path: resolve(path) };
    this.#post({ type: "artifact", artifact, context: contextOf(stepOf(step)) });
  }

  /** A file made of text, or of a value as JSON. */
  logAssetData(
    data: LogValue,
    options: { readonly name?: string; readonly step?: number } = {},
  ): void {
    this.#call("logAssetData", [data, options.name ?? "data.json"], stepOf(options.step));
  }

  /**
   * Keeps the code of the experiment, which its page shows under Code.
   *
   * @param path a file, or a folder: the programs and texts in it, without links, `node_modules`, and names that begin with a dot.
   *   Default: the training script.
   * @throws {AcceleratorError} `VALUE_INVALID` if there is none at the path, or more than 1000 files, or no script is known.
   */
  logCode(path: string | undefined = this.#script): void {
    if (path === undefined) {
      throw new AcceleratorError("VALUE_INVALID", "logCode: give a path, as no script is known.");
    }
    const context = contextNow({ options: { code: true } });
    for (const artifact of codeFiles(path)) this.#post({ type: "artifact", artifact, context });
  }

  addTag(tag: string): void {
    this.addTags([tag]);
  }

  addTags(tags: readonly string[]): void {
    this.#call("addTags", [[...tags]]);
  }

  /** Renames the experiment. */
  setName(name: string): void {
    this.#call("setName", [name]);
  }

  /** The step of values logged without one. */
  setStep(step: number): void {
    this.#call("setStep", [], { step });
  }

  /** The epoch of values logged without one. */
  setEpoch(epoch: number): void {
    this.#call("setEpoch", [], { epoch });
  }

  /** Writes the archive now, if there is one. `endTraining` ends the experiment. */
  end(): void {
    this.#call("end", []);
  }

  #call(method: string, args: readonly LogValue[], place: Place = {}): void {
    this.#post({ type: "call", method, args, context: contextOf(place) });
  }
}

type Place = CometPlace & { readonly metadata?: { readonly [name: string]: LogValue } };

function stepOf(step: number | undefined): Place {
  return step === undefined ? {} : { step };
}

function contextOf({ step, ...options }: Place): LogContext {
  return contextNow({ step, options });
}
