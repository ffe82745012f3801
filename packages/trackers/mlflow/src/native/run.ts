import { existsSync } from "node:fs";
import { basename, resolve } from "node:path";
import {
  AcceleratorError,
  type ImageData,
  type LogValue,
  type TableData,
  type TrackerEvent,
} from "@acc/core/tracker";
import { contextNow } from "@acc/tracker-kit";
import { type DatasetSource, datasetOf, type InputOptions, inputTags } from "../format/dataset.ts";
import { type Flavors, isModelName, modelName } from "../format/model-file.ts";
import type { RunStatus } from "../operation.ts";
import type { RunCalls } from "../translate-call.ts";

/** The place of an image of `logImage`: among the images over steps, or one file. */
export type ImagePlace = { readonly key: string; readonly step?: number } | string;

/** Options of `logModel`. */
export type ModelOptions = {
  /** Default: the name of the file or folder, with `_` for what MLflow does not take. */
  readonly name?: string;
  /** Default: that of the last values. The model's page shows the values of this step. */
  readonly step?: number;
  readonly modelType?: string;
  readonly tags?: Readonly<Record<string, LogValue>>;
  /** What can load it, such as `{ onnx: { data: "model.onnx" } }`. Default: `tfjs` and `safetensors`, by the names of the files. */
  readonly flavors?: Flavors;
};

/** The ids of the run at the server, once they are known. */
export type RunLocation = {
  readonly runId: string | undefined;
  readonly experimentId: string | undefined;
  /** Resolves with the id once the run is open. */
  readonly opened: Promise<string>;
};

const DEFAULT_TIMEOUT_MS = 30_000;

/**
 * The native object of the MLflow tracker, with the calls of MLflow's Python client for one run. Each call returns at once
 * and is recorded in order with everything else that is logged. Paths of artifacts are relative to the run's.
 */
export class MlflowRun {
  readonly #post: (event: TrackerEvent) => void;
  readonly #location: () => RunLocation;

  constructor(post: (event: TrackerEvent) => void, location: () => RunLocation) {
    this.#post = post;
    this.#location = location;
  }

  /** Undefined until the server has made the run; see `waitForRunId`. */
  get runId(): string | undefined {
    return this.#location().runId;
  }

  /** Undefined until the server has made the run. */
  get experimentId(): string | undefined {
    return this.#location().experimentId;
  }

