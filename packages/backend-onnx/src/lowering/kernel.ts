import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { NumericArray, NumericType, Shape, TensorSpec } from "../tensor-spec.ts";
import type { GraphLowering } from "./graph-lowering.ts";
import type { Value } from "./value.ts";

/** The named inputs of a kernel; those that take a list get an array. */
export type KernelInputs = Readonly<Record<string, TensorInfo>> | readonly TensorInfo[];

/** One number that a kernel takes beside its tensors and that may differ from step to step. */
export type ScalarInput = { readonly value: number; readonly dtype: NumericType };

/** A call that becomes part of the graph. */
export type RecordedCall<A> = {
  readonly inputs: readonly TensorInfo[];
  /** Further one-element inputs of `lower`, after `inputs`: constants until their value changes. */
  readonly scalars?: readonly ScalarInput[];
  readonly outputs: readonly TensorSpec[];
  /** Whatever `lower` needs beside the inputs. */
  readonly attributes: A;
  /** A text. For calls with the same shapes it is equal if and only if their graphs are equal. */
  readonly key?: string;
  /** The only output is this contiguous part of the only input, counted in elements. */
  readonly rangeStart?: number;
};

/** The result of a call. */
export type KernelAnswer<A> =
  | RecordedCall<A>
  /** The result is this tensor's values under another shape. */
  | { readonly alias: TensorInfo; readonly shape: Shape }
  /** The result is known without a graph. */
  | { readonly values: NumericArray; readonly spec: TensorSpec };

/** A tfjs kernel, or a composite one of our own: how it is recorded, and the ONNX nodes it becomes. */
export type Kernel<A = unknown> = {
  readonly name: string;
  /** It returns a list even if the list has one element. */
  readonly returnsList?: boolean;
  /** Checks a call and computes the shapes of its results. Undefined if the kernel of the cpu backend computes it. */
  record(inputs: KernelInputs, attributes: unknown): KernelAnswer<A> | undefined;
  /** Adds the nodes of a recorded call, and returns one value per output. Absent if none is recorded. */
  lower?(
    graph: GraphLowering,
    inputs: readonly Value[],
    attributes: A,
    outputs: readonly TensorSpec[],
  ): readonly Value[];
};

/** A `Kernel` with the types that tfjs declares for its inputs and attributes. */
export type KernelDefinition<Inputs, Attributes, A> = Omit<Kernel<A>, "record"> & {
  record(inputs: Given<Inputs>, attributes: Attributes): KernelAnswer<A> | undefined;
};

/** tfjs declares all named inputs as possibly undefined, those included that a kernel always gets. */
type Given<T> = { readonly [name in keyof T]: NonNullable<T[name]> };

export function defineKernel<Inputs, Attributes, A = Attributes>(
  definition: KernelDefinition<Inputs, Attributes, A>,
): Kernel {
  return definition as unknown as Kernel;
}
