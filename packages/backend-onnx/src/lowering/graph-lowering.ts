import { backend_util } from "@tensorflow/tfjs-core";
import { type ElementType, ONNX_TYPES } from "../onnx/element-type.ts";
import type { GraphBuilder } from "../onnx/graph-builder.ts";
import type { Attributes } from "../onnx/model.ts";
import { type NumericType, type Shape, sameShape, type TensorSpec } from "../tensor-spec.ts";
import type { Value } from "./value.ts";

/** Builds a kernel's part of a graph. Tensors are names, except where their shape matters. */
export class GraphLowering {
  readonly builder: GraphBuilder;
  /** Channels per block of the layout for fast convolutions, 0 without. */
  readonly blockSize: number;
  readonly #derived = new Map<string, string>();

  constructor(builder: GraphBuilder, blockSize: number) {
    this.builder = builder;
    this.blockSize = blockSize;
  }

  /** Adds a node of standard ONNX and returns the name of its output. */
  node(operator: string, inputs: readonly string[], attributes?: Attributes): string {
    return this.builder.node(operator, inputs, attributes);
  }

  /** The same with several outputs. */
  nodes(
    operator: string,
    inputs: readonly string[],
    attributes: Attributes,
    numOutputs: number,
  ): string[] {
    return this.builder.nodes(operator, inputs, attributes, numOutputs);
  }

  /** Adds a node of an operator that only ONNX Runtime has. */
  extraNode(operator: string, inputs: readonly string[], attributes?: Attributes): string {
    return this.builder.node(operator, inputs, attributes, "com.microsoft");
  }

  /** Adds a node that computes in the blocked layout. */
  blockedNode(operator: string, inputs: readonly string[], attributes?: Attributes): string {
    return this.builder.node(operator, inputs, attributes, "com.microsoft.nchwc");
  }

  /** A constant of one element. */
  scalar(value: number, dtype: NumericType = "float32"): string {
    return this.builder.constant([value], [], dtype);
  }

  constant(values: readonly number[] | Float32Array, shape: Shape, dtype: NumericType): string {
    return this.builder.constant(values, shape, dtype);
  }

  /** An int64 constant: a shape, axes, or the ends of slices. */
  integers(values: readonly number[]): string {
    return this.builder.integers(values);
  }

  /** The int64 constant of no dimensions that some operators take as their axis. */
  integer(value: number): string {
    return this.builder.integers([value], []);
  }

  reshape(name: string, shape: Shape): string {
    return this.#once(`${name}:${shape}`, () => this.node("Reshape", [name, this.integers(shape)]));
  }

  /** Axes in a new order. */
  transpose(name: string, perm: readonly number[]): string {
    return this.#once(`${name}^${perm}`, () => this.node("Transpose", [name], { perm }));
  }

  cast(name: string, dtype: ElementType): string {
    return this.node("Cast", [name], { to: ONNX_TYPES[dtype] });
  }

  /** The name of a value that the graph stores with all its elements. */
  whole({ name, shape, stored }: Value): string {
    if (sameShape(shape, stored)) return name;
    return this.#once(`${name}!${shape}`, () => this.node("Expand", [name, this.integers(shape)]));
  }

  /** A value that `name` holds in full. */
  value(name: string, { shape, dtype }: TensorSpec): Value {
    return { name, shape, stored: shape, dtype };
  }

  /** The same elements under another shape. */
  reshaped(value: Value, shape: Shape): Value {
    if (sameShape(value.shape, shape)) return value;
    if (value.stored.length === 0) return { ...value, shape };
    return this.value(this.reshape(this.whole(value), shape), { shape, dtype: value.dtype });
  }

  /** A value of one repeated number. */
  filled(number: number, { shape, dtype }: TensorSpec): Value {
    return { name: this.scalar(number, dtype), shape, stored: [], dtype, constant: number };
  }

  /** An operator that computes every element by itself. */
  map(
    operator: string,
    { name, shape, stored }: Value,
    dtype: NumericType,
    attributes?: Attributes,
  ): Value {
    return { name: this.node(operator, [name], attributes), shape, stored, dtype };
  }

  /** An operator that broadcasts its inputs; what they repeat stays unexpanded. */
  elementwise(operator: string, inputs: readonly Value[], { shape, dtype }: TensorSpec): Value {
    const name = this.node(
      operator,
      inputs.map((input) => input.name),
    );
    return { name, shape, stored: broadcast(inputs.map(({ stored }) => stored)), dtype };
  }

  /** Makes the same node only once. */
  #once(key: string, make: () => string): string {
    let name = this.#derived.get(key);
    if (name === undefined) {
      name = make();
      this.#derived.set(key, name);
    }
    return name;
  }
}

/** The shape that all of the shapes broadcast to. */
export function broadcast(shapes: readonly Shape[]): Shape {
  const [first = [], ...rest] = shapes;
  let result = [...first];
  for (const shape of rest) {
    result = backend_util.assertAndGetBroadcastShape(result, [...shape]);
  }
  return result;
}
