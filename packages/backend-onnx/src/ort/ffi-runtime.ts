import { ONNX_TYPES } from "../onnx/element-type.ts";
import type { CApi, Pointer } from "./c-api.ts";
import { Memory } from "./memory.ts";
import { trackSession } from "./open-sessions.ts";
import type { ModelBytes, Port, Runtime, Session } from "./runtime.ts";

const LOG_ERRORS = 3;
const ONLY_BASIC_OPTIMIZATIONS = 1;
const DEVICE_ALLOCATOR = 0;
const DEFAULT_MEMORY = 0;

/** That pass makes some graphs invalid: `Add(0, x)` where x is an input. */
export const BROKEN_OPTIMIZER = "NoopElimination";

/** ONNX Runtime through its C interface: inputs and outputs are used in place, shared memory included. */
export class FfiRuntime implements Runtime {
  readonly path = "ffi";
  readonly version: string;
  readonly library: string;
  readonly #api: CApi;
  readonly #environment: Pointer;
  readonly #cpuMemory: Pointer;
  readonly #releaseValue: (value: Pointer) => void;
  readonly #releaseSession: (session: Pointer) => void;
  readonly #releaseOptions: (options: Pointer) => void;

  constructor(api: CApi, library: string) {
    this.#api = api;
    this.version = api.version;
    this.library = library;
    this.#environment = api.create("CreateEnv", LOG_ERRORS, "accelerate");
    this.#cpuMemory = api.create("CreateCpuMemoryInfo", DEVICE_ALLOCATOR, DEFAULT_MEMORY);
    this.#releaseValue = api.releaser("Value");
    this.#releaseSession = api.releaser("Session");
    this.#releaseOptions = api.releaser("SessionOptions");
  }

  allocate(byteLength: number): Memory {
    return new Memory(new SharedArrayBuffer(byteLength));
  }

  forget(memory: Memory): void {
    for (const value of memory.handles.values()) this.#releaseValue(value);
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
          session,
          null,
          ...[inputNames.addresses, inputValues, inputValues.length],
          ...[outputNames.addresses, outputValues.length, outputValues],
        );
      },
      release: trackSession(() => this.#releaseSession(session)),
    };
  }

  #createSession(bytes: Uint8Array, numThreads: number): Pointer {
    const { functions } = this.#api;
    const options = this.#api.create("CreateSessionOptions");
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
      // Idle threads that spin take the cores from the others: from replicas, and from JavaScript.
      functions.AddSessionConfigEntry(options, "session.intra_op.allow_spinning", "0");
      return this.#api.create(
        "CreateSessionFromArray",
        ...[this.#environment, bytes, bytes.length, options],
      );
    } finally {
      this.#releaseOptions(options);
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
      values[i] = value;
    }
  }

  #createValue({ shape, dtype, byteLength }: Port, memory: Memory): Pointer {
    const bytes = new Uint8Array(memory.bytes, memory.byteOffset, byteLength);
    return this.#api.create(
      "CreateTensorWithDataAsOrtValue",
      ...[this.#cpuMemory, bytes, byteLength],
      ...[shape.length === 0 ? null : BigInt64Array.from(shape, BigInt), shape.length],
      ONNX_TYPES[dtype],
    );
  }
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
