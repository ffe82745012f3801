import { type Shape, sizeOf } from "../tensor-spec.ts";

// Measured on one core of a server, in microseconds. Estimates, so that every run of a program decides alike.

/** What a graph saves of a call: most of what it takes to make the call. */
export const SAVED_PER_CALL = 3;
/** What a graph saves of each element of the inputs. */
export const SAVED_PER_ELEMENT = 1e-3;
/** What a multiplication takes in a single call; a graph saves most of it. */
const PER_PRODUCT = 4e-4;
/** What running a graph takes, however small it is. */
export const RUN = 15;
const COMPILE = 500;
const COMPILE_PER_CALL = 60;

/** What the multiplications of a matrix product or of a convolution take. */
export function productsCost(
  kernelName: string,
  [a, b]: readonly Shape[],
  attributes: unknown,
): number {
  if (!a || !b) return 0;
  if (kernelName.endsWith("MatMul")) {
    const { transposeB } = attributes as { readonly transposeB: boolean };
    return sizeOf(a) * (b.at(transposeB ? -2 : -1) ?? 1) * PER_PRODUCT;
  }
  if (!kernelName.includes("Conv")) return 0;
  // The first two dimensions of a filter are those of the window that every element is part of.
  const perElement = kernelName.includes("Depthwise")
    ? sizeOf(b.slice(0, 2))
    : sizeOf(b) / (a.at(-1) ?? 1);
  return sizeOf(a) * perElement * PER_PRODUCT;
}

/** What compiling so many calls takes. */
export function compilingCost(numCalls: number): number {
  return COMPILE + numCalls * COMPILE_PER_CALL;
}
