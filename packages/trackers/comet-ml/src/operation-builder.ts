import { createHash } from "node:crypto";
import { extname } from "node:path";
import type { ConsoleLine, ImageData, LogValue, MediaData } from "@acc/core/tracker";
import {
  consoleText,
  encodedOrLeftOut,
  encodePng,
  flatten,
  isNested,
  type Json,
  kindOf,
  type LeaveOut,
  requireMedia,
  scalarOf,
  toJson,
  wellFormed,
} from "@acc/tracker-kit";
import type { GitMetadata } from "./format/git-metadata.ts";
import { limitText, MAX_NAME_LENGTH, MAX_TEXT_LENGTH } from "./format/limits.ts";
import { flattenParameters, parameterValue } from "./format/parameters.ts";
import type { FileOperation, Operation, ParameterOperation } from "./operation.ts";
import type { RecordingState } from "./state.ts";

export type OperationBuilderOptions = {
  /** Id of the run in the journal; ids of files are made from it. */
  readonly runId: string;
  readonly nestedMetrics: "path" | "bare";
  readonly leaveOut: LeaveOut;
};

/**
 * Collects the operations for Comet. The same calls from the same state make the same operations, so a repeated
 * operation can be recognised.
 */
export class OperationBuilder {
  readonly #options: OperationBuilderOptions;
  readonly #operations: Operation[] = [];
  #state: RecordingState;
  #sequence = -1;
  #index = 0;
  #nowMs = 0;

  constructor(state: RecordingState, options: OperationBuilderOptions) {
    this.#state = state;
    this.#options = options;
  }

  get operations(): readonly Operation[] {
    return this.#operations;
  }

  /** The state after everything that was added so far. */
  get state(): RecordingState {
    return this.#state;
  }

  /** The first operations of an experiment. */
  open(begin: {
    readonly name: string | null;
    readonly tags: readonly string[];
    readonly git: GitMetadata | undefined;
    readonly isOffline: boolean;
  }): void {
    if (begin.isOffline) this.#other("offline_experiment", true);
    if (begin.name !== null) this.#other("Name", begin.name);
    if (begin.tags.length > 0) this.#operations.push({ kind: "tags", tags: begin.tags });
    if (begin.git) this.#operations.push({ kind: "git", metadata: begin.git });
    this.#change({ isOpened: true });
  }

  /** Everything added from here on comes from this event. */
  begin(sequence: number, nowMs: number): void {
    this.#sequence = sequence;
    this.#index = 0;
    this.#nowMs = nowMs;
    this.#change({ lastMs: Math.max(this.#state.lastMs, nowMs) });
  }

