import type { TypedArray } from "@tensorflow/tfjs-core";
import { AcceleratorError } from "../errors.ts";
import { isPlainObject } from "../plain-object.ts";
import {
  type Column,
  type ColumnTree,
  column,
  dtypeOf,
  isColumn,
  isTypedArray,
} from "./columns.ts";

/**
 * Stacks samples into a batch, along a new first axis: numbers become float32 `[batch]`, booleans bool,
 * strings string; typed arrays and lists of numbers `[batch, n]`, tensors `[batch, …shape]`; tuples and
 * plain objects are stacked part by part.
 *
 * @param samples without tensors in them: `withoutTensors` has replaced those by columns.
 * @param indices the indices of the samples, for messages.
 * @throws {AcceleratorError} `SAMPLE_INVALID` naming the sample that does not fit the others.
 */
export function collate(
  samples: readonly unknown[],
  indices: readonly number[],
  path = "",
): ColumnTree {
  const [first] = samples;
  const kind = kindOf(first);
  for (const [row, sample] of samples.entries()) {
    if (kindOf(sample) !== kind)
      throw misfit(indices[row], path, kindOf(sample), `sample ${indices[0]} is ${kind}`);
  }
  switch (kind) {
    case "number":
      return column(Float32Array.from(samples as number[]), [samples.length], "float32");
    case "boolean":
      return column(Uint8Array.from(samples as boolean[], Number), [samples.length], "bool");
    case "string":
      return column([...(samples as string[])], [samples.length], "string");
    case "vector":
      return stack(
        samples.map((sample) => vectorPart(sample as TypedArray | number[])),
        indices,
        path,
      );
    case "tensor":
      return stack(samples as Column[], indices, path);
    case "tuple":
      return collateTuple(samples as unknown[][], indices, path);
    case "object":
      return collateObject(samples as Record<string, unknown>[], indices, path);
    default:
      throw misfit(
        indices[0],
        path,
        kind,
        "numbers, booleans, strings, typed arrays and tensors can be stacked; pass a collate function for anything else",
      );
  }
}

function kindOf(sample: unknown): string {
  if (isColumn(sample)) return "tensor";
  if (isTypedArray(sample)) return "vector";
  if (Array.isArray(sample)) {
    return sample.every((item) => typeof item === "number") ? "vector" : "tuple";
  }
  if (sample === null) return "null";
  if (typeof sample !== "object") return typeof sample;
  if (isPlainObject(sample)) return "object";
  return `a ${sample.constructor?.name ?? "object"}`;
}

function vectorPart(sample: TypedArray | number[]): Column {
  const data = Array.isArray(sample) ? Float32Array.from(sample) : sample;
  return column(data, [data.length], dtypeOf(data));
}

function stack(parts: readonly Column[], indices: readonly number[], path: string): ColumnTree {
  const [first] = parts as [Column, ...Column[]];
  const describe = ({ dtype, shape }: Column): string => `${dtype}[${shape.join(", ")}]`;
  for (const [row, part] of parts.entries()) {
    if (describe(part) !== describe(first)) {
      throw misfit(
        indices[row],
        path,
        describe(part),
        `sample ${indices[0]} is ${describe(first)}`,
      );
    }
  }
  const shape = [parts.length, ...first.shape];
  if (Array.isArray(first.data)) {
    return column(
      parts.flatMap((part) => part.data as string[]),
      shape,
      first.dtype,
    );
  }
  const size = first.data.length;
  const data = new (first.data.constructor as new (length: number) => TypedArray)(
    parts.length * size,
  );
  for (const [row, part] of parts.entries()) data.set(part.data as TypedArray, row * size);
  return column(data, shape, first.dtype);
}

function collateTuple(
  samples: readonly (readonly unknown[])[],
  indices: readonly number[],
  path: string,
): ColumnTree {
  const length = samples[0]?.length ?? 0;
  for (const [row, sample] of samples.entries()) {
    if (sample.length !== length) {
      throw misfit(
        indices[row],
        path,
        `${sample.length} parts`,
        `sample ${indices[0]} has ${length}`,
      );
    }
  }
  const parts = Array.from({ length }, (_, part) =>
    collate(
      samples.map((sample) => sample[part]),
      indices,
      `${path}[${part}]`,
    ),
  );
  return parts;
}

function collateObject(
  samples: readonly Readonly<Record<string, unknown>>[],
  indices: readonly number[],
  path: string,
): ColumnTree {
  const keys = Object.keys(samples[0] ?? {});
  const names = [...keys].sort().join(", ");
  for (const [row, sample] of samples.entries()) {
    const found = Object.keys(sample).sort().join(", ");
    if (found !== names)
      throw misfit(indices[row], path, `{ ${found} }`, `sample ${indices[0]} is { ${names} }`);
  }
  const parts = keys.map((key) => {
    const values = samples.map((sample) => sample[key]);
    return [key, collate(values, indices, `${path}.${key}`)] as const;
  });
  return Object.fromEntries(parts);
}

function misfit(
  index: number | undefined,
  path: string,
  found: string,
  rule: string,
): AcceleratorError {
  const where = path === "" ? "" : ` at ${path.replace(/^\./, "")}`;
  return new AcceleratorError(
    "SAMPLE_INVALID",
    `Sample ${index}${where} cannot be stacked into a batch: it is ${found}, but ${rule}.`,
  );
}
