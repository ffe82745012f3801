import { AcceleratorError } from "../../errors.ts";
import { isUnicode, LENGTH_BYTES, MAX_HEADER, METADATA, OURS } from "./safetensors-format.ts";
import {
  bytesOfShape,
  FILE_TYPES,
  type StoredTensor,
  type StoredType,
  typeRank,
} from "./stored-tensor.ts";

/** The data begin at a multiple of this: a cache line. */
const ALIGNMENT = 64;

export type TensorLayout = {
  /** Length and header, as bytes of the file. */
  readonly head: Uint8Array;
  /** The tensors as they follow the header, without gaps. */
  readonly tensors: readonly StoredTensor[];
  /** Size of the file in bytes. */
  readonly size: number;
};

/**
 * Lays tensors out as a safetensors file: https://huggingface.co/docs/safetensors.
 *
 * @throws {AcceleratorError} `VALUE_INVALID` for a tensor that such a file cannot hold.
 */
export function layoutTensors(
  tensors: ReadonlyMap<string, StoredTensor>,
  metadata: Readonly<Record<string, string>> = {},
): TensorLayout {
  for (const [name, tensor] of tensors) requireStorable(name, tensor);
  for (const [key, value] of Object.entries(metadata)) requireText(key, value);
  const sorted = [...tensors].sort(inFileOrder);
  const own = JSON.stringify({ order: [...tensors.keys()] });
  const entries: [string, unknown][] = [[METADATA, { format: "tf", ...metadata, [OURS]: own }]];
  let end = 0;
  for (const [name, { dtype, shape, bytes }] of sorted) {
    const begin = end;
    end += bytes.byteLength;
    entries.push([name, { dtype: FILE_TYPES[dtype].code, shape, data_offsets: [begin, end] }]);
  }
  // Not `JSON.stringify` of an object: it would put names that are integers first.
  const members = entries.map(
    ([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`,
  );
  const text = Buffer.from(`{${members.join(",")}}`);
  const size = Math.ceil((LENGTH_BYTES + text.length) / ALIGNMENT) * ALIGNMENT;
  if (size - LENGTH_BYTES >= MAX_HEADER) {
    throw new AcceleratorError(
      "VALUE_INVALID",
      `${tensors.size} tensors have a header of ${size} bytes, and a safetensors file allows ${MAX_HEADER}. Use shorter names.`,
    );
  }
  const head = Buffer.alloc(size, " ");
  head.writeBigUInt64LE(BigInt(size - LENGTH_BYTES));
  text.copy(head, LENGTH_BYTES);
  return { head, tensors: sorted.map(([, tensor]) => tensor), size: size + end };
}

type Named = readonly [name: string, tensor: StoredTensor];

/** Larger types first, so that all are aligned; then by the bytes of the name. */
function inFileOrder([nameA, a]: Named, [nameB, b]: Named): number {
  return (
    typeRank(a.dtype) - typeRank(b.dtype) || Buffer.compare(Buffer.from(nameA), Buffer.from(nameB))
  );
}

function requireStorable(name: string, { dtype, shape, bytes }: StoredTensor): void {
  const type = FILE_TYPES[dtype] as (typeof FILE_TYPES)[StoredType] | undefined;
  const expected = type ? bytesOfShape(shape, type.size) : Number.NaN;
  if (name !== METADATA && isUnicode(name) && bytes.byteLength === expected) return;
  throw new AcceleratorError(
    "VALUE_INVALID",
    `The tensor ${JSON.stringify(name)} (${dtype}, shape [${shape.join(", ")}], ${bytes.byteLength} bytes) cannot be stored: ` +
      `${reason(name, dtype, type ? expected : undefined)}.`,
  );
}

function reason(name: string, dtype: string, expected: number | undefined): string {
  if (name === METADATA) return "the format uses this name itself";
  if (!isUnicode(name)) return "its name is not valid Unicode";
  return expected === undefined
    ? `the type is none of ${Object.keys(FILE_TYPES).join(", ")}, not ${dtype}`
    : `this shape needs ${expected} bytes`;
}

function requireText(key: string, value: unknown): void {
  if (isUnicode(key) && typeof value === "string" && isUnicode(value)) return;
  throw new AcceleratorError(
    "VALUE_INVALID",
    `The metadata ${JSON.stringify(key)} of a safetensors file cannot be stored: it must be text.`,
  );
}
