/**
 * Tensors that a dataset makes belong to no training step: a shuffle buffer, a window or a cache may hold them for
 * many steps, and it is not possible to know which ones are held. So their values are moved off the backend as soon
 * as they were read, into memory that the garbage collector frees together with the tensor. A tensor that is used
 * again moves back automatically, as tensors move between tfjs backends. While they are off the backend, tfjs does
 * not count them.
 *
 * Beside `step/engine-state.ts` the only file that touches tfjs's engine internals (tfjs-core 4.22, `engine.ts`).
 */
import { AsyncLocalStorage } from "node:async_hooks";
import {
  type BackendValues,
  type DataId,
  engine,
  KernelBackend,
  type Tensor,
  util,
} from "@tensorflow/tfjs-core";

type TensorRecord = {
  backend: KernelBackend;
  dtype: Tensor["dtype"];
  shape: number[];
  bytes: number;
};

type EngineInternals = {
  readonly state: {
    numTensors: number;
    numStringTensors: number;
    numDataBuffers: number;
    numBytes: number;
    readonly gradientDepth: number;
    readonly activeScope: { readonly name: string } | null;
    readonly tensorInfo: WeakMap<DataId, TensorRecord>;
  };
  track(tensor: Tensor): Tensor;
  isTapeOn(): boolean;
};

/** The tensors that one call of a dataset has made. */
type Reading = { readonly made: Set<Tensor> };

const readings = new AsyncLocalStorage<Reading>();
const adapted = new WeakSet<object>();

/**
 * Runs code of a dataset, also across its awaits and whatever runs in between: the tensors it makes are its own, and
 * nothing is recorded for gradients. After it, their values leave the backend.
 */
export async function readApart<T>(read: () => T): Promise<Awaited<T>> {
  adaptEngine();
  const reading: Reading = { made: new Set() };
  try {
    return await readings.run(reading, async () => await read());
  } finally {
    park(reading.made);
  }
}

/** The hooks that tfjs calls synchronously whenever it makes a tensor or a record: here the owner is decided. */
function adaptEngine(): void {
  const tfjs = engine() as unknown as EngineInternals;
  if (adapted.has(tfjs)) return;
  adapted.add(tfjs);
  const { track, isTapeOn } = tfjs;
  tfjs.track = function (tensor) {
    const reading = readings.getStore();
    const scope = this.state.activeScope;
    if (!reading || (scope && scope.name !== "step")) return track.call(this, tensor);
    reading.made.add(tensor);
    return tensor;
  };
  tfjs.isTapeOn = function () {
    // A step records at depth 1; a gradient that the dataset takes is deeper.
    const isStep = this.state.gradientDepth <= 1 && readings.getStore() !== undefined;
    return !isStep && isTapeOn.call(this);
  };
}

/** Values that were used again, and how many tensors of datasets have them. */
const inUse = new Map<DataId, number>();

function park(tensors: ReadonlySet<Tensor>): void {
  const views = new Map<DataId, Tensor[]>();
  for (const dataId of inUse.keys()) views.set(dataId, []);
  for (const tensor of tensors) {
    if (tensor.isDisposed || tensor.dtype === "complex64") continue; // complex: two tensors in one
    views.set(tensor.dataId, [...(views.get(tensor.dataId) ?? []), tensor]);
  }
  for (const [dataId, made] of views) {
    const record = internals().state.tensorInfo.get(dataId);
    const known = inUse.get(dataId);
    const owned = (known ?? 0) + made.length;
    if (!record || record.backend === parkingLot) {
      inUse.delete(dataId);
    } else if (record.backend.refCount(dataId) <= owned) {
      inUse.delete(dataId);
      parkingLot.take(dataId, record);
    } else if (known !== undefined) {
      inUse.set(dataId, owned); // a step still computes with it
    } else {
      // A tensor of another owner shares the values, such as the tensor that this one is a view of.
      for (const view of made) freeWithTensor(view);
    }
  }
}

/** The values of tensors that are not in use: a backend that computes nothing. */
class ParkingLot extends KernelBackend {
  /** Weak: values live as long as their tensors. */
  readonly #values = new WeakMap<DataId, { values: BackendValues; references: number }>();

  /** Moves values here from the backend that holds them; computes them first if they are pending. */
  take(dataId: DataId, record: TensorRecord): void {
    const references = record.backend.refCount(dataId);
    const values = engine().readSync(dataId);
    record.backend.disposeData(dataId, true);
    record.backend = this;
    this.#values.set(dataId, { values, references });
    count(record, -references);
  }

  override readSync(dataId: object): BackendValues {
    return this.#values.get(dataId)?.values as BackendValues;
  }

  override async read(dataId: object): Promise<BackendValues> {
    return this.readSync(dataId);
  }

  override refCount(dataId: DataId): number {
    return this.#values.get(dataId)?.references ?? 0;
  }

  override incRef(dataId: DataId): void {
    const parked = this.#values.get(dataId);
    if (parked) parked.references += 1;
  }

  /** A tensor of these values is disposed, or `force`: they move to a backend. tfjs counts them again. */
  override disposeData(dataId: DataId, force = false): boolean {
    const parked = this.#values.get(dataId);
    const record = internals().state.tensorInfo.get(dataId);
    if (!parked || !record) return true;
    if (force) {
      count(record, parked.references);
      this.#values.delete(dataId);
      inUse.set(dataId, parked.references);
      return true;
    }
    parked.references -= 1;
    count(record, 1, parked.references === 0 ? 1 : 0);
    if (parked.references > 0) return false;
    this.#values.delete(dataId);
    return true;
  }

  override floatPrecision(): 16 | 32 {
    return 32;
  }
}

const parkingLot = new ParkingLot();

/** Changes the number of tensors that tfjs counts for one set of values. */
function count(
  { dtype, shape, bytes }: TensorRecord,
  tensors: number,
  buffers = Math.sign(tensors),
): void {
  const { state } = internals();
  state.numTensors += tensors;
  state.numDataBuffers += buffers;
  if (dtype === "string") state.numStringTensors += tensors;
  const each = dtype === "string" ? bytes : util.sizeFromShape(shape) * util.bytesPerElement(dtype);
  state.numBytes += tensors * each;
}

type View = {
  readonly dataId: DataId;
  readonly dtype: string;
  readonly size: number;
  isDisposed: boolean;
};

const views = new FinalizationRegistry<View>((view) => {
  if (!view.isDisposed) engine().disposeTensor(view as unknown as Tensor);
});

/** Disposes a tensor when nothing refers to it any more; it uses no memory of its own. */
function freeWithTensor(tensor: Tensor): void {
  const { dataId, dtype, size } = tensor;
  const view: View = { dataId, dtype, size, isDisposed: false };
  const { dispose } = tensor;
  tensor.dispose = () => {
    view.isDisposed = true;
    dispose.call(tensor);
  };
  views.register(tensor, view);
}

function internals(): EngineInternals {
  return engine() as unknown as EngineInternals;
}