  /**
   * The run's id, once the server has made the run, for example for `parentRunId` of another run.
   *
   * @throws {AcceleratorError} `TRACKER_FAILED` if the server has not made it within the time.
   */
  async waitForRunId(timeoutMs: number = DEFAULT_TIMEOUT_MS): Promise<string> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        const message = `MLflow has not opened the run within ${timeoutMs} ms. Does its server answer?`;
        reject(new AcceleratorError("TRACKER_FAILED", message));
      }, timeoutMs);
    });
    try {
      return await Promise.race([this.#location().opened, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** @param timestampMs time of the value in milliseconds since 1970; now without it. */
  logMetric(key: string, value: LogValue, step?: number, timestampMs?: number): void {
    this.logMetrics({ [key]: value }, step, timestampMs);
  }

  logMetrics(
    values: Readonly<Record<string, LogValue>>,
    step?: number,
    timestampMs?: number,
  ): void {
    const options = timestampMs === undefined ? undefined : { timestampMs };
    const context = contextNow({ step, options });
    this.#post({ type: "metrics", values, context });
  }

  /** A parameter keeps its first value; another one becomes the tag `param.<key>`. */
  logParam(key: string, value: LogValue): void {
    this.logParams({ [key]: value });
  }

  logParams(params: Readonly<Record<string, LogValue>>): void {
    this.#call("logParams", params);
  }

  setTag(key: string, value: LogValue): void {
    this.setTags({ [key]: value });
  }

  setTags(tags: Readonly<Record<string, LogValue>>): void {
    this.#call("setTags", tags);
  }

  deleteTag(key: string): void {
    this.#call("deleteTag", key);
  }

  /**
   * Keeps a file, or a folder under its name.
   *
   * @param artifactPath folder of the run's artifacts.
   * @throws {AcceleratorError} `VALUE_INVALID` if there is nothing at the path.
   */
  logArtifact(localPath: string, artifactPath: string = ""): void {
    this.#logPath(localPath, { artifactPath });
  }

  /**
   * Keeps the content of a folder, without its name.
   *
   * @throws {AcceleratorError} `VALUE_INVALID` if there is nothing at the path.
   */
  logArtifacts(localDir: string, artifactPath: string = ""): void {
    this.#logPath(localDir, { artifactPath, contentsOnly: true });
  }

  logText(text: string, artifactFile: string): void {
    this.#call("logText", text, artifactFile);
  }

  /** Keeps a value as JSON. */
  logDict(value: LogValue, artifactFile: string): void {
    this.#call("logDict", value, artifactFile);
  }

  /**
   * @param image floats in 0..1 or bytes in 0..255; see `ImageData` for the shapes.
   * @param place `{ key, step }` to show it among the images over steps, or a path ending in `.png`.
   */
  logImage(image: ImageData, place: ImagePlace): void {
    if (typeof place === "string") {
      this.#call("logImageFile", image.data, [...image.shape], place);
      return;
    }
    const { key, step } = place;
    this.#post({ type: "images", values: { [key]: image }, context: contextNow({ step }) });
  }

  /** Keeps a table as JSON that the run's page shows; a second one of the same name replaces it. */
  logTable(
    table: TableData | readonly Readonly<Record<string, LogValue>>[],
    artifactFile: string,
  ): void {
    const { columns, rows } = "columns" in table ? table : ofRecords(table);
    this.#call(
      "logTableFile",
      [...columns],
      rows.map((row) => [...row]),
      artifactFile,
    );
  }

  /** @param figure text of an SVG or HTML file, the bytes of any file, or pixels, which become a PNG. */
  logFigure(figure: string | Uint8Array | ImageData, artifactFile: string): void {
    if (typeof figure === "string") this.logText(figure, artifactFile);
    else if (figure instanceof Uint8Array) this.#call("logBytes", figure, artifactFile);
    else this.logImage(figure, artifactFile);
  }

  /**
   * Keeps a file, or a folder with all that it holds, as a logged model, such as what `accelerator.saveModel` has written.
   *
   * @throws {AcceleratorError} `VALUE_INVALID` if there is nothing at the path, or for a name or step that MLflow does not take.
   */
  logModel(localPath: string, options: ModelOptions = {}): void {
    const path = existing(localPath);
    requireObject("the options", options);
    const { name = modelName(path), step, modelType, tags = {}, flavors } = options;
    if (typeof name !== "string" || !isModelName(name)) {
      throw invalid(
        `logModel: MLflow takes no / : . % " ' in a name, got ${JSON.stringify(name)}.`,
      );
    }
    if (step !== undefined && !(Number.isSafeInteger(step) && step >= 0)) {
      throw invalid(`logModel: step must be an integer of at least 0, got ${String(step)}.`);
    }
    requireObject("tags", tags);
    if (flavors !== undefined) requireObject("flavors", flavors);
    const model = { step, modelType, tags, flavors };
    const context = contextNow({ options: { model } });
    this.#post({ type: "artifact", artifact: { name, path }, context });
  }

  /**
   * Says which data the run uses.
   *
   * @param options `context`: what for, such as `"training"`.
   * @throws {AcceleratorError} `VALUE_INVALID` for a dataset without a name, of wrong kinds, or that is too long for MLflow.
   */
  logInput(dataset: DatasetSource, options: InputOptions = {}): void {
    this.#call("logInput", datasetOf(dataset), inputTags(options));
  }

  /** Sets how the run ended; `endTraining` does not change it. */
  endRun(status: RunStatus = "FINISHED"): void {
    this.#call("endRun", status);
  }

  #logPath(localPath: string, options: Readonly<Record<string, LogValue>>): void {
    const path = existing(localPath);
    const artifact = { name: basename(path), path };
    this.#post({ type: "artifact", artifact, context: contextNow({ options }) });
  }

  #call<M extends keyof RunCalls>(method: M, ...args: RunCalls[M]): void {
    const values = args as readonly LogValue[];
    this.#post({ type: "call", method, args: values, context: contextNow() });
  }
}

/** The absolute path of a file or folder. */
function existing(localPath: string): string {
  if (typeof localPath !== "string")
    throw invalid(`A path must be a text, got ${String(localPath)}.`);
  const path = resolve(localPath);
  if (!existsSync(path)) throw invalid(`There is no file or folder at ${path}.`);
  return path;
}

function requireObject(name: string, value: unknown): void {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return;
  throw invalid(`logModel: ${name} must be an object, got ${String(value)}.`);
}

function invalid(message: string): AcceleratorError {
  return new AcceleratorError("VALUE_INVALID", message);
}

function ofRecords(records: readonly Readonly<Record<string, LogValue>>[]): TableData {
  const columns = [...new Set(records.flatMap((record) => Object.keys(record)))];
  return { columns, rows: records.map((record) => columns.map((column) => record[column])) };
}
