import type { Shape, TensorSpec } from "../tensor-spec.ts";
import type { Kernel } from "./kernel.ts";
import type { Storage } from "./storage.ts";

/** A recorded kernel call that has not been computed. */
export type Call = {
  readonly kernel: Kernel;
  readonly attributes: unknown;
  readonly key: string;
  readonly inputs: readonly Storage[];
  /** The shapes under which this call sees its inputs. */
  readonly inputShapes: readonly Shape[];
  readonly outputs: readonly Storage[];
  readonly outputSpecs: readonly TensorSpec[];
  /** Place among the live calls of a trace, -1 if its results are not needed. */
  index: number;
};
