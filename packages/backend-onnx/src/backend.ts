import { AcceleratorError } from "@acc/core";
import {
  type BackendTimingInfo,
  type BackendValues,
  type DataId,
  type DataType,
  engine,
  KernelBackend,
  type Tensor,
  type TensorInfo,
} from "@tensorflow/tfjs-core";
import { StepCapture } from "./capture/step-capture.ts";
import { StepReplay } from "./capture/step-replay.ts";
import type { TracedStep } from "./capture/traced-step.ts";
import { cpuKernel } from "./cpu-kernel.ts";
import type { Runtime } from "./ort/runtime.ts";
import { BufferPool } from "./record/buffer-pool.ts";
import type { Kernel, KernelInputs, RecordedCall } from "./record/kernel.ts";
import { Placement } from "./record/placement.ts";
import { memoryOf } from "./record/plan.ts";
import { Recorder } from "./record/recorder.ts";
import type { Storage } from "./record/storage.ts";
import { TensorStore } from "./record/tensor-store.ts";
import { Statistics } from "./statistics.ts";
import { isNumeric, type Shape, sizeOf } from "./tensor-spec.ts";

const FLOAT_BITS = 32;
const EPSILON = 1e-7;

/**
 * A TensorFlow.js backend that computes nothing when a kernel is called: it takes the call down, and runs
 * all that was taken down as one graph of ONNX Runtime when a value is read or a step ends.
 */
export class OnnxBackend extends KernelBackend {
  readonly runtime: Runtime;
  /** Channels per block of the layout for fast convolutions, 0 if they are not available. */
  readonly blockSize: number;
  readonly statistics: Statistics = new Statistics();
  readonly recorder: Recorder;
  readonly pool: BufferPool;
  readonly store: TensorStore;
  readonly placement: Placement;
  #capture: StepCapture | undefined;
  #defersMarks = false;

  constructor(runtime: Runtime, blockSize: number) {
    super();
    this.runtime = runtime;
    this.blockSize = blockSize;
    this.pool = new BufferPool(runtime);
    this.store = new TensorStore(this.pool);
    this.placement = new Placement(runtime, this.pool);
    this.recorder = new Recorder(runtime, blockSize, this.pool, this.statistics);
  }

  /** The values of a tensor. They are moved here if another backend holds them. */
  storageOf(dataId: DataId): Storage {
    const storage = this.store.get(dataId);
    if (storage) return storage;
    const tfjs = engine() as unknown as EngineInternals;
    if (!tfjs.state.tensorInfo.has(dataId)) {
      throw new AcceleratorError(
        "TENSOR_DISPOSED",
        "A tensor was used after it had been disposed. Use it before its tidy or its step ends, or tf.keep it.",
      );
    }
    tfjs.moveData(this, dataId);
    return this.store.get(dataId) as Storage;
  }

  /** Answers a call of a kernel, most often by recording it. */
  run(kernel: Kernel, inputs: KernelInputs, attributes: unknown): TensorInfo | TensorInfo[] {
    const tensors = (Array.isArray(inputs) ? inputs : Object.values(inputs)).filter(Boolean);
    const answer = tensors.every(isComputable) ? kernel.record(inputs, attributes) : undefined;
    if (!answer) return cpuKernel(this, kernel.name, inputs, attributes);
    if ("alias" in answer) return this.#alias(answer.alias, answer.shape);
    if ("values" in answer) {
      const { values, spec } = answer;
      return this.#tensor(this.store.create(spec.dtype, values), spec.shape, spec.dtype);
    }
    if (answer.outputs.some(({ shape }) => sizeOf(shape) === 0)) {
      return cpuKernel(this, kernel.name, inputs, attributes);
    }
    const outputs = this.#copyRange(answer) ?? this.#record(kernel, answer);
    return kernel.returnsList || outputs.length > 1 ? outputs : (outputs[0] as TensorInfo);
  }