  /** A value of `log`. A number becomes a metric, any other value an attribute (`other` in Comet). */
  value(key: string, value: LogValue, group: string | null = null): void {
    if (isNested(value)) {
      for (const [path, leaf] of flatten(value)) {
        this.value(this.#options.nestedMetrics === "bare" ? path : `${key}/${path}`, leaf, group);
      }
      return;
    }
    if (value === null || value === undefined) {
      this.#options.leaveOut(`${key} (${kindOf(value)})`, "the value is left out.");
      return;
    }
    const number = typeof value === "bigint" ? undefined : scalarOf(value);
    if (typeof value === "boolean") this.metric(key, value ? "True" : "False", group);
    else if (typeof value === "bigint") this.metric(key, toJson(value) as number | string, group);
    else if (number !== undefined) this.metric(key, toJson(number) as number | string, group);
    else this.other(key, value);
  }

  metric(name: string, value: number | string, group: string | null): void {
    this.#operations.push({
      kind: "metric",
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

  /** An attribute of the experiment; the last value is kept. A text that is too long is also kept whole, as a file. */
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
    if (tags.length > 0) this.#operations.push({ kind: "tags", tags: tags.map(wellFormed) });
  }

  output(line: ConsoleLine): void {
    const offset = this.#state.lines ?? 0;
    const text = limitText(`${wellFormed(consoleText(line))}\n`, MAX_TEXT_LENGTH);
    const { isError, timeMs: timestampMs } = line;
    this.#operations.push({ kind: "output", text, isError, timestampMs, offset });
    this.#change({ lines: offset + 1 });
  }

  text(text: string, metadata: FileOperation["metadata"]): void {
    const params = { fileName: "auto-generated-in-the-backend", type: "text-sample" };
    this.#file("text-sample", params, { bytes: Buffer.from(text) }, metadata);
  }

  asset(
    fileName: string,
    content: FileOperation["content"],
    metadata: FileOperation["metadata"],
  ): void {
    const extension = extname(fileName).slice(1);
    const name = wellFormed(fileName);
    this.#file("asset", { fileName: name, ...(extension && { extension }) }, content, metadata);
  }

  /** A file of the program, which belongs to no step. */
  code(fileName: string, path: string): void {
    const extension = extname(fileName).slice(1);
    const params = { fileName: wellFormed(fileName), type: "source_code", step: null };
    const metadata = { source_code_type: "manual" };
    this.#file("source_code", { ...params, extension }, { path }, metadata, false);
  }

  /** A table as a file; Comet's client gives it no epoch. */
  table(fileName: string, csv: string): void {
    const params = { fileName: wellFormed(fileName), extension: "csv" };
    this.#file("asset", params, { bytes: Buffer.from(csv) }, {}, false);
  }

  /** One image panel. */
  image(figName: string, image: ImageData): void {
    const { leaveOut } = this.#options;
    const encoded = encodedOrLeftOut(`the image ${figName}`, leaveOut, () => encodePng(image));
    if (!encoded) return;
    this.#visualization(figName, encoded.png);
  }

  /** A figure that is drawn. */
  figure(figName: string, svg: Uint8Array): void {
    this.#visualization(figName, svg, { extension: "svg" });
  }

  /** Audio, a video, or a page, which is a file like any other. */
  media(name: string, media: MediaData): void {
    const { leaveOut } = this.#options;
    const known = encodedOrLeftOut(`"${name}"`, leaveOut, () => requireMedia(media));
    if (!known) return;
    const { kind, format: extension, data: bytes } = known;
    const fileName = `${wellFormed(name)}.${extension}`;
    if (kind === "html") this.#file("asset", { fileName, extension }, { bytes }, {}, false);
    else this.#file(kind, { fileName, extension, type: kind }, { bytes }, {}, false);
  }

  /** A step that is not a finite number is ignored, with a warning. */
  setStep(step: LogValue, source: ParameterOperation["source"]): void {
    const at = this.#axis("step", step);
    if (at === undefined || at === this.#state.step) return;
    this.#change({ step: at });
    this.#parameter("curr_step", at, at, source);
  }

  setEpoch(epoch: LogValue, source: ParameterOperation["source"] = "auto-logged"): void {
    const at = this.#axis("epoch", epoch);
    if (at === undefined || at === this.#state.epoch) return;
    this.#change({ epoch: at });
    this.#parameter("curr_epoch", at, this.#state.step, source);
  }

  #axis(name: string, value: LogValue): number | undefined {
    if (typeof value === "number" && Number.isFinite(value)) return value;
    if (value !== undefined && value !== null) {
      const advice = `the values go to the ${name} before it.`;
      this.#options.leaveOut(`the ${name} ${String(value)}`, advice);
    }
    return undefined;
  }

  #parameter(
    name: string,
    value: Json,
    step: number | null,
    source: ParameterOperation["source"],
  ): void {
    const timestampMs = this.#nowMs;
    this.#operations.push({
      ...{ kind: "parameter", name: this.#name(name), value, step, source, timestampMs },
    });
  }

  #other(key: string, value: Json): void {
    this.#operations.push({ kind: "other", key: this.#name(key), value });
  }

  #file(
    uploadType: FileOperation["uploadType"],
    params: FileOperation["params"],
    content: FileOperation["content"],
    metadata: FileOperation["metadata"],
    hasEpoch = true,
  ): void {
    const { runId } = this.#options;
    const place = `${runId}:${this.#sequence}:${this.#index++}`;
    const id = createHash("sha256").update(place).digest("hex").slice(0, 32);
    const idName = uploadType === "visualization" ? "imageId" : "assetId";
    const { step, epoch } = this.#state;
    this.#operations.push({
      kind: "file",
      uploadType,
      params: {
        ...{ step, context: null, overwrite: false, runId: null },
        ...params,
        [idName]: id,
        ...(hasEpoch && epoch !== null ? { epoch } : {}),
      },
      content,
      metadata,
      timestampMs: this.#nowMs,
    });
  }

  #visualization(
    figName: string,
    bytes: Uint8Array,
    extra: { readonly extension?: string } = {},
  ): void {
    const params = { figName: wellFormed(figName), figCounter: this.#state.figures, ...extra };
    this.#file("visualization", params, { bytes }, {}, false);
    this.#change({ figures: this.#state.figures + 1 });
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
