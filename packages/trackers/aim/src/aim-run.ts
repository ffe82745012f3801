import type { ImageData, LogValue, TrackerEvent, TrackerRun } from "@acc/core";
import { isNested } from "@acc/tracker-kit";

/** Where a value belongs. */
export type TrackOptions = {
  /** Name of the sequence. */
  readonly name: string;
  /** Without it the value goes to the step after the sequence's last. */
  readonly step?: number;
  readonly epoch?: number;
  /** Sequences of the same name are told apart by it, such as `{ subset: "val" }`. */
  readonly context?: { readonly [key: string]: LogValue };
  /** Of an image. */
  readonly caption?: string;
};

/** Properties that `AimRun` sets with a call. */
type Property = "name" | "description" | "experiment";

/**
 * The run, with the calls that users of Aim's Python client know. They are recorded like everything that is logged:
 * behind what was logged before, and delivered with it.
 */
export class AimRun {
  /** What Aim knows the run by. */
  readonly hash: string;
  readonly #run: TrackerRun;
  readonly #props: Partial<Record<Property, string>>;

  constructor(run: TrackerRun, hash: string, props: Partial<Record<Property, string>>) {
    this.hash = hash;
    this.#run = run;
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
    const context = {
      wallTimeMs: Date.now(),
      ...(step === undefined ? {} : { step }),
      options: { ...options },
    };
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

  /** Marks the run as ended. What is logged afterwards opens it again. */
  close(): void {
    this.#call("close", []);
  }

  #setProp(key: Property, value: string): void {
    this.#props[key] = value;
    this.#call("setProp", [key, value]);
  }

  #call(method: string, args: readonly LogValue[]): void {
    this.#post({ type: "call", method, args, context: { wallTimeMs: Date.now() } });
  }

  #post(event: TrackerEvent): void {
    this.#run.post({ ...event, target: "aim" });
  }
}

function isImage(value: LogValue | ImageData): value is ImageData {
  if (!isNested(value as LogValue)) return false;
  const { data, shape } = value as Partial<ImageData>;
  return ArrayBuffer.isView(data) && Array.isArray(shape);
}