  /** Ends a step: computes all that was recorded and is still needed. */
  markStep(): void {
    if (!this.#capture && !this.#defersMarks) this.recorder.flush();
  }

  /**
   * Follows what happens until `finish`, so that it can be replayed; steps are not ended meanwhile.
   *
   * @param given tensors that every replay gets anew.
   * @param previous the same step as it was followed before.
   */
  captureStep(given: readonly Tensor[], previous?: TracedStep): StepCapture {
    const capture = new StepCapture(this, given, previous, () => {
      this.#capture = undefined;
    });
    this.#capture = capture;
    return capture;
  }

  /** Says why a step that is being followed cannot be replayed. */
  refuseReplay(reason: string): void {
    this.#capture?.refuse(reason);
  }

  /** What runs a step in place of the JavaScript that was followed; it owns the description. */
  replayOf(step: TracedStep): StepReplay {
    return new StepReplay(this, step);
  }

  /** Copies the values of a float32 tensor, unless they lie in `target` already. */
  readInto(dataId: DataId, target: Float32Array): void {
    const storage = this.storageOf(dataId);
    if (storage.producer) this.recorder.flush();
    memoryOf(storage, this.pool).copyTo(target);
  }

  /**
   * Makes an array free to be written, and has a tensor computed there if that is to be done yet and nothing
   * shares its values. What is written to the array changes the tensor then.
   *
   * @returns whether the tensor will lie there.
   */
  placeIn(target: Float32Array, dataId: DataId | undefined): boolean {
    return this.placement.placeIn(target, dataId && this.storageOf(dataId));
  }

  /** Runs an update of variables whose step ends later. */
  deferStepMarks(update: () => void): void {
    const outer = this.#defersMarks;
    this.#defersMarks = true;
    try {
      update();
    } finally {
      this.#defersMarks = outer;
    }
  }

  /** Takes a copy: the caller may go on to change its array while calls that read it are pending. */
  override write(values: BackendValues, _shape: number[], dtype: DataType): DataId {
    return this.store.add(this.store.create(dtype, values));
  }

  override move(
    dataId: DataId,
    values: BackendValues,
    _shape: number[],
    dtype: DataType,
    references: number,
  ): void {
    const storage = this.store.create(dtype, values);
    storage.references = references;
    this.store.add(storage, dataId);
  }

  override readSync(dataId: DataId): BackendValues {
    const storage = this.storageOf(dataId);
    this.#refuseRead();
    if (storage.producer) this.recorder.flush();
    return this.#read(storage);
  }

  /** The tensor may be disposed before the values are there. */
  override async read(dataId: DataId): Promise<BackendValues> {
    const storage = this.storageOf(dataId);
    this.#refuseRead();
    if (storage.producer) await this.recorder.untilComputed(storage);
    const values = this.#read(storage);
    this.recorder.reclaim(storage);
    return values;
  }

  override disposeData(dataId: DataId, force = false): boolean {
    const storage = this.store.get(dataId);
    if (!storage) return true;
    storage.references -= 1;
    if (!force && storage.references > 0) return false;
    storage.references = 0;
    this.store.remove(dataId);
    this.recorder.reclaim(storage);
    return true;
  }

  override incRef(dataId: DataId): void {
    this.storageOf(dataId).references += 1;
  }

  decRef(dataId: DataId): void {
    const storage = this.store.get(dataId);
    if (storage) storage.references -= 1;
  }

  override refCount(dataId: DataId): number {
    return this.store.get(dataId)?.references ?? 0;
  }

  override numDataIds(): number {
    return this.store.size;
  }

  override memory(): { unreliable: boolean; numBytesInUse: number; numBytesKept: number } {
    const { usedBytes, idleBytes } = this.pool;
    return { unreliable: false, numBytesInUse: usedBytes, numBytesKept: idleBytes };
  }

  override timerAvailable(): boolean {
    return true;
  }

  override async time(run: () => void): Promise<BackendTimingInfo> {
    this.recorder.flush();
    const started = performance.now();
    run();
    this.recorder.flush();
    return { kernelMs: performance.now() - started };
  }

  override floatPrecision(): 16 | 32 {
    return FLOAT_BITS;
  }

  override epsilon(): number {
    return EPSILON;
  }

  override dispose(): void {
    this.placement.clear();
    this.recorder.dispose();
  }

  #refuseRead(): void {
    this.refuseReplay("it reads a tensor: what follows from the value would never change again");
  }

  /** A copy of values that are computed. */
  #read(storage: Storage): BackendValues {
    if (storage.failure) throw storage.failure;
    return storage.hostValues ?? this.store.valuesOf(storage).slice();
  }

  /** The shape-only kernels: another tensor over the same values. */
  #alias({ dataId, dtype }: TensorInfo, shape: Shape): TensorInfo {
    this.incRef(dataId);
    return { dataId, shape: [...shape], dtype };
  }

  #record(kernel: Kernel, call: RecordedCall<unknown>): TensorInfo[] {
    const storages = call.inputs.map((tensor) => this.#storageAs(tensor));
    const shapes: Shape[] = call.inputs.map(({ shape }) => shape);
    for (const scalar of call.scalars ?? []) {
      storages.push(this.store.createScalar(scalar.dtype, scalar.value));
      shapes.push([]);
    }
    const outputs = this.recorder.record(kernel, call, storages, shapes);
    return outputs.map((storage, i) => {
      const { shape, dtype } = call.outputs[i] as (typeof call.outputs)[number];
      return this.#tensor(storage, shape, dtype);
    });
  }

  /**
   * Copies a contiguous part of values that are known: where it begins varies from batch to batch, and a
   * graph that contained it would be compiled anew for each.
   */
  #copyRange({ inputs, outputs, rangeStart }: RecordedCall<unknown>): TensorInfo[] | undefined {
    const [input] = inputs;
    const [output] = outputs;
    if (rangeStart === undefined || !input || !output) return undefined;
    // A captured step would replay what was copied out of its inputs this time.
    if (this.#capture) return undefined;
    const source = this.#storageAs(input);
    if (source.producer || source.failure) return undefined;
    const values = this.store
      .valuesOf(source)
      .subarray(rangeStart, rangeStart + sizeOf(output.shape));
    const copy = this.store.create(output.dtype, values);
    this.recorder.reclaim(source); // if it was converted only for this
    return [this.#tensor(copy, output.shape, output.dtype)];
  }

  /** The storage of a tensor in the tensor's type: moved from cpu, whose cast to float32 only renames. */
  #storageAs({ dataId, dtype }: TensorInfo): Storage {
    const storage = this.storageOf(dataId);
    if (storage.dtype === dtype) return storage;
    const converted = this.store.create(dtype, this.readSync(dataId));
    converted.references = 0;
    return converted;
  }

  #tensor(storage: Storage, shape: Shape, dtype: DataType): TensorInfo {
    return { dataId: this.store.add(storage), shape: [...shape], dtype };
  }
}

type EngineInternals = {
  readonly state: { readonly tensorInfo: WeakMap<DataId, unknown> };
  moveData(backend: KernelBackend, dataId: DataId): void;
};

function isComputable({ dtype, shape }: TensorInfo): boolean {
  return isNumeric(dtype) && sizeOf(shape) > 0;
}
