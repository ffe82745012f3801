import type { Shape } from "../tensor-spec.ts";
import type { Call } from "./call.ts";
import { productsCost, RUN, SAVED_PER_CALL, SAVED_PER_ELEMENT } from "./cost.ts";
import { Hash } from "./hash.ts";
import { kernelNumber } from "./kernel-number.ts";

/**
 * Calls between two moments at which values are needed, in short: a hash that is the same for the same kernels
 * on the same shapes, and what one run would save as a graph.
 */
export class Segment {
  numCalls = 0;
  /** In microseconds, estimated; below 0 where single calls are faster. */
  saved: number = -RUN;
  readonly #hash = new Hash();

  static of(calls: readonly Call[]): Segment {
    const segment = new Segment();
    for (const { kernel, inputShapes, asCalled } of calls) {
      segment.addCall(kernel.name, inputShapes, asCalled.attributes);
    }
    return segment;
  }

  /** A safe integer. */
  get hash(): number {
    return this.#hash.value;
  }

  addCall(kernelName: string, inputShapes: readonly Shape[], attributes: unknown): void {
    this.addKernel(kernelName, productsCost(kernelName, inputShapes, attributes));
    for (const shape of inputShapes) this.addInput(shape);
  }

  /** Adds a call without its inputs. @param products what its multiplications take, in microseconds. */
  addKernel(name: string, products: number): void {
    this.numCalls += 1;
    this.saved += SAVED_PER_CALL + products;
    this.#hash.add(kernelNumber(name));
  }

  /** An input of the kernel that was added last. */
  addInput(shape: Shape): void {
    let size = 1;
    this.#hash.add(shape.length);
    for (let i = 0; i < shape.length; i++) {
      const length = shape[i] as number;
      this.#hash.add(length);
      size *= length;
    }
    this.saved += size * SAVED_PER_ELEMENT;
  }
}
