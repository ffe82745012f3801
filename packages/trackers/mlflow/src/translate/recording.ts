import type { LogContext } from "@acc/core/tracker";
import { KeyNames } from "../format/key-names.ts";
import type { RunStatus } from "../operation.ts";
import type { RecordingState } from "../state.ts";

const DEFAULT_MAX_PARAM_LENGTH = 6000;

export type RecordingOptions = {
  readonly startedMs: number;
  readonly maxParamLength: number | undefined;
  readonly warn: (message: string) => void;
};

/** The state of a run while events become operations. An attempt that fails starts again from the last state. */
export class Recording {
  done: number;
  hasImages: boolean;
  hasTags: boolean;
  maxParamLength: number;
  endStatus: RunStatus | undefined;
  /** Number of samples of the load so far. */
  systemStep: number;
  readonly texts: Map<string, string>;
  readonly tables: Set<string>;
  readonly #metricNames: KeyNames;
  readonly #paramNames: KeyNames;
  readonly #tagNames: KeyNames;
  #nextStep: number;
  #lastTimeMs: number;
  readonly #warn: (message: string) => void;
  readonly #points = new Map<string, number>();
  #pointsTimeMs = 0;

  constructor(
    state: Partial<RecordingState>,
    { startedMs, maxParamLength = DEFAULT_MAX_PARAM_LENGTH, warn }: RecordingOptions,
  ) {
    this.#warn = warn;
    this.done = state.done ?? -1;
    this.hasImages = state.hasImages ?? false;
    this.hasTags = state.hasTags ?? false;
    this.maxParamLength = state.maxParamLength ?? maxParamLength;
    this.endStatus = state.endStatus;
    this.systemStep = state.systemStep ?? 0;
    this.texts = new Map(Object.entries(state.texts ?? {}));
    this.tables = new Set(state.tables);
    this.#metricNames = new KeyNames(state.names?.metric, warn);
    this.#paramNames = new KeyNames(state.names?.param, warn);
    this.#tagNames = new KeyNames(state.names?.tag, warn);
    this.#nextStep = state.nextStep ?? 0;
    this.#lastTimeMs = state.lastTimeMs ?? startedMs;
  }

  get state(): RecordingState {
    return {
      done: this.done,
      nextStep: this.#nextStep,
      systemStep: this.systemStep,
      lastTimeMs: this.#lastTimeMs,
      names: {
        metric: this.#metricNames.state,
        param: this.#paramNames.state,
        tag: this.#tagNames.state,
      },
      texts: Object.fromEntries(this.texts),
      tables: [...this.tables],
      hasImages: this.hasImages,
      hasTags: this.hasTags,
      maxParamLength: this.maxParamLength,
      endStatus: this.endStatus,
    };
  }

  /** When the last event was logged. */
  get lastTimeMs(): number {
    return this.#lastTimeMs;
  }

  metricName(key: string): string {
    return this.#metricNames.nameOf(key);
  }

  paramName(key: string): string {
    return this.#paramNames.nameOf(key);
  }

  tagName(key: string): string {
    return this.#tagNames.nameOf(key);
  }

  /** A safe integer. Without a step, the one after the last. */
  stepOf({ step }: LogContext): number {
    const asked = step === undefined || Number.isNaN(step) ? this.#nextStep : Math.trunc(step);
    const limited = Math.min(Math.max(asked, Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER);
    if (step !== undefined && step !== limited) {
      this.#warn(
        "MLflow's steps are integers: other steps are recorded at the integer before them.",
      );
    }
    this.#nextStep = Math.min(limited + 1, Number.MAX_SAFE_INTEGER);
    return limited;
  }

  /** The step of the last values; 0 if there were none. */
  get lastStep(): number {
    return Math.max(0, this.#nextStep - 1);
  }

  /** Milliseconds since 1970, an integer of at least 0; the time of the last event if this one has none. */
  timeOf({ wallTimeMs = this.#lastTimeMs, options }: LogContext): number {
    this.#lastTimeMs = Math.max(this.#lastTimeMs, Math.trunc(wallTimeMs));
    const asked = options?.timestampMs;
    const timeMs = typeof asked === "number" && Number.isFinite(asked) ? asked : wallTimeMs;
    return Math.max(0, Math.trunc(timeMs));
  }

  /**
   * The time of a point. The server keeps one of two points with equal name, step, value and millisecond, so the second
   * is recorded a millisecond later.
   */
  timeOfPoint(key: string, step: number, value: number, timeMs: number): number {
    if (timeMs !== this.#pointsTimeMs) this.#points.clear();
    this.#pointsTimeMs = timeMs;
    const point = `${step} ${value} ${key}`;
    const earlier = this.#points.get(point) ?? 0;
    this.#points.set(point, earlier + 1);
    return timeMs + earlier;
  }
}
