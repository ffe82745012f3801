import { tidy, type Variable } from "@tensorflow/tfjs-core";
import type { StoredTensor } from "./files/stored-tensor.ts";
import { tensorOfStored } from "./stored-tensor.ts";

/** Gives a variable the values of a stored tensor of its dtype and shape. The variable stays the same object. */
export function assignStored(variable: Variable, stored: StoredTensor): void {
  tidy(() => variable.assign(tensorOfStored(stored)));
}
