import { byteLengthOf, type TensorSpec } from "../tensor-spec.ts";
import { type ElementType, ONNX_TYPES } from "./element-type.ts";
import { ProtobufWriter } from "./protobuf-writer.ts";

/** An integer, integers, text, a float, or the graph that an operator runs itself. */
export type Attribute =
  | number
  | readonly number[]
  | string
  | { readonly float: number }
  | { readonly graph: Graph };
export type Attributes = Readonly<Record<string, Attribute>>;

/** Operators outside of standard ONNX, of ONNX Runtime: extra ones, and those in its blocked layout. */
export type Domain = "" | "com.microsoft" | "com.microsoft.nchwc";

export type OnnxNode = {
  readonly operator: string;
  readonly domain: Domain;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Attributes;
};

/** A tensor that is part of the model. */
export type Initializer = {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: ElementType;
  readonly data: ArrayBufferView;
};

export type Graph = {
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly Initializer[];
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
};

/** A named input or output of a model. */
export type Port = TensorSpec & {
  readonly name: string;
  readonly byteLength: number;
  /** Type and shape as text. */
  readonly key: string;
};

/** An encoded model and its ports in the order in which sessions take them. */
export type ModelBytes = {
  readonly bytes: Uint8Array;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
};

/** Newer operator sets lack cpu versions of some operators in ONNX Runtime 1.30. */
const OPERATOR_SET = 21;
const FORMAT_VERSION = 10;

/** Numbers of fields in onnx.proto. */
const MODEL = { formatVersion: 1, graph: 7, operatorSet: 8 };
const OPERATORS = { domain: 1, version: 2 };
const GRAPH = { node: 1, name: 2, initializer: 5, input: 11, output: 12 };
const NODE = { input: 1, output: 2, name: 3, operator: 4, attribute: 5, domain: 7 };
const ATTRIBUTE = { name: 1, float: 2, integer: 3, text: 4, graph: 6, integers: 8, type: 20 };
const ATTRIBUTE_TYPE = { float: 1, integer: 2, text: 3, graph: 5, integers: 7 };
const TENSOR = { shape: 1, dtype: 2, name: 8, data: 9 };
const PORT = { name: 1, type: 2 };

export function portOf(name: string, spec: TensorSpec): Port {
  const { shape, dtype } = spec;
  return { name, shape, dtype, byteLength: byteLengthOf(spec), key: `${dtype}[${shape}]` };
}

/** A graph as a model in the format that ONNX Runtime loads. */
export function encodeModel(graph: Graph): ModelBytes {
  const writer = new ProtobufWriter();
  const domains = new Set<Domain>(["", ...graph.nodes.map(({ domain }) => domain)]);
  writer.integer(MODEL.formatVersion, FORMAT_VERSION);
  for (const domain of domains) {
    writer.message(MODEL.operatorSet, () => {
      writer.text(OPERATORS.domain, domain);
      writer.integer(OPERATORS.version, domain === "" ? OPERATOR_SET : 1);
    });
  }
  writer.message(MODEL.graph, () => writeGraph(writer, graph));
  return { bytes: writer.bytes, inputs: graph.inputs, outputs: graph.outputs };
}

function writeGraph(writer: ProtobufWriter, { nodes, initializers, inputs, outputs }: Graph): void {
  for (const node of nodes) writer.message(GRAPH.node, () => writeNode(writer, node));
  writer.text(GRAPH.name, "step");
  for (const initializer of initializers) {
    writer.message(GRAPH.initializer, () => writeInitializer(writer, initializer));
  }
  for (const port of inputs) writer.message(GRAPH.input, () => writePort(writer, port));
  for (const port of outputs) writer.message(GRAPH.output, () => writePort(writer, port));
}

function writeNode(writer: ProtobufWriter, node: OnnxNode): void {
  for (const input of node.inputs) writer.text(NODE.input, input);
  for (const output of node.outputs) writer.text(NODE.output, output);
  writer.text(NODE.name, node.name);
  writer.text(NODE.operator, node.operator);
  for (const [name, value] of Object.entries(node.attributes)) {
    writer.message(NODE.attribute, () => writeAttribute(writer, name, value));
  }
  if (node.domain !== "") writer.text(NODE.domain, node.domain);
}

function writeAttribute(writer: ProtobufWriter, name: string, value: Attribute): void {
  writer.text(ATTRIBUTE.name, name);
  if (typeof value === "number") {
    writer.integer(ATTRIBUTE.integer, value);
    writer.integer(ATTRIBUTE.type, ATTRIBUTE_TYPE.integer);
  } else if (typeof value === "string") {
    writer.text(ATTRIBUTE.text, value);
    writer.integer(ATTRIBUTE.type, ATTRIBUTE_TYPE.text);
  } else if ("float" in value) {
    writer.float(ATTRIBUTE.float, value.float);
    writer.integer(ATTRIBUTE.type, ATTRIBUTE_TYPE.float);
  } else if ("graph" in value) {
    writer.message(ATTRIBUTE.graph, () => writeGraph(writer, value.graph));
    writer.integer(ATTRIBUTE.type, ATTRIBUTE_TYPE.graph);
  } else {
    for (const item of value) writer.integer(ATTRIBUTE.integers, item);
    writer.integer(ATTRIBUTE.type, ATTRIBUTE_TYPE.integers);
  }
}

function writeInitializer(writer: ProtobufWriter, { name, shape, dtype, data }: Initializer): void {
  for (const length of shape) writer.integer(TENSOR.shape, length);
  writer.integer(TENSOR.dtype, ONNX_TYPES[dtype]);
  writer.text(TENSOR.name, name);
  writer.data(TENSOR.data, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

/** `ValueInfoProto`, down through the four messages that nest a shape. */
function writePort(writer: ProtobufWriter, { name, shape, dtype }: Port): void {
  writer.text(PORT.name, name);
  writer.message(PORT.type, () =>
    writer.message(1, () => {
      writer.integer(1, ONNX_TYPES[dtype]);
      writer.message(2, () => {
        for (const length of shape) writer.message(1, () => writer.integer(1, length));
      });
    }),
  );
}
