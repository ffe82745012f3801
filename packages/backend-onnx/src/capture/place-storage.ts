import { type DataType, engine, type Tensor, type Variable } from "@tensorflow/tfjs-core";
import type { Device } from "../device/device.ts";
import type { Storage } from "../record/storage.ts";
import type { Shape } from "../tensor-spec.ts";

/** A tensor of the active scope over a storage that no other tensor holds. */
export function tensorOver(
  device: Device,
  storage: Storage,
  shape: Shape,
  dtype: DataType,
): Tensor {
  storage.references += 1;
  const dataId = device.store.add(storage);
  return engine().makeTensorFromTensorInfo({ dataId, shape: [...shape], dtype });
}

/** Gives a variable the values of a storage that no tensor holds. */
export function assignStorage(device: Device, variable: Variable, storage: Storage): void {
  const previous = device.storageOf(variable.dataId);
  if (previous.references === 1) {
    // No other tensor uses the old storage: no new tensor is needed.
    storage.references = 1;
    device.store.replace(variable.dataId, storage);
    previous.references = 0;
    device.recorder.reclaim(previous);
    return;
  }
  const tensor = tensorOver(device, storage, variable.shape, variable.dtype);
  variable.assign(tensor);
  tensor.dispose();
}
