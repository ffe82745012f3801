import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { KernelInputs } from "../lowering/kernel.ts";

// A call that is recorded is computed later, and must not see what the program changes until then.

/** The inputs, with the values that variables have now: others may be assigned to them. */
export function inputsNow(inputs: KernelInputs): KernelInputs {
  if (Array.isArray(inputs)) return inputs.some(isVariable) ? inputs.map(tensorNow) : inputs;
  const named = inputs as Readonly<Record<string, TensorInfo | undefined>>;
  let copy: Record<string, TensorInfo | undefined> | undefined;
  for (const name in named) {
    const tensor = named[name];
    if (!tensor || !isVariable(tensor)) continue;
    copy ??= { ...named };
    copy[name] = tensorNow(tensor);
  }
  return (copy as KernelInputs | undefined) ?? inputs;
}

/** The attributes, with copies of their arrays: they are those of the program. */
export function attributesNow(attributes: unknown): unknown {
  const named = attributes as Readonly<Record<string, unknown>> | undefined;
  let copy: Record<string, unknown> | undefined;
  for (const name in named) {
    const value = named[name];
    if (!Array.isArray(value)) continue;
    copy ??= { ...named };
    copy[name] = value.map((item) => (Array.isArray(item) ? [...item] : item));
  }
  return copy ?? attributes;
}

/** Only variables have this method; tfjs's own check reads six properties, for every input of every call. */
function isVariable(tensor: TensorInfo): boolean {
  return "assign" in tensor;
}

function tensorNow(tensor: TensorInfo): TensorInfo {
  if (!isVariable(tensor)) return tensor;
  const { dataId, shape, dtype } = tensor;
  return { dataId, shape, dtype };
}
