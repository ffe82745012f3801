import { createHash } from "node:crypto";
import { extname } from "node:path";
import type { ImageData, LogValue } from "@acc/core";
import {
  encodePng,
  flatten,
  isNested,
  type Json,
  kindOf,
  scalarOf,
  toJson,
  wellFormed,
} from "@acc/tracker-kit";
import { limitText, MAX_NAME_LENGTH, MAX_TEXT_LENGTH } from "./limits.ts";
import type { CometMessage, FileMessage, ParameterMessage } from "./message.ts";
import { flattenParameters, parameterValue } from "./parameters.ts";
import type { RecordingState } from "./recording-state.ts";

export type MessageBuilderOptions = {
  /** Id of the recording, from which ids of files follow. */
  readonly runId: string;
  readonly nestedMetrics: "path" | "bare";
};

/** A value that Comet cannot hold, and what becomes of it. */
export type LeftOutValue = { readonly what: string; readonly advice: string };

/**
 * Collects what Comet is told. The same calls from the same state make the same messages, so that a second attempt to
 * deliver them can be told from new ones.
 */
export class MessageBuilder {
  readonly #options: MessageBuilderOptions;
  readonly #messages: CometMessage[] = [];
  readonly #leftOut: LeftOutValue[] = [];
  #state: RecordingState;
  #sequence = -1;
  #index = 0;
  #nowMs = 0;

  constructor(state: RecordingState, options: MessageBuilderOptions) {
    this.#state = state;
    this.#options = options;
  }

  get messages(): readonly CometMessage[] {
    return this.#messages;
  }

  /** To be counted once the rest is delivered: another attempt leaves it out again. */
  get leftOut(): readonly LeftOutValue[] {
    return this.#leftOut;
  }

  /** After what was added so far. */
  get state(): RecordingState {
    return this.#state;
  }

  /** What an experiment begins with. */
  open(begin: {
    readonly name: string | null;
    readonly tags: readonly string[];
    readonly isOffline: boolean;
  }): void {
    if (begin.isOffline) this.#other("offline_experiment", true);
    if (begin.name !== null) this.#other("Name", begin.name);
    if (begin.tags.length > 0) this.#messages.push({ type: "tags", tags: begin.tags });
    this.#change({ isOpened: true });
  }

  /** What is added from here on comes from this event. */
  begin(sequence: number, nowMs: number): void {
    this.#sequence = sequence;
    this.#index = 0;
    this.#nowMs = nowMs;
    this.#change({ lastMs: Math.max(this.#state.lastMs, nowMs) });
  }

  /** A value of `log`: what is no number becomes an other, what Comet cannot hold is said and left out. */
  value(key: string, value: LogValue, group: string | null = null): void {
    if (isNested(value)) {
      for (const [path, leaf] of flatten(value)) {
        this.value(this.#options.nestedMetrics === "bare" ? path : `${key}/${path}`, leaf, group);
      }
      return;
    }
    if (value === null || value === undefined) {
      this.#leftOut.push({ what: `${key} (${kindOf(value)})`, advice: "the value is left out." });
      return;
    }
    const number = typeof value === "bigint" ? undefined : scalarOf(value);
    if (typeof value === "boolean") this.metric(key, value ? "True" : "False", group);
    else if (typeof value === "bigint") this.metric(key, toJson(value) as number | string, group);
    else if (number !== undefined) this.metric(key, toJson(number) as number | string, group);
    else this.other(key, value);
  }

  metric(name: string, value: number | string, group: string | null): void {
    this.#messages.push({
      type: "metric",
      name: this.#name(name),
      value: typeof value === "string" ? limitText(value, MAX_TEXT_LENGTH) : value,
      step: this.#state.step,
      epoch: this.#state.epoch,
      context: group,
      timestampMs: this.#nowMs,
      position: { sequence: this.#sequence, index: this.#index++ },
    });
  }

  /** Hyperparameters, nested names joined with `|` as Comet shows them. */
  parameters(values: { readonly [key: string]: LogValue }, step: number | null): void {
    if (Object.values(values).some(isNestedParameter) && !this.#state.hasNestedParameters) {
      this.#other("hasNestedParams", true);
      this.#change({ hasNestedParameters: true });
    }
    for (const [name, value] of flattenParameters(values)) {
      const { held, whole } = parameterValue(value);
      this.#parameter(name, held, step, "manual");
      if (whole !== undefined) this.#keepWhole(name, whole);
    }
  }

