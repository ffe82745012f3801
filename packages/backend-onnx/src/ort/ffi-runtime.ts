import { ONNX_TYPES } from "../onnx/element-type.ts";
import type { ModelBytes, Port } from "../onnx/model.ts";
import type { CApi } from "./c-api.ts";
import { Memory } from "./memory.ts";
import type { NativeHandle } from "./native-handles.ts";
import type { Runtime, Session } from "./runtime.ts";

const LOG_ERRORS = 3;
const ONLY_BASIC_OPTIMIZATIONS = 1;
const DEVICE_ALLOCATOR = 0;
const DEFAULT_MEMORY = 0;

/** This optimization makes some graphs invalid: `Add(0, x)` where x is an input. */
export const BROKEN_OPTIMIZER = "NoopElimination";

/** ONNX Runtime through its C interface: inputs and outputs are used in place, shared memory included. */
export class FfiRuntime implements Runtime {
  readonly path = "ffi";
  readonly version: string;
  readonly library: string;
  readonly #api: CApi;
  readonly #environment: bigint;
  readonly #cpuMemory: NativeHandle;

  constructor(api: CApi, library: string) {
    this.#api = api;
    this.version = api.version;
    this.library = library;
    this.#environment = sharedEnvironment(api);
    this.#cpuMemory = api.create(
      "MemoryInfo",
      "CreateCpuMemoryInfo",
      ...[DEVICE_ALLOCATOR, DEFAULT_MEMORY],
    );
  }

  allocate(byteLength: number): Memory {
    return new Memory(new SharedArrayBuffer(byteLength));
  }

  forget(memory: Memory): void {
    for (const value of memory.handles.values()) value.release();
    memory.handles.clear();
  }

  load(model: ModelBytes, numThreads: number): Session {
    const session = this.#createSession(model.bytes, numThreads);
    const inputNames = new NameList(this.#api, model.inputs);
    const outputNames = new NameList(this.#api, model.outputs);
    const inputValues = new BigUint64Array(model.inputs.length);
    const outputValues = new BigUint64Array(model.outputs.length);
    const { Run } = this.#api.functions;
    return {
      run: (inputs, outputs) => {
        this.#describe(model.inputs, inputs, inputValues);
        this.#describe(model.outputs, outputs, outputValues);
        Run(
          session.pointer,
          null,
          ...[inputNames.addresses, inputValues, inputValues.length],
          ...[outputNames.addresses, outputValues.length, outputValues],
        );
      },
      release: () => session.release(),
    };
  }

  #createSession(bytes: Uint8Array, numThreads: number): NativeHandle {
    const { functions } = this.#api;
    const handle = this.#api.create("SessionOptions", "CreateSessionOptions");
    const options = handle.pointer;
    try {
      functions.SetIntraOpNumThreads(options, numThreads);
      functions.SetInterOpNumThreads(options, 1);
      functions.SetSessionGraphOptimizationLevel(options, ONLY_BASIC_OPTIMIZATIONS);
      functions.SetSessionLogSeverityLevel(options, LOG_ERRORS + 1);
      functions.AddSessionConfigEntry(
        options,
        "optimization.disable_specified_optimizers",
        BROKEN_OPTIMIZER,
      );
      // Idle threads that spin would take cores from other replicas and from JavaScript.
      functions.AddSessionConfigEntry(options, "session.intra_op.allow_spinning", "0");
      return this.#api.create(
        "Session",
        "CreateSessionFromArray",
        ...[this.#environment, bytes, bytes.length, options],
      );
    } finally {
      handle.release();
    }
  }

  #describe(ports: readonly Port[], memories: readonly Memory[], values: BigUint64Array): void {
    for (let i = 0; i < ports.length; i++) {
      const [port, memory] = [ports[i] as Port, memories[i] as Memory];
      let value = memory.handles.get(port.key);
      if (value === undefined) {
        value = this.#createValue(port, memory);
        memory.handles.set(port.key, value);
      }
      values[i] = value.pointer;
    }
  }

  #createValue({ shape, dtype, byteLength }: Port, memory: Memory): NativeHandle {
    const bytes = new Uint8Array(memory.bytes, memory.byteOffset, byteLength);
    return this.#api.create(
      "Value",
      "CreateTensorWithDataAsOrtValue",
      ...[this.#cpuMemory.pointer, bytes, byteLength],
      ...[shape.length === 0 ? null : BigInt64Array.from(shape, BigInt), shape.length],
      ONNX_TYPES[dtype],
    );
  }
}

/** The one environment of the process, which counts its users; it stays for as long as the library does. */
function sharedEnvironment(api: CApi): bigint {
  const result = new BigUint64Array(1);
  api.functions.CreateEnv(LOG_ERRORS, "accelerate", result);
  return result[0] as bigint;
}

/** Names as the C interface takes them: addresses of null-terminated text that this object keeps alive. */
class NameList {
  readonly addresses: BigUint64Array;
  readonly texts: readonly Uint8Array[];

  constructor(api: CApi, ports: readonly Port[]) {
    this.texts = ports.map(({ name }) => Buffer.from(`${name}\0`));
    this.addresses = BigUint64Array.from(this.texts, (text) => api.addressOf(text));
  }
}
