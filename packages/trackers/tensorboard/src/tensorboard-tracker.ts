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
} from "@acc/core";
import { stringify } from "yaml";
import { type SummaryValue, scalarValue, textValue } from "./event.ts";
import { flatten, flattenConfig } from "./flatten.ts";
import { SummaryWriter, type SummaryWriterOptions } from "./summary-writer.ts";

/** Options of the tracker, for `initTrackers(…, { initOptions: { tensorboard: … } })`. */
export type TensorBoardOptions = SummaryWriterOptions;

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
    this.tracker.addHparams(flattenConfig(values));
    this.#hasHparams = true;
    this.#writeYaml(flattenConfig(values));
  }

  override log(values: LogValues, { step, wallTimeMs = Date.now() }: LogContext = {}): void {
    const writer = this.tracker;
    const at = this.#resolveStep(step);
    const summary = flatten(values).flatMap(([key, value]) => this.#summarize(key, value));
    if (summary.length > 0) writer.addValues(summary, at, wallTimeMs);
  }

  override logImages(
    images: Record<string, ImageData>,
    { step, wallTimeMs = Date.now() }: LogContext = {},
  ): void {
    const writer = this.tracker;
    const at = this.#resolveStep(step);
    for (const [tag, image] of Object.entries(images)) writer.addImage(tag, image, at, wallTimeMs);
  }

  override finish(status: FinishStatus): void {
    if (!this.#writer || this.#isFinished) return;
    if (this.#hasHparams) this.#writer.addEnd(status);
    this.#writer.close();
    this.#isFinished = true;
    if (this.#leftOut.size === 0) return;
    const counts = [...this.#leftOut].map(([what, count]) => `${what} ${count} times`).join(", ");
    process.emitWarning(`TensorBoard cannot show these values, which were left out: ${counts}.`);
  }

  #summarize(key: string, value: LogValue): SummaryValue[] {
    if (typeof value === "number") return [scalarValue(key, value)];
    if (typeof value === "boolean" || typeof value === "bigint")
      return [scalarValue(key, Number(value))];
    if (typeof value === "string") return [textValue(key, value)];
    if (value instanceof Date) return [textValue(key, value.toISOString())];
    if (isSingleNumber(value)) return [scalarValue(key, value[0])];
    this.#leaveOut(`${key} (${kindOf(value)})`);
    return [];
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

  #writeYaml(hparams: ReadonlyMap<string, unknown>): void {
    const path = join(this.#runDir, "hparams.yml");
    const temporary = `${path}.${process.pid}.tmp`;
    writeFileSync(temporary, stringify(Object.fromEntries(hparams)));
    renameSync(temporary, path);
  }
}

function isSingleNumber(value: LogValue): value is [number] {
  const { length, 0: first } = (value ?? {}) as ArrayLike<unknown>;
  return length === 1 && typeof first === "number";
}

function kindOf(value: LogValue): string {
  if (value === null || value === undefined) return String(value);
  return Array.isArray(value) ? `list of ${value.length}` : (value as object).constructor.name;
}
