import type { LazyBackend } from "@acc/core";
import {
  type BackendTimingInfo,
  type BackendValues,
  type DataId,
  type DataType,
  engine,
  KernelBackend,
  type Tensor,
} from "@tensorflow/tfjs-core";
import { StepCapture } from "./capture/step-capture.ts";
import { StepReplay } from "./capture/step-replay.ts";
import type { TracedStep } from "./capture/traced-step.ts";
import { Device } from "./device/device.ts";
import type { Memory } from "./ort/memory.ts";
import type { Runtime } from "./ort/runtime.ts";
import { memoryOf } from "./record/plan.ts";
import type { Statistics } from "./record/statistics.ts";

const FLOAT_BITS = 32;
const EPSILON = 1e-7;

/**
 * A TensorFlow.js backend that computes nothing when a kernel is called: it records the call, and runs
 * all recorded calls as one graph of ONNX Runtime when a value is read or a step ends.
 */
export class OnnxBackend extends KernelBackend implements LazyBackend {
  readonly device: Device;
  readonly statistics: Statistics;
  #isUpdating = false;

  /** @param blockSize channels per block of the layout for fast convolutions, 0 without it. */
  constructor(runtime: Runtime, blockSize: number) {
    super();
    this.device = new Device(runtime, blockSize, (dataId) => this.#moveHere(dataId));
    this.statistics = this.device.statistics;
  }

  /** Ends a step: computes all recorded calls whose results are still needed. */
  markStep(): void {
    if (this.device.observer || this.#isUpdating) return;
    this.device.recorder.flush();
  }

  /** As `LazyBackend` says. */
  beginTraining(): void {
    this.device.recorder.tiers.recordsAll = true;
  }

  /** As `LazyBackend` says. */
  markBackward(): void {
    this.device.recorder.holdsStep = true;
  }

  /** As `LazyBackend` says. */
  captureStep(given: readonly Tensor[], previous?: TracedStep): StepCapture {
    return new StepCapture(this.device, given, previous);
  }

  /** Reports why the step that is being captured cannot be replayed. */
  refuseReplay(reason: string): void {
    this.device.refuseReplay(reason);
  }

  /** As `LazyBackend` says. */
  replayOf(step: TracedStep): StepReplay {
    return new StepReplay(this.device, step);
  }

  /** As `LazyBackend` says. */
  readInto(dataId: DataId, target: Float32Array): void {
    this.#computed(dataId).copyTo(target);
  }

  /** As `LazyBackend` says. */
  lookAt(dataId: DataId, size: number): Float32Array {
    return this.#computed(dataId).view("float32", size) as Float32Array;
  }

  #computed(dataId: DataId): Memory {
    const { recorder, pool } = this.device;
    const storage = this.device.storageOf(dataId);
    recorder.compute(storage, "step");
    return memoryOf(storage, pool);
  }

  /** As `LazyBackend` says. */
  placeIn(target: Float32Array, dataId: DataId | undefined): boolean {
    return this.device.placement.placeIn(target, dataId && this.device.storageOf(dataId));
  }

  /** Whether `update` runs. */
  get isUpdating(): boolean {
    return this.#isUpdating;
  }

  /** As `LazyBackend` says. */
  update(change: () => void): void {
    const outer = this.#isUpdating;
    this.#isUpdating = true;
    this.device.recorder.holdsStep = true;
    try {
      change();
    } finally {
      this.#isUpdating = outer;
    }
  }

  /** Takes a copy: the caller may change its array while calls that read it are pending. */
  override write(values: BackendValues, shape: number[], dtype: DataType): DataId {
    return this.device.write(values, shape, dtype);
  }

  override move(
    dataId: DataId,
    values: BackendValues,
    _shape: number[],
    dtype: DataType,
    references: number,
  ): void {
    const { store } = this.device;
    const storage = store.create(dtype, values);
    storage.references = references;
    store.add(storage, dataId);
  }

  override readSync(dataId: DataId): BackendValues {
    return this.device.readSync(dataId);
  }

  /** The tensor may be disposed before the values are there. */
  override read(dataId: DataId): Promise<BackendValues> {
    return this.device.read(dataId);
  }

  override disposeData(dataId: DataId, force = false): boolean {
    const { store, recorder } = this.device;
    const storage = store.get(dataId);
    if (!storage) return true;
    storage.references -= 1;
    if (!force && storage.references > 0) return false;
    storage.references = 0;
    store.remove(dataId);
    recorder.reclaim(storage);
    return true;
  }

  override incRef(dataId: DataId): void {
    this.device.storageOf(dataId).references += 1;
  }

  decRef(dataId: DataId): void {
    const storage = this.device.store.get(dataId);
    if (storage) storage.references -= 1;
  }

  override refCount(dataId: DataId): number {
    return this.device.store.get(dataId)?.references ?? 0;
  }

  override numDataIds(): number {
    return this.device.store.size;
  }

  override memory(): { unreliable: boolean; numBytesInUse: number; numBytesKept: number } {
    const { usedBytes, idleBytes } = this.device.pool;
    return { unreliable: false, numBytesInUse: usedBytes, numBytesKept: idleBytes };
  }

  override timerAvailable(): boolean {
    return true;
  }

  override async time(run: () => void): Promise<BackendTimingInfo> {
    const { recorder } = this.device;
    recorder.flush();
    const started = performance.now();
    run();
    recorder.flush();
    return { kernelMs: performance.now() - started };
  }

  override floatPrecision(): 16 | 32 {
    return FLOAT_BITS;
  }

  override epsilon(): number {
    return EPSILON;
  }

  override dispose(): void {
    this.device.dispose();
  }

  #moveHere(dataId: DataId): boolean {
    const tfjs = engine() as unknown as EngineInternals;
    if (!tfjs.state.tensorInfo.has(dataId)) return false;
    tfjs.moveData(this, dataId);
    return true;
  }
}

type EngineInternals = {
  readonly state: { readonly tensorInfo: WeakMap<DataId, unknown> };
  moveData(backend: KernelBackend, dataId: DataId): void;
};
