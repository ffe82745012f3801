import { existsSync } from "node:fs";
import { basename, relative, resolve } from "node:path";
import {
  AcceleratorError,
  type ImageData,
  type LogValue,
  type LogValues,
  type RunConfig,
  type TableData,
  type TrackerEvent,
} from "@acc/core/tracker";
import { contextNow } from "@acc/tracker-kit";
import { type AlertLevel, alertOf } from "../format/alert.ts";
import type { MetricOptions } from "../format/metric-definition.ts";
import type { RunSettings } from "../settings.ts";
import type { RunPlace } from "../sink.ts";

/** Options of `logArtifact`. */
export type ArtifactOptions = {
  /** Default the name of the file or folder. */
  readonly name?: string;
  /** Such as `"model"` or `"dataset"`. Default `"file"`. */
  readonly type?: string;
  /** Besides `"latest"`. */
  readonly aliases?: readonly string[];
  readonly description?: string;
  readonly metadata?: { readonly [key: string]: LogValue };
};

/** A part of the run that holds values by name. */
export type RunValues = {
  /** Sets or replaces values. */
  update(values: { readonly [key: string]: LogValue }): void;
  set(key: string, value: LogValue): void;
};

export type WandbRunOptions = {
  readonly settings: RunSettings;
  readonly startedMs: number;
  readonly place: () => RunPlace;
  /** Records an event after everything logged so far. */
  readonly post: (event: TrackerEvent) => void;
};

/**
 * The native object of the W&B tracker: the run, with the calls of W&B's Python client. Each call returns at once and is
 * recorded in order with everything else that is logged.
 */
export class WandbRun {
  /** Identity within the project. */
  readonly id: string;
  readonly project: string;
  /** When it began, in seconds since 1970. */
  readonly startTime: number;
  /** The run's configuration. */
  readonly config: RunValues;
  /** Values that stand for the whole run. */
  readonly summary: RunValues;
  readonly #options: WandbRunOptions;
  #isFinished = false;

  constructor(options: WandbRunOptions) {
    this.#options = options;
    this.id = options.settings.id;
    this.project = options.settings.project;
    this.startTime = options.startedMs / 1000;
    this.config = runValues((values) => this.#post({ type: "config", values }));
    this.summary = runValues((values) => this.#call("summary", [values]));
  }

  /** Name shown; undefined until the server has chosen one. */
  get name(): string | undefined {
    return this.#options.place().name;
  }

  /** User or team; undefined until the server has said to which the key belongs. */
  get entity(): string | undefined {
    return this.#options.place().entity;
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

  get jobType(): string | undefined {
    return this.#options.settings.jobType;
  }

  get notes(): string | undefined {
    return this.#options.settings.notes;
  }

  get tags(): readonly string[] {
    return this.#options.settings.tags ?? [];
  }

  get offline(): boolean {
    return this.#options.settings.mode === "offline";
  }

  get disabled(): boolean {
    return this.#options.settings.mode === "disabled";
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
   * Keeps a file or folder as a version of an artifact.
   *
   * @throws {AcceleratorError} `VALUE_INVALID` if there is nothing at the path.
   */
  logArtifact(path: string, options: ArtifactOptions = {}): void {
    const absolute = resolve(path);
    if (!existsSync(absolute)) {
      throw new AcceleratorError(
        "VALUE_INVALID",
        `logArtifact: there is no file or folder at ${absolute}.`,
      );
    }
    const { name = basename(absolute), type, aliases, description, metadata } = options;
    const given = { aliases: aliases && [...aliases], description, metadata };
    this.#post({
      type: "artifact",
      artifact: { name, path: absolute, ...(type === undefined ? {} : { type }) },
      context: contextNow({ options: given }),
    });
  }

  /**
   * Keeps the code of the run, as an artifact of the type `"code"` that the run's page shows under Code.
   *
   * @param path a file, or a folder with all that it holds. Default: the training script.
   * @throws {AcceleratorError} `VALUE_INVALID` if there is nothing at the path, or no script is known.
   */
  logCode(path: string | undefined = this.#options.settings.program): void {
    if (path === undefined) {
      throw new AcceleratorError("VALUE_INVALID", "logCode: give a path, as no script is known.");
    }
    const name = `source-${this.project}-${relative(process.cwd(), resolve(path)) || "code"}`;
    this.logArtifact(path, { name: name.replaceAll(/[^\w.-]/g, "_"), type: "code" });
  }

  /**
   * W&B tells the user, by mail or in Slack, as they have chosen there.
   *
   * @param options `waitSeconds`: for so long W&B sends no other alert of this title. Default 60.
   * @throws {AcceleratorError} `VALUE_INVALID` for another level.
   */
  alert(
    title: string,
    text = "",
    { level, waitSeconds }: { readonly level?: AlertLevel; readonly waitSeconds?: number } = {},
  ): void {
    const args = [title, text, level, waitSeconds];
    alertOf("", args); // a wrong one is an error here, not where it is delivered
    this.#call("alert", args);
  }

  /** Defines how a metric is shown. @param name may hold `*`, which stands for any text. */
  defineMetric(name: string, options: MetricOptions = {}): void {
    this.#call("defineMetric", [name, { ...options } as { [key: string]: LogValue }]);
  }

  /** Ends the run before `endTraining` does. @param exitCode 0 for success. */
  finish({ exitCode = 0 }: { readonly exitCode?: number } = {}): void {
    if (this.#isFinished) return;
    this.#call("finish", [exitCode]);
    this.#isFinished = true;
  }

  #call(method: string, args: LogValue[]): void {
    this.#post({ type: "call", method, args, context: contextNow() });
  }

  #post(event: TrackerEvent): void {
    if (this.#isFinished) {
      throw new AcceleratorError(
        "TRACKERS_CLOSED",
        `The W&B run ${this.id} is finished: log before finish.`,
      );
    }
    this.#options.post(event);
  }
}

function runValues(update: (values: RunConfig) => void): RunValues {
  return { update, set: (key, value) => update({ [key]: value }) };
}
