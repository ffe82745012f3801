import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { Kernel, KernelInputs } from "../lowering/kernel.ts";
import type { Shape, TensorSpec } from "../tensor-spec.ts";
import type { Producer, Storage } from "./storage.ts";

/** A recorded kernel call that has not been computed. */
export type Call = Producer & {
  readonly kernel: Kernel;
  readonly attributes: unknown;
  readonly key: string;
  readonly inputs: readonly Storage[];
  /** The shapes under which this call sees its inputs. */
  readonly inputShapes: readonly Shape[];
  readonly outputSpecs: readonly TensorSpec[];
  readonly asCalled: AsCalled;
};

/** A kernel call as tfjs made it. */
export type AsCalled = {
  readonly inputs: KernelInputs;
  readonly attributes: unknown;
  /** The tensors that became the inputs of the recorded call, in its order. */
  readonly tensors: readonly TensorInfo[];
};
