import type { Collective } from "../collective/collective.ts";
import { halfKernel } from "../collective/half-kernel.ts";
import type { HalfFormat } from "../collective/half-precision.ts";

/** How the gradients of a bucket come to the other ranks. */
export type GradientTransport = {
  /** This rank's gradients; after `average` the means. */
  readonly buffer: Float32Array;
  /** Collective. */
  average(): void;
  /** Collective. */
  release(): void;
};

/** As float32, in shared memory. Collective. */
export function exactTransport(length: number, collective: Collective): GradientTransport {
  const buffer = collective.allocate(length, "prepare");
  return {
    buffer,
    average: () => collective.allReduce(buffer, "mean", "backward"),
    release: () => collective.release(buffer, "freeMemory"),
  };
}

/** Rounded to 16 bits, which halves the shared memory: each rank's gradients once, and the mean once. Collective. */
export function halfTransport(
  length: number,
  format: HalfFormat,
  collective: Collective,
): GradientTransport {
  const buffer = new Float32Array(length);
  const shared = collective.allocateHalf(length, format, "prepare");
  return {
    buffer,
    average: () => {
      halfKernel().pack(buffer, shared, format);
      collective.averageHalf(shared, format, "backward");
      halfKernel().unpack(shared, buffer, format);
    },
    release: () => collective.release(shared, "freeMemory"),
  };
}
