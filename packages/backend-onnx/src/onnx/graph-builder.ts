import { ARRAY_TYPES, type NumericType, type Shape, type TensorSpec } from "../tensor-spec.ts";
import type { ElementType } from "./element-type.ts";
import {
  type Attributes,
  type Domain,
  encodeModel,
  type Graph,
  type Initializer,
  type ModelBytes,
  type OnnxNode,
  type Port,
  portOf,
} from "./model.ts";

/** Equal constants up to this many elements are stored once. */
const SHARED_CONSTANT_SIZE = 64;

/** Collects the nodes of a graph. Tensors are known by name. */
export class GraphBuilder {
  readonly inputs: Port[] = [];
  readonly outputs: Port[] = [];
  /** Prefix of the names of nodes, which appear in error messages: the tfjs kernel they compute. */
  scope = "";
  readonly #prefix: string;
  readonly #nodes: OnnxNode[] = [];
  readonly #initializers: Initializer[] = [];
  /** Outputs of nodes that are no result of the model yet. */
  readonly #available = new Set<string>();
  readonly #shared = new Map<string, string>();
  #names = 0;

  /** @param prefix of all names: a graph inside another one must not use the same names. */
  constructor(prefix = "") {
    this.#prefix = prefix;
  }

  /** Adds a node with one output and returns the output's name. An empty input name leaves it out. */
  node(
    operator: string,
    inputs: readonly string[],
    attributes: Attributes = {},
    domain: Domain = "",
  ): string {
    return this.nodes(operator, inputs, attributes, 1, domain)[0] as string;
  }

  /** Adds a node with several outputs. */
  nodes(
    operator: string,
    inputs: readonly string[],
    attributes: Attributes,
    numOutputs: number,
    domain: Domain = "",
  ): string[] {
    const outputs = Array.from({ length: numOutputs }, () => this.#newName("t"));
    const name = `${this.scope}/${operator}_${outputs[0]}`;
    this.#nodes.push({ operator, domain, name, inputs, outputs, attributes });
    for (const output of outputs) this.#available.add(output);
    return outputs;
  }

  /** A tensor that is given on every run. */
  input(spec: TensorSpec): string {
    const port = portOf(this.#newName("in"), spec);
    this.inputs.push(port);
    return port.name;
  }

  /** Makes `name` the next result of the model. */
  output(name: string, spec: TensorSpec): void {
    // An input, a constant or another result cannot be a result itself.
    const own = this.#available.delete(name) ? name : this.node("Identity", [name]);
    this.#available.delete(own);
    this.outputs.push(portOf(own, spec));
  }

  constant(values: readonly number[] | Float32Array, shape: Shape, dtype: NumericType): string {
    return this.#initializer(values, shape, dtype, () => ARRAY_TYPES[dtype].from(values));
  }

  /** A one-dimensional int64 constant: shapes, axes and the like. */
  integers(values: readonly number[], shape: Shape = [values.length]): string {
    return this.#initializer(values, shape, "int64", () => BigInt64Array.from(values, BigInt));
  }

  get graph(): Graph {
    return {
      nodes: this.#neededNodes(),
      initializers: this.#initializers,
      inputs: this.inputs,
      outputs: this.outputs,
    };
  }

  encode(): ModelBytes {
    return encodeModel(this.graph);
  }

  /**
   * The nodes that the results depend on. A kernel adds the nodes of all its outputs, also of those that nothing needs.
   */
  #neededNodes(): OnnxNode[] {
    const needed = new Set(this.outputs.map(({ name }) => name));
    const nodes: OnnxNode[] = [];
    for (const node of this.#nodes.toReversed()) {
      if (!node.outputs.some((output) => needed.has(output))) continue;
      for (const input of node.inputs) needed.add(input);
      nodes.push(node);
    }
    return nodes.reverse();
  }

  get numNodes(): number {
    return this.#nodes.length;
  }

  #initializer(
    values: ArrayLike<number>,
    shape: Shape,
    dtype: ElementType,
    toArray: () => ArrayBufferView,
  ): string {
    const key =
      values.length <= SHARED_CONSTANT_SIZE
        ? `${dtype}[${shape}]${Array.prototype.map.call(values, numberKey)}`
        : undefined;
    const known = key === undefined ? undefined : this.#shared.get(key);
    if (known !== undefined) return known;
    const name = this.#newName("c");
    this.#initializers.push({ name, shape, dtype, data: toArray() });
    if (key !== undefined) this.#shared.set(key, name);
    return name;
  }

  #newName(prefix: string): string {
    return `${this.#prefix}${prefix}${this.#names++}`;
  }
}

/** As text; -0 is not 0. */
function numberKey(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}
