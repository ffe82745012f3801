import type { FusedAttributes, FusedInputs, FusedKernel, FusedOutputs } from "@acc/core";
import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { TensorSpec } from "../tensor-spec.ts";
import type { GraphLowering } from "./graph-lowering.ts";
import type { Kernel, RecordedCall } from "./kernel.ts";
import type { Value } from "./value.ts";

/** How the graph computes one of core's fused kernels. */
export type Macro<Name extends FusedKernel> = Omit<Kernel, "name"> & {
  /** Only for the type: keeps macros of different kernels apart. */
  readonly computes?: Name;
};

type Definition<Name extends FusedKernel, A> = {
  record(
    inputs: FusedInputs<Name, TensorInfo>,
    attributes: FusedAttributes<Name>,
  ): RecordedCall<A> & { readonly outputs: FusedOutputs<Name, TensorSpec> };
  lower(
    graph: GraphLowering,
    inputs: readonly Value[],
    attributes: A,
    outputs: FusedOutputs<Name, TensorSpec> & readonly TensorSpec[],
  ): readonly Value[];
};

/** A macro with the inputs, attributes and outputs that core gives the kernel; `A` is what `lower` needs of them. */
export function defineMacro<Name extends FusedKernel, A = undefined>(
  definition: Definition<Name, A>,
): Macro<Name> {
  return definition as unknown as Macro<Name>;
}
