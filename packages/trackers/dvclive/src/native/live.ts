import { basename, resolve } from "node:path";
import {
  AcceleratorError,
  type ImageData,
  type LogContext,
  type LogValue,
  type RunConfig,
  type TrackerEvent,
} from "@acc/core/tracker";
import { contextNow } from "@acc/tracker-kit";
import type { Scalar } from "../format/metric-table.ts";
import type { DvcLiveLogOptions } from "../options.ts";

/** How DVC draws a plot. */
export type PlotOptions = {
  readonly x: string;
  readonly y: string;
  /** Name of a template of DVC, such as `"scatter"`. Default `"linear"`. */
  readonly template?: string;
  readonly title?: string;
  readonly xLabel?: string;
  readonly yLabel?: string;
};

/** How `dvc.yaml` describes an artifact. */
export type ArtifactOptions = {
  readonly type?: string;
  readonly name?: string;
  readonly desc?: string;
  readonly labels?: readonly string[];
  readonly meta?: { readonly [name: string]: LogValue };
  /** Track the copy with `dvc add`, where there is DVC. Default true. */
  readonly cache?: boolean;
};

/**
 * The native object of the DVCLive tracker, with the calls of Python's `Live`. Each call returns at once and is recorded in
 * order with everything else that is logged. After `acc launch` the object lives on the host thread.
 */
export class Live {
  readonly #post: (event: TrackerEvent) => void;
  readonly #readStep: () => number;

  /** @param readStep the step of the next values, after those that are recorded. */
  constructor(post: (event: TrackerEvent) => void, readStep: () => number) {
    this.#post = post;
    this.#readStep = readStep;
  }

  /** The step of the next values, after those that are recorded. */
  get step(): number {
    return this.#readStep();
  }

  /** Setting it does not end a step. */
  set step(step: number) {
    if (!Number.isSafeInteger(step)) {
      throw new AcceleratorError("OPTION_INVALID", `A step is an integer, got ${step}.`);
    }
    this.#call("setStep", [step]);
  }

  /** A value of the current step. @throws {AcceleratorError} `VALUE_INVALID` if DVCLive does not accept it. */
  logMetric(name: string, value: Scalar, options: DvcLiveLogOptions = {}): void {
    if (!["number", "bigint", "boolean", "string"].includes(typeof value)) {
      throw new AcceleratorError(
        "VALUE_INVALID",
        `logMetric: ${name} is ${typeof value}; DVCLive takes numbers, booleans and texts.`,
      );
    }
    this.#call("logMetric", [name, value], options);
  }

  logParam(name: string, value: LogValue): void {
    this.logParams({ [name]: value });
  }

  logParams(values: RunConfig): void {
    this.#post({ type: "config", values });
  }

  /**
   * An image, `plots/images/<name>`.
   *
   * @throws {AcceleratorError} `VALUE_INVALID` unless the name ends with `.png`.
   */
  logImage(name: string, image: ImageData): void {
    if (!name.endsWith(".png") || image.shape.length > 3) {
      throw new AcceleratorError(
        "VALUE_INVALID",
        `logImage needs a name that ends with .png and one image; got ${JSON.stringify(name)} and the shape ` +
          `[${image.shape.join(", ")}]. For batches use accelerator.logImages.`,
      );
    }
    this.#post({
      type: "images",
      values: { [name]: image },
      context: contextNow({ options: { file: true } }),
    });
  }

  /** Data of a plot, `plots/custom/<name>.json`: rows with the columns `x` and `y`. */
  logPlot(
    name: string,
    points: readonly { [column: string]: LogValue }[],
    plot: PlotOptions,
  ): void {
    const { x, y, template = "linear", title, xLabel, yLabel } = plot;
    const config = { template, x, y, title, x_label: xLabel, y_label: yLabel };
    const given = Object.entries(config).filter(([, value]) => value !== undefined);
    this.#call("logPlot", [name, [...points]], Object.fromEntries(given));
  }

  /** A file or folder, copied to `artifacts/`. */
  logArtifact(path: string, { type, name, ...options }: ArtifactOptions = {}): void {
    const absolute = resolve(path);
    const artifact = { name: name ?? basename(absolute), path: absolute, ...(type && { type }) };
    const { labels, ...rest } = options;
    const fields = labels ? { ...rest, labels: [...labels] } : rest;
    this.#post({ type: "artifact", artifact, context: contextNow({ options: fields }) });
  }

  /** Ends a step: updates `metrics.json` and `dvc.yaml`. The next values belong to the next step. */
  nextStep(): void {
    this.#call("nextStep", []);
  }

  /** Updates `metrics.json` without ending the step. */
  makeSummary(): void {
    this.#call("sync", []);
  }

  /** Updates all files. `endTraining` closes the run and saves it as an experiment. */
  end(): void {
    this.#call("end", []);
  }

  #call(method: string, args: LogValue[], options: LogContext["options"] = {}): void {
    this.#post({ type: "call", method, args, context: contextNow({ options }) });
  }
}
