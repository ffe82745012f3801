import type { FigureData, ImageData, LogValue, MediaData, TrackerEvent } from "@acc/core/tracker";
import { contextNow, isNested } from "@acc/tracker-kit";

/** Where a value belongs. */
export type TrackOptions = {
  /** Name of the sequence. */
  readonly name: string;
  /** Without it the value goes to the step after the sequence's last. */
  readonly step?: number;
  readonly epoch?: number;
  /** Distinguishes sequences of the same name, such as `{ subset: "val" }`. */
  readonly context?: { readonly [key: string]: LogValue };
  /** Of an image, or of audio. */
  readonly caption?: string;
};

/** Properties that `AimRun` sets with a call. */
type Property = "name" | "description" | "experiment";

/**
 * The native object of the Aim tracker: the run, with the calls of Aim's Python client. Each call returns at once and is
 * recorded in order with everything else that is logged.
 */
export class AimRun {
  /** Aim's identifier of the run. */
  readonly hash: string;
  readonly #post: (event: TrackerEvent) => void;
  readonly #props: Partial<Record<Property, string>>;

  constructor(
    post: (event: TrackerEvent) => void,
    hash: string,
    props: Partial<Record<Property, string>>,
  ) {
    this.hash = hash;
    this.#post = post;
    this.#props = { ...props };
  }

  get name(): string | undefined {
    return this.#props.name;
  }

  set name(value: string) {
    this.#setProp("name", value);
  }

  get description(): string | undefined {
    return this.#props.description;
  }

  set description(value: string) {
    this.#setProp("description", value);
  }

  get experiment(): string | undefined {
    return this.#props.experiment;
  }

  set experiment(value: string) {
    this.#setProp("experiment", value);
  }

  /**
   * Records a value as `log` would: a number, a text, a list, an image `{ data, shape }`, a figure `{ type: "plotly", spec }`, or audio
   * `{ kind: "audio", format: "wav", data }`, the bytes of a file.
   */
  track(
    value: LogValue | ImageData | FigureData | MediaData,
    { name, step, ...options }: TrackOptions,
  ): void {
    const context = contextNow({ step, options: { ...options } });
    const { caption } = options;
    if (isImage(value)) this.#post({ type: "images", values: { [name]: value }, context });
    else if (isFigure(value)) this.#post({ type: "figures", values: { [name]: value }, context });
    else if (isMedia(value)) {
      const media = caption === undefined ? value : { ...value, caption };
      this.#post({ type: "media", values: { [name]: media }, context });
    } else {
      this.#post({ type: "metrics", values: { [name]: value as LogValue }, context });
    }
  }

  /** Sets a parameter of the run, as `run[key] = value` does in Python. */
  set(key: string, value: LogValue): void {
    this.#call("set", [key, value]);
  }

  addTag(tag: string): void {
    this.#call("addTag", [tag]);
  }

  removeTag(tag: string): void {
    this.#call("removeTag", [tag]);
  }

  /** Marks the run as ended. A later call opens it again. */
  close(): void {
    this.#call("close", []);
  }

  #setProp(key: Property, value: string): void {
    this.#props[key] = value;
    this.#call("setProp", [key, value]);
  }

  #call(method: string, args: readonly LogValue[]): void {
    this.#post({ type: "call", method, args, context: contextNow() });
  }
}

type Tracked = LogValue | ImageData | FigureData | MediaData;

function isImage(value: Tracked): value is ImageData {
  if (!isNested(value as LogValue)) return false;
  const { data, shape } = value as Partial<ImageData>;
  return ArrayBuffer.isView(data) && Array.isArray(shape);
}

function isFigure(value: Tracked): value is FigureData {
  if (!isNested(value as LogValue)) return false;
  const { type, spec } = value as Partial<FigureData>;
  return (type === "plotly" || type === "vega-lite") && isNested(spec);
}

function isMedia(value: Tracked): value is MediaData {
  if (!isNested(value as LogValue)) return false;
  const { kind, format, data } = value as Partial<MediaData>;
  return typeof kind === "string" && typeof format === "string" && data instanceof Uint8Array;
}
