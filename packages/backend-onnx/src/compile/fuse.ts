import { fusedConv2D } from "../kernels/convolution/conv-2d.ts";
import type { Geometry } from "../kernels/convolution/geometry.ts";
import type { Transposition } from "../kernels/matrix-product.ts";
import { fusedMatMul } from "../kernels/matrix-product.ts";
import type { Call } from "../record/call.ts";
import type { Storage } from "../record/storage.ts";
import type { Trace } from "../record/trace.ts";
import { type Shape, sameShape } from "../tensor-spec.ts";

/** The calls of a trace with neighbours joined where ONNX Runtime computes them together. */
export function fuse(trace: Trace): readonly Call[] {
  return new Fusion(trace).run();
}

class Fusion {
  readonly #calls: Call[];
  readonly #results: ReadonlySet<Storage>;
  /** Calls that read a storage. */
  readonly #readers = new Map<Storage, Call[]>();
  /** Calls that became part of an earlier one. */
  readonly #absorbed = new Set<Call>();

  constructor({ calls, results }: Trace) {
    this.#calls = calls.map(stepOfRelu(calls));
    this.#results = new Set(results.map(({ storage }) => storage));
    for (const call of this.#calls) {
      for (const input of call.inputs) {
        const readers = this.#readers.get(input);
        if (readers) readers.push(call);
        else this.#readers.set(input, [call]);
      }
    }
  }

  run(): Call[] {
    const fused = this.#calls.map((call) => this.#withBias(call));
    return fused.filter((_, i) => !this.#absorbed.has(this.#calls[i] as Call));
  }

  /** A product or convolution with the bias that is added to it, and the relu that follows. */
  #withBias(call: Call): Call {
    const { name } = call.kernel;
    const [output] = call.outputs;
    const shape = call.outputSpecs[0]?.shape ?? [];
    if (name !== "Conv2D" && !(name === "BatchMatMul" && shape.length === 2)) return call;
    const sum = this.#onlyReader(output, "Add");
    const bias = sum && biasOf(sum, output as Storage, shape);
    if (!sum || !bias || (bias.producer?.index ?? -1) > call.index) return call;
    this.#absorbed.add(sum);
    const inputs = [...call.inputs, bias];
    const inputShapes = [...call.inputShapes, [shape.at(-1) as number]];
    const common = { ...call, inputs, inputShapes, outputs: sum.outputs };
    if (name === "BatchMatMul") {
      const attributes = { ...(call.attributes as Transposition), activation: "linear" };
      return { ...common, kernel: fusedMatMul, attributes };
    }
    const geometry = call.attributes as Geometry;
    const relu = this.#onlyReader(sum.outputs[0], "Relu");
    const attributes = { geometry, activation: relu ? "relu" : "linear" };
    if (relu) this.#absorbed.add(relu);
    return { ...common, kernel: fusedConv2D, attributes, outputs: (relu ?? sum).outputs };
  }

  /** The call of this kernel that alone reads a storage, if nothing else needs it. */
  #onlyReader(storage: Storage | undefined, kernelName: string): Call | undefined {
    if (!storage || this.#results.has(storage)) return undefined;
    const [reader, ...others] = this.#readers.get(storage) ?? [];
    return others.length === 0 && reader?.kernel.name === kernelName ? reader : undefined;
  }
}

/** The other operand of a sum, if it is one number per column. */
function biasOf({ inputs, inputShapes }: Call, output: Storage, shape: Shape): Storage | undefined {
  const place = inputs[0] === output ? 1 : 0;
  const [own, other] = [inputShapes[1 - place] as Shape, inputShapes[place] as Shape];
  if (!sameShape(own, shape) || !sameShape(other, shape.slice(-1))) return undefined;
  return inputs[place];
}

/**
 * Lets the derivative of a relu, step(x), read relu(x) instead of x: the result is the same, and only the relu needs x
 * then.
 */
function stepOfRelu(calls: readonly Call[]): (call: Call) => Call {
  const activated = new Map<Storage, Storage>();
  for (const { kernel, inputs, outputs } of calls) {
    if (kernel.name === "Relu") activated.set(inputs[0] as Storage, outputs[0] as Storage);
  }
  return (call) => {
    const { kernel, attributes, inputs, index } = call;
    if (kernel.name !== "Step" || (attributes as { alpha: number }).alpha !== 0) return call;
    const relu = activated.get(inputs[0] as Storage);
    if (!relu || (relu.producer as Call).index > index) return call;
    return { ...call, inputs: [relu] };
  };
}
