import { type DataType, engine, type Tensor, type Variable } from "@tensorflow/tfjs-core";
import type { OnnxBackend } from "../backend.ts";
import type { Storage } from "../record/storage.ts";
import type { Shape } from "../tensor-spec.ts";

/** A tensor of the active scope over a storage that no other tensor holds. */
export function tensorOver(
  backend: OnnxBackend,
  storage: Storage,
  shape: Shape,
  dtype: DataType,
): Tensor {
  storage.references += 1;
  const dataId = backend.store.add(storage);
  return engine().makeTensorFromTensorInfo({ dataId, shape: [...shape], dtype });
}

/** Makes a storage that no tensor holds the value of a variable. */
export function assignStorage(backend: OnnxBackend, variable: Variable, storage: Storage): void {
  const previous = backend.storageOf(variable.dataId);
  if (previous.references === 1) {
    // Nobody else sees the old one: no new tensor is needed.
    storage.references = 1;
    backend.store.replace(variable.dataId, storage);
    previous.references = 0;
    backend.recorder.reclaim(previous);
    return;
  }
  const tensor = tensorOver(backend, storage, variable.shape, variable.dtype);
  variable.assign(tensor);
  tensor.dispose();
}
