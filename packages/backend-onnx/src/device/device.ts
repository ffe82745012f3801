import { AcceleratorError } from "@acc/core";
import type { BackendValues, DataId, DataType } from "@tensorflow/tfjs-core";
import { compilerFor } from "../compile/compiler.ts";
import { CallPlans } from "../eager/call-plans.ts";
import { EagerCalls } from "../eager/eager-calls.ts";
import { WasmKernels } from "../eager/wasm-kernels.ts";
import type { Runtime } from "../ort/runtime.ts";
import { BufferPool } from "../record/buffer-pool.ts";
import { Placement } from "../record/placement.ts";
import { type Flush, Recorder } from "../record/recorder.ts";
import { Statistics } from "../record/statistics.ts";
import type { Storage } from "../record/storage.ts";
import { TensorStore } from "../record/tensor-store.ts";

const VALUE_READ = "it reads a tensor, and a replay would always use the value of the recorded run";

/** Follows what a device does while a step is captured. */
export type DeviceObserver = {
  /** A graph has run; the storages of its trace hold all their values. */
  onFlush(flush: Flush): void;
  /** Something happened that a replay cannot repeat. */
  refuse(reason: string): void;
};

/** ONNX Runtime in this thread, with its tensors and the calls that wait to be computed. */
export class Device {
  readonly runtime: Runtime;
  readonly statistics: Statistics = new Statistics();
  readonly pool: BufferPool;
  readonly store: TensorStore;
  readonly placement: Placement;
  readonly recorder: Recorder;
  readonly eager: EagerCalls;
  readonly #callPlans: CallPlans;
  /** Compiles what comes only once, too: to compare graphs with the kernels of other backends. */
  readonly #compilesAll = process.env.ACC_ONNX_COMPILE === "always";
  #observer: DeviceObserver | undefined;
  readonly #moveHere: (dataId: DataId) => boolean;

  /**
   * @param blockSize channels per block of the layout for fast convolutions, 0 without it.
   * @param moveHere adds the values of a tensor of another backend to the store; false if there is no such tensor.
   */
  constructor(runtime: Runtime, blockSize: number, moveHere: (dataId: DataId) => boolean) {
    const { statistics } = this;
    const pool = new BufferPool(runtime);
    this.runtime = runtime;
    this.pool = pool;
    this.store = new TensorStore(pool);
    this.placement = new Placement(runtime, pool);
    const compile = compilerFor({ runtime, blockSize, pool, statistics });
    this.#callPlans = new CallPlans(compile);
    this.eager = new EagerCalls(new WasmKernels(), this.#callPlans, pool);
    this.recorder = new Recorder(compile, (call) => this.eager.compute(call), pool, statistics);
    this.recorder.onFlush = (flush) => this.#observer?.onFlush(flush);
    this.#moveHere = moveHere;
    this.observer = undefined;
  }

  get observer(): DeviceObserver | undefined {
    return this.#observer;
  }

  /** A step that is captured consists of graphs. */
  set observer(observer: DeviceObserver | undefined) {
    this.#observer = observer;
    this.recorder.tiers.compilesAll = observer !== undefined || this.#compilesAll;
  }

  /**
   * Where the values of a tensor are, or will be. They are moved here if another backend holds them.
   *
   * @throws {AcceleratorError} `TENSOR_DISPOSED`
   */
  storageOf(dataId: DataId): Storage {
    const storage = this.store.get(dataId);
    if (storage) return storage;
    if (!this.#moveHere(dataId)) {
      throw new AcceleratorError(
        "TENSOR_DISPOSED",
        "A tensor was used after it had been disposed. Use it before its tidy or its step ends, or tf.keep it.",
      );
    }
    return this.store.get(dataId) as Storage;
  }

  /** A tensor with a copy of these values: the caller may change its array. */
  write(values: BackendValues, _shape: readonly number[], dtype: DataType): DataId {
    return this.store.add(this.store.create(dtype, values));
  }

  /** A copy of the values of a tensor, which are computed first if need be. */
  readSync(dataId: DataId): BackendValues {
    const storage = this.storageOf(dataId);
    this.refuseReplay(VALUE_READ);
    this.recorder.compute(storage);
    return this.#copyOf(storage);
  }

  /** The same after the current synchronous code. The tensor may be disposed before. */
  async read(dataId: DataId): Promise<BackendValues> {
    const storage = this.storageOf(dataId);
    this.refuseReplay(VALUE_READ);
    if (storage.producer) await this.recorder.untilComputed(storage);
    else this.recorder.compute(storage);
    const values = this.#copyOf(storage);
    this.recorder.reclaim(storage);
    return values;
  }

  /** Reports why the step that is being captured, if any, cannot be replayed. */
  refuseReplay(reason: string): void {
    this.observer?.refuse(reason);
  }

  /** Forgets tensors and calls, and frees all memory. */
  dispose(): void {
    this.placement.clear();
    this.recorder.dispose();
    this.#callPlans.clear();
  }

  #copyOf(storage: Storage): BackendValues {
    if (storage.failure) throw storage.failure;
    return storage.hostValues ?? this.store.valuesOf(storage).slice();
  }
}
