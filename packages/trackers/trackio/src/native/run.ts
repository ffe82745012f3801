import { existsSync } from "node:fs";
import { basename, resolve } from "node:path";
import {
  AcceleratorError,
  type LogContext,
  type LogValue,
  type LogValues,
  type RunConfig,
  type TrackerEvent,
} from "@acc/core/tracker";
import { contextNow } from "@acc/tracker-kit";
import type { AlertLevel } from "../format/record.ts";
import type { TrackioLogOptions } from "../options.ts";
import type { RunCalls } from "../translate-call.ts";

export type AlertOptions = {
  readonly text?: string;
  /** Default `"warn"`. */
  readonly level?: AlertLevel;
  /** Default: that of the last values. */
  readonly step?: number;
};

export type ArtifactOptions = Omit<TrackioLogOptions, "captions"> & {
  /** Default: the name of the file or folder. */
  readonly name?: string;
  readonly type?: string;
};

/** What is known of a run. */
export type RunPlace = {
  readonly project: string;
  readonly name: string;
  readonly group: string | undefined;
  readonly id: string | undefined;
  readonly url: string | undefined;
};

const LEVELS: readonly string[] = ["info", "warn", "error"] satisfies AlertLevel[];

/**
 * The native object of the Trackio tracker, with the calls of Trackio's Python client for one run. Each call returns at once
 * and is recorded in order with everything else that is logged.
 */
export class Run {
  readonly #post: (event: TrackerEvent) => void;
  readonly #place: () => RunPlace;

  constructor(post: (event: TrackerEvent) => void, place: () => RunPlace) {
    this.#post = post;
    this.#place = place;
  }

  /** Undefined until it is known which run this one goes on with; only where it resumes one. */
  get id(): string | undefined {
    return this.#place().id;
  }

  get name(): string {
    return this.#place().name;
  }

  get project(): string {
    return this.#place().project;
  }

  get group(): string | undefined {
    return this.#place().group;
  }

  /** Address of the project's page; undefined for a run in a folder. */
  get url(): string | undefined {
    return this.#place().url;
  }

  log(metrics: LogValues, { step }: { readonly step?: number } = {}): void {
    this.#post({ type: "metrics", values: metrics, context: contextNow({ step }) });
  }

  /** Values of the machine, such as its load: shown over time, without a step. */
  logSystem(metrics: LogValues): void {
    this.#call("logSystem", contextNow(), metrics);
  }

  /** Adds to the configuration, and replaces what has the same name. */
  updateConfig(values: RunConfig): void {
    this.#post({ type: "config", values });
  }

  /**
   * Something that a person should look at.
   *
   * @throws {AcceleratorError} `VALUE_INVALID` for a level that Trackio does not have.
   */
  alert(title: string, { text, level = "warn", step }: AlertOptions = {}): void {
    if (!LEVELS.includes(level)) {
      throw new AcceleratorError(
        "VALUE_INVALID",
        `alert: the level is one of ${LEVELS.join(", ")}, got ${JSON.stringify(level)}.`,
      );
    }
    this.#call("alert", contextNow({ step }), title, text ?? null, level);
  }

  /**
   * Keeps a file, or a folder with its files.
   *
   * @throws {AcceleratorError} `VALUE_INVALID` if there is nothing at the path.
   */
  logArtifact(path: string, { name, type, ...options }: ArtifactOptions = {}): void {
    const absolute = resolve(path);
    if (!existsSync(absolute)) {
      throw new AcceleratorError("VALUE_INVALID", `There is no file or folder at ${absolute}.`);
    }
    const artifact = { name: name ?? basename(absolute), path: absolute, ...(type && { type }) };
    const context = contextNow({ options: options as LogContext["options"] });
    this.#post({ type: "artifact", artifact, context });
  }

  #call<M extends keyof RunCalls>(method: M, context: LogContext, ...args: RunCalls[M]): void {
    this.#post({ type: "call", method, args: args as readonly LogValue[], context });
  }
}
