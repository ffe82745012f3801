import { existsSync } from "node:fs";
import { basename, resolve } from "node:path";
import {
  AcceleratorError,
  type ImageData,
  type LogValue,
  type LogValues,
  type TableData,
  type TrackerEvent,
} from "@acc/core/tracker";
import { contextNow } from "@acc/tracker-kit";
import type { RunState } from "../format/point.ts";
import type { RunSettings } from "../settings.ts";
import type { RunPlace } from "../sink.ts";

/** The run's configuration. */
export type RunConfigValues = {
  /** Sets or replaces values. */
  update(values: { readonly [key: string]: LogValue }): void;
  set(key: string, value: LogValue): void;
};

export type SwanLabRunOptions = {
  readonly settings: RunSettings;
  readonly place: () => RunPlace;
  /** Records an event after everything logged so far. */
  readonly post: (event: TrackerEvent) => void;
};

/**
 * The native object of the SwanLab tracker: the run, with the calls of SwanLab's Python client. Each call returns at once and is
 * recorded in order with everything else that is logged.
 */
export class SwanLabRun {
  /** Identity within the project. */
  readonly id: string;
  readonly project: string;
  readonly config: RunConfigValues;
  readonly #options: SwanLabRunOptions;
  #isFinished = false;

  constructor(options: SwanLabRunOptions) {
    this.#options = options;
    this.id = options.settings.id;
    this.project = options.settings.project;
    const update = (values: LogValues): void => this.#post({ type: "config", values });
    this.config = { update, set: (key, value) => update({ [key]: value }) };
  }

  get name(): string {
    return this.#options.place().name;
  }

  /** User or organization; undefined until the service has said to which the key belongs. */
  get workspace(): string | undefined {
    return this.#options.place().workspace;
  }

  /** Address of the run's page; undefined while offline or not connected yet. */
  get url(): string | undefined {
    return this.#options.place().url;
  }

  /** Folder of an offline run. */
  get dir(): string | undefined {
    return this.#options.place().dir;
  }

  get group(): string | undefined {
    return this.#options.settings.group;
  }

  get tags(): readonly string[] {
    return this.#options.settings.tags ?? [];
  }

  /** Values of one step; without a step, of the next one. */
  log(values: LogValues, { step }: { readonly step?: number } = {}): void {
    this.#post({ type: "metrics", values, context: contextNow({ step }) });
  }

  /** @param options `captions`: one per image of a batch. */
  logImages(
    values: Record<string, ImageData>,
    { step, captions }: { readonly step?: number; readonly captions?: readonly string[] } = {},
  ): void {
    const options = captions ? { captions: [...captions] } : undefined;
    this.#post({ type: "images", values, context: contextNow({ step, options }) });
  }

  logTable(values: Record<string, TableData>, { step }: { readonly step?: number } = {}): void {
    this.#post({ type: "tables", values, context: contextNow({ step }) });
  }

  /**
   * Keeps a file or folder with the run.
   *
   * @throws {AcceleratorError} `VALUE_INVALID` if there is nothing at the path.
   */
  save(path: string, { name }: { readonly name?: string } = {}): void {
    const absolute = resolve(path);
    if (!existsSync(absolute)) {
      throw new AcceleratorError(
        "VALUE_INVALID",
        `save: there is no file or folder at ${absolute}.`,
      );
    }
    const artifact = { name: name ?? basename(absolute), path: absolute };
    this.#post({ type: "artifact", artifact, context: contextNow() });
  }

  /** Ends the run before `endTraining` does. @param error what went wrong, for a run that is not finished. */
  finish({
    state = "finished",
    error,
  }: {
    readonly state?: RunState;
    readonly error?: string;
  } = {}): void {
    if (this.#isFinished) return;
    this.#post({ type: "call", method: "finish", args: [state, error], context: contextNow() });
    this.#isFinished = true;
  }

  #post(event: TrackerEvent): void {
    if (this.#isFinished) {
      throw new AcceleratorError(
        "TRACKERS_CLOSED",
        `The SwanLab run ${this.id} is finished: log before finish.`,
      );
    }
    this.#options.post(event);
  }
}
