import { bytesOf } from "./entry.ts";
import type { StoredTensor } from "./files/stored-tensor.ts";
import { floatsOf } from "./stored-tensor.ts";

/** The sum of gradients, times a factor. */
export function meanGradient(parts: readonly StoredTensor[], factor: number): StoredTensor {
  const [first] = parts as [StoredTensor];
  const sums = Float64Array.from(floatsOf(first.bytes));
  for (const { bytes } of parts.slice(1)) {
    const values = floatsOf(bytes);
    for (let i = 0; i < sums.length; i++) sums[i] = (sums[i] as number) + (values[i] as number);
  }
  const { dtype, shape } = first;
  return { dtype, shape, bytes: bytesOf(Float32Array.from(sums, (sum) => sum * factor)) };
}
