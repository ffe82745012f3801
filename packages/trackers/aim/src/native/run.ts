import type { ImageData, LogValue, TrackerEvent } from "@acc/core/tracker";
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
  /** Of an image. */
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

  /** Records a value as `log` would: a number, a text, a list, or an image `{ data, shape }`. */
  track(value: LogValue | ImageData, { name, step, ...options }: TrackOptions): void {
    const context = contextNow({ step, options: { ...options } });
    this.#post(
      isImage(value)
        ? { type: "images", values: { [name]: value }, context }
        : { type: "metrics", values: { [name]: value }, context },
    );
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

function isImage(value: LogValue | ImageData): value is ImageData {
  if (!isNested(value as LogValue)) return false;
  const { data, shape } = value as Partial<ImageData>;
  return ArrayBuffer.isView(data) && Array.isArray(shape);
}
