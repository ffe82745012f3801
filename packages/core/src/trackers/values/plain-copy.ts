import { types } from "node:util";
import { keep, Tensor } from "@tensorflow/tfjs-core";
import { AcceleratorError } from "../../errors.ts";
import { isPlainObject } from "../../plain-object.ts";
import { withoutGradients } from "../../step/autograd.ts";
import type { LogValue } from "../../tracker-contract/log-value.ts";
import { describeValue } from "./describe-value.ts";
import { instanceData } from "./instance-data.ts";
import { isMarked, type MarkedValue } from "./marked-value.ts";
import { copyTypedArray } from "./typed-array-copy.ts";

/** Told of each value that cannot be logged. @param path names of the objects around it, and its own, joined by `/`. */
export type Refuse = (path: string, reason: string) => void;

/** Told of each image, table and so on, in place of a copy. */
export type TakeMedia = (path: string, media: MarkedValue) => void;

export type PlainCopyOptions = {
  /** Without it, images, tables, figures and other media are refused. */
  readonly takeMedia?: TakeMedia | undefined;
  /** Refuses functions and symbols; by default their text is copied. */
  readonly isDataOnly?: boolean;
};

/** Readers in other languages end at some hundred. */
const MAX_DEPTH = 100;
/** A list with a hole of a thousand million items would be copied for minutes. */
const MAX_ITEMS = 2 ** 24;

/** Stands for a value that was refused, or that `TakeMedia` has. */
const NOTHING = Symbol("nothing");

/**
 * Copies what users log as plain data that can cross threads, so that they may change or dispose it at once. A value that
 * cannot be copied is refused by itself: the others are copied. Use it for one call of `copy`.
 */
export class PlainCopy {
  /** The tensors that are being read; the copy is complete when all have resolved. */
  readonly reads: Promise<void>[] = [];
  readonly #refuse: Refuse;
  readonly #takeMedia: TakeMedia | undefined;
  readonly #isDataOnly: boolean;
  #mediaCount = 0;
  /** Objects around the present value. */
  readonly #above = new Set<object>();

  constructor(refuse: Refuse, { takeMedia, isDataOnly = false }: PlainCopyOptions = {}) {
    this.#refuse = refuse;
    this.#takeMedia = takeMedia;
    this.#isDataOnly = isDataOnly;
  }

  /**
   * A copy of an object of values, in the same order.
   *
   * @throws {AcceleratorError} `TENSOR_DISPOSED` naming the tensor that is disposed already.
   */
  copy(values: object): { readonly [key: string]: LogValue } {
    return this.#object(values, "");
  }

  #object(source: object, path: string): { [key: string]: LogValue } {
    const target: { [key: string]: LogValue } = {};
    for (const key of Object.keys(source)) {
      const at = `${path}${key}`;
      this.#item(target, key, at, () => (source as { [key: string]: unknown })[key]);
    }
    for (const symbol of Object.getOwnPropertySymbols(source)) {
      this.#refuse(path + String(symbol), "its name is a symbol; give it a text as name");
    }
    return target;
  }

  #list(source: readonly unknown[], path: string): LogValue[] {
    if (source.length > MAX_ITEMS) {
      throw new Unloggable(`a list of ${source.length} items; ${MAX_ITEMS} are the limit`);
    }
    const target: LogValue[] = [];
    for (let index = 0; index < source.length; index++) {
      target.push(null); // stays where the item is refused: the others keep their places
      this.#item(target, index, `${path}${index}`, () => source[index]);
    }
    return target;
  }

  /** Copies one member. Whatever it throws concerns this member alone. */
  #item(target: object, key: string | number, path: string, read: () => unknown): void {
    try {
      const value = read();
      if (value instanceof Tensor) {
        set(target, key, null); // reserves the key, so that keys keep their order
        this.reads.push(readTensor(value, path).then((data) => set(target, key, data)));
        return;
      }
      const copy = this.#value(value, path, typeof key === "number");
      if (copy !== NOTHING) set(target, key, copy);
    } catch (error) {
      if (error instanceof AcceleratorError) throw error;
      const { message } = error instanceof Error ? error : new Error("something was thrown");
      this.#refuse(path, error instanceof Unloggable ? message : `it cannot be read: ${message}`);
    }
  }

  #value(value: unknown, path: string, isListed: boolean): LogValue | typeof NOTHING {
    switch (typeof value) {
      case "number":
      case "bigint":
      case "string":
      case "boolean":
      case "undefined":
        return value;
      case "function":
      case "symbol":
        if (this.#isDataOnly) throw new Unloggable(`a ${typeof value} is no data`);
        return String(value);
      default:
        return value === null ? null : this.#structure(value as object, path, isListed);
    }
  }

  #structure(value: object, path: string, isListed: boolean): LogValue | typeof NOTHING {
    if (types.isDate(value)) return new Date(value);
    if (ArrayBuffer.isView(value)) {
      const copy = copyTypedArray(value);
      if (copy !== undefined) return copy;
      throw new Unloggable("a DataView does not say what its bytes are; log a typed array");
    }
    if (isMarked(value)) {
      const what = "an image, a table, a figure or media";
      if (!this.#takeMedia) throw new Unloggable(`${what} have no place here`);
      if (isListed) throw new Unloggable(`${what} in a list; put it into an object`);
      this.#takeMedia(path, value);
      this.#mediaCount += 1;
      return NOTHING;
    }
    if (this.#above.has(value)) throw new Unloggable("it contains itself");
    if (this.#above.size >= MAX_DEPTH)
      throw new Unloggable(`it is nested deeper than ${MAX_DEPTH} levels`);
    this.#above.add(value);
    try {
      if (Array.isArray(value)) return this.#list(value, `${path}/`);
      if (isPlainObject(value)) return this.#plainObject(value as object, path);
      const data = instanceData(value);
      if (data === undefined) throw new Unloggable(`${describeValue(value)} has no values to log`);
      return this.#value(data.value, path, isListed);
    } finally {
      this.#above.delete(value);
    }
  }

  /** An object that held only media is left out. */
  #plainObject(value: object, path: string): LogValue | typeof NOTHING {
    const before = this.#mediaCount;
    const copy = this.#object(value, `${path}/`);
    return Object.keys(copy).length === 0 && this.#mediaCount > before ? NOTHING : copy;
  }
}

/** A value that cannot be logged, with the reason. */
class Unloggable extends Error {}

/** Assignment would change the prototype for the key `__proto__`, which JSON can hold. */
function set(target: object, key: string | number, value: LogValue): void {
  if (key === "__proto__") {
    Object.defineProperty(target, key, {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  } else (target as { [key: string | number]: LogValue })[key] = value;
}

function readTensor(tensor: Tensor, path: string): Promise<LogValue> {
  if (tensor.isDisposed) {
    throw new AcceleratorError(
      "TENSOR_DISPOSED",
      `log: the tensor "${path}" is disposed already. Log it in the step that made it, or hold it with ` +
        "accelerator.keep.",
    );
  }
  const held = holdTensor(tensor);
  return held.array().then((value) => {
    held.dispose();
    return value as LogValue;
  });
}

/** A second handle on the same data that outlives the step; the reader disposes it. */
export function holdTensor(tensor: Tensor): Tensor {
  return withoutGradients(() => keep(tensor.clone()));
}