  /** An attribute of the experiment; the last value counts. What is too long is also kept whole, as a file. */
  other(key: string, value: LogValue): void {
    const json = toJson(value);
    if (json === null || typeof json === "number" || typeof json === "boolean") {
      this.#other(key, json);
      return;
    }
    const text = typeof json === "string" ? json : JSON.stringify(json);
    const held = limitText(text, MAX_TEXT_LENGTH);
    this.#other(key, held);
    if (held !== text) this.#keepWhole(key, text);
  }

  tags(tags: readonly string[]): void {
    if (tags.length > 0) this.#messages.push({ type: "tags", tags: tags.map(wellFormed) });
  }

  text(text: string, metadata: FileMessage["metadata"]): void {
    const params = { fileName: "auto-generated-in-the-backend", type: "text-sample" };
    this.#file("text-sample", params, { bytes: Buffer.from(text) }, metadata);
  }

  asset(
    fileName: string,
    content: FileMessage["content"],
    metadata: FileMessage["metadata"],
  ): void {
    const extension = extname(fileName).slice(1);
    const name = wellFormed(fileName);
    this.#file("asset", { fileName: name, ...(extension && { extension }) }, content, metadata);
  }

  /** A table as a file; Comet's client gives it no epoch. */
  table(fileName: string, csv: string): void {
    const params = { fileName: wellFormed(fileName), extension: "csv" };
    this.#file("asset", params, { bytes: Buffer.from(csv) }, {}, false);
  }

  /** One image panel. @throws {AcceleratorError} `VALUE_INVALID` for an image that is none. */
  image(figName: string, image: ImageData): void {
    const params = { figName: wellFormed(figName), figCounter: this.#state.figures };
    this.#file("visualization", params, { bytes: encodePng(image).png }, {}, false);
    this.#change({ figures: this.#state.figures + 1 });
  }

  /** A step that is no finite number is said and ignored. */
  setStep(step: LogValue, source: ParameterMessage["source"]): void {
    const at = this.#axis("step", step);
    if (at === undefined || at === this.#state.step) return;
    this.#change({ step: at });
    this.#parameter("curr_step", at, at, source);
  }

  setEpoch(epoch: LogValue, source: ParameterMessage["source"] = "auto-logged"): void {
    const at = this.#axis("epoch", epoch);
    if (at === undefined || at === this.#state.epoch) return;
    this.#change({ epoch: at });
    this.#parameter("curr_epoch", at, this.#state.step, source);
  }

  #axis(name: string, value: LogValue): number | undefined {
    if (typeof value === "number" && Number.isFinite(value)) return value;
    if (value !== undefined && value !== null) {
      const advice = `the values go to the ${name} before it.`;
      this.#leftOut.push({ what: `the ${name} ${String(value)}`, advice });
    }
    return undefined;
  }

  #parameter(
    name: string,
    value: Json,
    step: number | null,
    source: ParameterMessage["source"],
  ): void {
    const timestampMs = this.#nowMs;
    this.#messages.push({
      ...{ type: "parameter", name: this.#name(name), value, step, source, timestampMs },
    });
  }

  #other(key: string, value: Json): void {
    this.#messages.push({ type: "other", key: this.#name(key), value });
  }

  #file(
    uploadType: FileMessage["uploadType"],
    params: FileMessage["params"],
    content: FileMessage["content"],
    metadata: FileMessage["metadata"],
    hasEpoch = true,
  ): void {
    const { runId } = this.#options;
    const place = `${runId}:${this.#sequence}:${this.#index++}`;
    const id = createHash("sha256").update(place).digest("hex").slice(0, 32);
    const idName = uploadType === "visualization" ? "imageId" : "assetId";
    const { step, epoch } = this.#state;
    this.#messages.push({
      type: "file",
      uploadType,
      params: {
        ...params,
        [idName]: id,
        ...(hasEpoch && epoch !== null ? { epoch } : {}),
        ...{ step, context: null, overwrite: false, runId: null },
      },
      content,
      metadata,
      timestampMs: this.#nowMs,
    });
  }

  #keepWhole(name: string, text: string): void {
    this.asset(
      `${name.replaceAll(/[/\\|]+/g, "_").slice(0, 80)}.txt`,
      { bytes: Buffer.from(text) },
      {},
    );
  }

  #name(name: string): string {
    return limitText(wellFormed(name), MAX_NAME_LENGTH);
  }

  #change(change: Partial<RecordingState>): void {
    this.#state = { ...this.#state, ...change };
  }
}

function isNestedParameter(value: LogValue): boolean {
  return isNested(value) && Object.keys(value).length > 0;
}
