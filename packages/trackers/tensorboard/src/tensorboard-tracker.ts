import { renameSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import {
  AcceleratorError,
  type FinishStatus,
  GeneralTracker,
  type ImageData,
  type LogContext,
  type LogValue,
  type LogValues,
  type RunConfig,
  type TableData,
} from "@acc/core";
import { flatten, imagesOf, isNested, numbersOf } from "@acc/tracker-kit";
import { stringify } from "yaml";
import { doubleValue, histogramValue, type SummaryValue, scalarValue, textValue } from "./event.ts";
import { histogramOf } from "./histogram.ts";
import { flattenConfig } from "./hparam-values.ts";
import { markdownTable } from "./markdown-table.ts";
import { SummaryWriter, type SummaryWriterOptions } from "./summary-writer.ts";

/** Options of the tracker, for `initTrackers(…, { initOptions: { tensorboard: … } })`. */
export type TensorBoardOptions = SummaryWriterOptions & {
  /**
   * `"tags"`: nested values become `name/part`. `"runs"`: as Accelerate writes them, each part of `name` in a run
   * of its own beside the others, `<run>/name_part`, under the tag `name`. Default `"tags"`.
   */
  readonly nestedScalars?: "tags" | "runs";
  /** `"grid"`: a batch of images is one picture. `"separate"`: tags `name/0`, `name/1`, …. Default `"grid"`. */
  readonly imageLayout?: "grid" | "separate";
  /** Also write every number as an exact double, under `name.f64`. Default false. */
  readonly doubles?: boolean;
  /** Wait for the disk after every call, not only at the end. Default false. */
  readonly syncOnLog?: boolean;
  /**
   * `"run"`: hparams are part of the run. `"subrun"`: as Accelerate writes them, in a run of their own named
   * after the time, without metrics. Default `"run"`.
   */
  readonly hparams?: "run" | "subrun";
};

/** With hparams in a run, one scalar above this step breaks TensorBoard's hparams page for all runs. */
const MAX_STEP_WITH_HPARAMS = 2 ** 31 - 1;

/**
 * Writes a run to `<loggingDir>/<projectName>`: numbers and booleans as scalars, strings as text, nested
 * objects as `name/part`, the configuration as hparams and as `hparams.yml`.
 */
export class TensorBoardTracker extends GeneralTracker {
  readonly name = "tensorboard";
  readonly requiresLoggingDirectory = true;
  readonly #runDir: string;
  readonly #options: TensorBoardOptions;
  #writer: SummaryWriter | undefined;
  #isFinished = false;
  #hasHparams = false;
  #hasMovedSteps = false;
  #nextStep: number;
  readonly #partWriters = new Map<string, SummaryWriter>();
  readonly #leftOut = new Map<string, number>();

  /** @throws {AcceleratorError} `OPTION_INVALID` if the project's name leads out of the logging directory. */
  constructor(projectName: string, loggingDir: string, options: TensorBoardOptions = {}) {
    super();
    this.#runDir = resolve(loggingDir, projectName);
    const path = relative(resolve(loggingDir), this.#runDir);
    if (path === "" || path.startsWith("..") || resolve(path) === path) {
      throw new AcceleratorError(
        "OPTION_INVALID",
        `The project name ${JSON.stringify(projectName)} does not name a folder below ${loggingDir}.`,
      );
    }
    const { resumeStep = 0 } = options;
    if (!Number.isSafeInteger(resumeStep) || resumeStep < 0) {
      throw new AcceleratorError(
        "OPTION_INVALID",
        `resumeStep must be an integer of at least 0, got ${resumeStep}.`,
      );
    }
    this.#options = options;
    this.#nextStep = resumeStep;
  }

  /** The writer of the run; after `start`. */
  get tracker(): SummaryWriter {
    if (this.#writer && !this.#isFinished) return this.#writer;
    throw new AcceleratorError(
      "STATE_INVALID",
      this.#isFinished
        ? "The TensorBoard run is finished; log before endTraining."
        : "The TensorBoard run has not been started; call initTrackers first.",
    );
  }

  override start(): void {
    this.#writer ??= new SummaryWriter(this.#runDir, this.#options);
  }

  override storeInitConfiguration(values: RunConfig): void {
    const hparams = flattenConfig(values);
    const { tracker } = this;
    if (this.#options.hparams === "subrun") {
      const directory = join(this.#runDir, String(Date.now() / 1000));
      const writer = new SummaryWriter(directory, this.#options);
      writer.addHparams(hparams);
      writer.addEnd("success");
      writer.close();
      writeYaml(directory, hparams);
      return;
    }
    tracker.addHparams(hparams);
    this.#hasHparams = true;
    writeYaml(this.#runDir, hparams);
  }

  override log(values: LogValues, { step, wallTimeMs = Date.now() }: LogContext = {}): void {
    const writer = this.tracker;
    const at = this.#resolveStep(step);
    const flat = this.#options.nestedScalars === "runs" ? Object.entries(values) : flatten(values);
    const summary = flat.flatMap(([key, value]) =>
      isNested(value) ? this.#logParts(key, value, at, wallTimeMs) : this.#summarize(key, value),
    );
    if (summary.length > 0) writer.addValues(summary, at, wallTimeMs);
    this.#sync();
  }

  override logImages(
    images: Record<string, ImageData>,
    { step, wallTimeMs = Date.now() }: LogContext = {},
  ): void {
    const writer = this.tracker;
    const at = this.#resolveStep(step);
    for (const [tag, image] of Object.entries(images)) {
      const separate = this.#options.imageLayout === "separate" && image.shape.length === 4;
      if (!separate) writer.addImage(tag, image, at, wallTimeMs);
      else
        for (const [i, one] of imagesOf(image).entries())
          writer.addImage(`${tag}/${i}`, one, at, wallTimeMs);
    }
    this.#sync();
  }

  override logTable(
    tables: Record<string, TableData>,
    { step, wallTimeMs = Date.now() }: LogContext = {},
  ): void {
    const writer = this.tracker;
    const at = this.#resolveStep(step);
    for (const [name, table] of Object.entries(tables)) {
      writer.addText(name, markdownTable(table), at, wallTimeMs);
    }
    this.#sync();
  }

  override finish(status: FinishStatus): void {
    if (!this.#writer || this.#isFinished) return;
    if (this.#hasHparams) this.#writer.addEnd(status);
    for (const writer of [this.#writer, ...this.#partWriters.values()]) writer.close();
    this.#isFinished = true;
    if (this.#leftOut.size === 0) return;
    const counts = [...this.#leftOut].map(([what, count]) => `${what} ${count} times`).join(", ");
    process.emitWarning(`TensorBoard cannot show these values, which were left out: ${counts}.`);
  }

  #summarize(key: string, value: LogValue): SummaryValue[] {
    if (typeof value === "number") return this.#scalars(key, value);
    if (typeof value === "boolean" || typeof value === "bigint")
      return this.#scalars(key, Number(value));
    if (typeof value === "string") return [textValue(key, value)];
    if (value instanceof Date) return [textValue(key, value.toISOString())];
    const numbers = numbersOf(value);
    if (numbers?.length === 1) return this.#scalars(key, numbers[0] as number);
    if (numbers && numbers.length > 0) return [histogramValue(key, histogramOf(numbers))];
    this.#leaveOut(`${key} (${kindOf(value)})`);
    return [];
  }

  #scalars(key: string, value: number): SummaryValue[] {
    const scalar = scalarValue(key, value);
    return this.#options.doubles ? [scalar, doubleValue(`${key}.f64`, value)] : [scalar];
  }

  /** One run per part, as `SummaryWriter.add_scalars` of PyTorch lays them out. */
  #logParts(
    key: string,
    parts: { readonly [part: string]: LogValue },
    step: number,
    wallTimeMs: number,
  ): [] {
    for (const [part, value] of flatten(parts)) {
      const folder = `${key.replaceAll("/", "_")}_${part.replaceAll("/", "_")}`;
      const summary = this.#summarize(key, value);
      if (summary.length > 0) this.#partWriter(folder).addValues(summary, step, wallTimeMs);
    }
    return [];
  }

  #partWriter(folder: string): SummaryWriter {
    let writer = this.#partWriters.get(folder);
    if (!writer) {
      writer = new SummaryWriter(join(this.#runDir, folder), this.#options);
      this.#partWriters.set(folder, writer);
    }
    return writer;
  }

  #sync(): void {
    if (!this.#options.syncOnLog) return;
    for (const writer of [this.tracker, ...this.#partWriters.values()]) writer.flush();
  }

  #leaveOut(what: string): void {
    const count = this.#leftOut.get(what) ?? 0;
    this.#leftOut.set(what, count + 1);
    if (count > 0) return;
    process.emitWarning(
      `TensorBoard cannot show ${what}: log a number, a string, or an object of them. The value is left out.`,
    );
  }

  /** Without a step, the one after the last. */
  #resolveStep(step: number | undefined): number {
    let at = step ?? this.#nextStep;
    if (this.#hasHparams && at > MAX_STEP_WITH_HPARAMS) {
      this.#warnOfMovedStep();
      at = MAX_STEP_WITH_HPARAMS;
    }
    this.#nextStep = at + 1;
    return at;
  }

  #warnOfMovedStep(): void {
    if (this.#hasMovedSteps) return;
    this.#hasMovedSteps = true;
    process.emitWarning(
      `TensorBoard's hparams page fails for steps above ${MAX_STEP_WITH_HPARAMS}: values of later steps are ` +
        "recorded at that step.",
    );
  }
}

function writeYaml(directory: string, hparams: ReadonlyMap<string, unknown>): void {
  const path = join(directory, "hparams.yml");
  const temporary = `${path}.${process.pid}.tmp`;
  // To readers of YAML 1.1, as PyYAML, a float has a point.
  const yaml = stringify(Object.fromEntries(hparams)).replaceAll(
    /^(\S.*: -?\d+)(e[+-]\d+)$/gm,
    "$1.0$2",
  );
  writeFileSync(temporary, yaml);
  renameSync(temporary, path);
}

function kindOf(value: LogValue): string {
  if (value === null || value === undefined) return String(value);
  return Array.isArray(value) ? `list of ${value.length}` : (value as object).constructor.name;
}
