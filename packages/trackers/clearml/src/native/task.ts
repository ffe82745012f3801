import { existsSync } from "node:fs";
import { parse, resolve } from "node:path";
import {
  AcceleratorError,
  type LogValue,
  type RunConfig,
  type TrackerEvent,
} from "@acc/core/tracker";
import { contextNow } from "@acc/tracker-kit";
import type { ModelDescription } from "../operation.ts";
import { Logger } from "./logger.ts";

/** Options of `updateOutputModel`. */
export type OutputModelOptions = ModelDescription & {
  /** Its name among the models of the task; a second model of one name gets a number. */
  readonly name?: string;
};

/** Values that the tracker gives to a task. They are functions, because some are known only later. */
type TaskSource = {
  readonly id: () => string | undefined;
  readonly name: () => string;
  readonly projectName: () => string;
  readonly webPage: () => string | undefined;
  readonly post: (event: TrackerEvent) => void;
};

/**
 * The native object of the ClearML tracker: the task, with the calls of the Python client. Each call returns at once and
 * is recorded in order with everything else that is logged.
 */
export class Task {
  /** Reports scalars, plots, images and text. On another thread than the tracker's, use it instead of `getLogger()`. */
  readonly logger: Logger;
  readonly #source: TaskSource;

  constructor(source: TaskSource) {
    this.#source = source;
    this.logger = new Logger((method, args) => this.#call(method, args));
  }

  /** Id at the server, once it is known; `offline-…` for an offline session. */
  get id(): string | undefined {
    return this.#source.id();
  }

  get name(): string {
    return this.#source.name();
  }

  get projectName(): string {
    return this.#source.projectName();
  }

  getLogger(): Logger {
    return this.logger;
  }

  /** The task's page, once its id is known. */
  getOutputLogWebPage(): string | undefined {
    return this.#source.webPage();
  }

  /** Records hyperparameters of the section `name`; nested ones as `a/b`. Returns `values`. */
  connect<T extends RunConfig>(values: T, name = "General"): T {
    this.#call("connect", [values, name]);
    return values;
  }

  /** Records one hyperparameter; `"Section/name"`, or a name of the section General. */
  setParameter(name: string, value: LogValue): void {
    this.setParameters({ [name]: value });
  }

  /** Adds hyperparameters by `"Section/name"`. */
  setParameters(values: { readonly [name: string]: LogValue }): void {
    const sections = new Map<string, Record<string, LogValue>>();
    for (const [path, value] of Object.entries(values)) {
      const [, section = "General", name = ""] = /^(?:([^/]+)\/)?(.*)$/s.exec(path) ?? [];
      const parameters = sections.get(section) ?? {};
      parameters[name] = value;
      sections.set(section, parameters);
    }
    for (const [section, parameters] of sections) this.#call("connect", [parameters, section]);
  }

  /** Records a configuration object. Returns `values`. */
  connectConfiguration<T extends RunConfig>(values: T, name = "General", description?: string): T {
    this.#call("connectConfiguration", [values, name, description]);
    return values;
  }

  /** Keeps a file or folder, if there is one at the path, or a value: text as it is, anything else as JSON. */
  uploadArtifact(name: string, value: LogValue): void {
    const path = typeof value === "string" && value !== "" ? resolve(value) : undefined;
    if (path === undefined || !existsSync(path)) {
      this.#call("uploadArtifact", [name, value]);
      return;
    }
    this.#source.post({ type: "artifact", artifact: { name, path }, context: contextNow() });
  }

  /**
   * Keeps a file, or a folder as a zip file, as an output model of the task, such as what `accelerator.saveModel` has written. Each call
   * makes a model of its own.
   *
   * @param options `name`: its name in the task; default: that of the file or folder, without extension.
   * @throws {AcceleratorError} `VALUE_INVALID` if there is nothing at the path, or for an option of the wrong kind.
   */
  updateOutputModel(modelPath: string, options: OutputModelOptions = {}): void {
    const path = existing(modelPath);
    if (typeof options !== "object" || options === null) {
      throw invalid("the options must be an object", options);
    }
    const { name = parse(path).name, ...description } = options;
    requireDescription(name, description);
    const artifact = { name, path };
    const model = copyOf(description);
    this.#source.post({ type: "artifact", artifact, context: contextNow({ options: { model } }) });
  }

  /** Adds tags. */
  addTags(tags: string | readonly string[]): void {
    this.#call("addTags", [[tags].flat()]);
  }

  setComment(comment: string): void {
    this.#call("setComment", [comment]);
  }

  /** Marks the task completed once everything logged before is recorded. `endTraining` does it for you. */
  close(): void {
    this.#call("close", []);
  }

  #call(method: string, args: LogValue[]): void {
    const copies = args.map(copyOf);
    this.#source.post({ type: "call", method, args: copies, context: contextNow() });
  }
}

/** A copy that the caller cannot change, with text in place of what cannot be recorded, such as functions. */
function copyOf(value: unknown): LogValue {
  if (Array.isArray(value)) return value.map(copyOf);
  if (value instanceof Date) return new Date(value);
  if (ArrayBuffer.isView(value)) return (value as Float32Array).slice();
  if (typeof value === "function" || typeof value === "symbol") return String(value);
  if (typeof value !== "object" || value === null) return value as LogValue;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copyOf(item)]));
}

/** The absolute path of a file or folder. */
function existing(given: string): string {
  if (typeof given !== "string" || given === "") throw invalid("the path must be a text", given);
  const path = resolve(given);
  if (!existsSync(path)) throw invalid("there is no file or folder at the path", path);
  return path;
}

/** The server refuses values of other kinds. */
function requireDescription(
  name: string,
  { modelName = "", comment = "", framework = "", tags = [], labels = {} }: ModelDescription,
): void {
  const texts = { name, modelName, comment, framework };
  for (const [option, value] of Object.entries(texts)) {
    if (typeof value !== "string") throw invalid(`${option} must be a text`, value);
  }
  if (name === "") throw invalid("name must not be empty", JSON.stringify(name));
  if (!Array.isArray(tags) || tags.some((tag) => typeof tag !== "string")) {
    throw invalid("tags must be a list of texts", tags);
  }
  if (typeof labels !== "object" || labels === null || Array.isArray(labels)) {
    throw invalid("labels must be an object of integers", labels);
  }
  const other = Object.values(labels).find((number) => !Number.isSafeInteger(number));
  if (other !== undefined) throw invalid("labels must be integers", other);
}

function invalid(fault: string, found: unknown): AcceleratorError {
  return new AcceleratorError(
    "VALUE_INVALID",
    `updateOutputModel: ${fault}, got ${String(found)}.`,
  );
}
