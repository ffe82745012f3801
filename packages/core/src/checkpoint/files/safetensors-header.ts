import { AcceleratorError, messageOf } from "../../errors.ts";
import { damaged } from "./file-errors.ts";
import { hasAllMembers } from "./has-all-members.ts";
import { isUnicode, LENGTH_BYTES, MAX_HEADER, METADATA, OURS } from "./safetensors-format.ts";
import { bytesOfShape, FILE_TYPES, type StoredType, typeOfCode } from "./stored-tensor.ts";

/** Where a tensor is: offsets are relative to the end of the header. */
export type TensorPlace = {
  readonly name: string;
  readonly dtype: StoredType;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
};

/**
 * The length of the header. It is checked before anything of that size is allocated.
 *
 * @param start the first bytes of the file.
 * @throws {AcceleratorError} `CHECKPOINT_DAMAGED`.
 */
export function headerLength(path: string, start: Uint8Array, fileSize: number): number {
  if (start.byteLength < LENGTH_BYTES || fileSize < LENGTH_BYTES) {
    throw damaged(path, `has ${fileSize} bytes, and is no safetensors file`);
  }
  const length = Number(Buffer.from(start.buffer, start.byteOffset).readBigUInt64LE());
  if (length < MAX_HEADER && length <= fileSize - LENGTH_BYTES) return length;
  throw damaged(path, `says that its header has ${length} bytes, and the file has ${fileSize}`);
}

export type TensorHeader = {
  /** In the order of the file. */
  readonly places: readonly TensorPlace[];
  /** The names in the order in which they were given to the writer. */
  readonly names: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
};

/**
 * Reads a header, which may have been written by anybody.
 *
 * @param dataSize bytes after the header.
 * @throws {AcceleratorError} `CHECKPOINT_DAMAGED` if it contradicts itself or the size of the file;
 * `CHECKPOINT_TOO_NEW` for a type of tensor that this version does not read.
 */
export function parseHeader(path: string, header: Uint8Array, dataSize: number): TensorHeader {
  const members = parseMembers(path, header);
  const metadata = metadataOf(path, members);
  const places = Object.entries(members)
    .filter(([name]) => name !== METADATA)
    .map(([name, value]) => placeOf(path, name, value))
    .sort((a, b) => a.begin - b.begin || a.end - b.end);
  let end = 0;
  for (const place of places) {
    if (place.begin !== end) {
      throw damaged(
        path,
        `has a gap or an overlap before the tensor ${JSON.stringify(place.name)}`,
      );
    }
    end = place.end;
  }
  if (end !== dataSize) {
    throw damaged(path, `has ${dataSize} bytes of tensors, and its header describes ${end}`);
  }
  return { places, names: orderOf(places, metadata[OURS]), metadata };
}

function parseMembers(path: string, header: Uint8Array): Readonly<Record<string, unknown>> {
  if (header[0] !== 0x7b) throw damaged(path, "has no header that begins with {");
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(header);
    const members = JSON.parse(text) as Record<string, unknown>;
    // JSON.parse takes the last of several members with one name.
    if (hasAllMembers(text, members)) return members;
  } catch (error) {
    throw damaged(path, `has a header that cannot be read (${messageOf(error)})`, error);
  }
  throw damaged(path, "has a header in which a name is there twice");
}

function metadataOf(
  path: string,
  members: Readonly<Record<string, unknown>>,
): Readonly<Record<string, string>> {
  const metadata = Object.hasOwn(members, METADATA) ? members[METADATA] : {};
  const isObject = typeof metadata === "object" && metadata !== null && !Array.isArray(metadata);
  if (isObject && Object.values(metadata).every((value) => typeof value === "string")) {
    return metadata as Record<string, string>;
  }
  throw damaged(path, "has metadata that are not text");
}

function placeOf(path: string, name: string, value: unknown): TensorPlace {
  const tensor = `the tensor ${JSON.stringify(name)}`;
  const { dtype: code, shape, data_offsets: offsets } = (value ?? {}) as Record<string, unknown>;
  const [begin, end, ...others] = Array.isArray(offsets) ? (offsets as unknown[]) : [];
  const isPlaced = isOffset(begin) && isOffset(end) && begin <= end && others.length === 0;
  if (!isPlaced || !Array.isArray(shape) || typeof code !== "string" || !isUnicode(name)) {
    throw damaged(path, `does not say where ${tensor} is`);
  }
  const dtype = typeOfCode(code);
  if (dtype === undefined) {
    throw new AcceleratorError(
      "CHECKPOINT_TOO_NEW",
      `${path}: ${tensor} has the type ${JSON.stringify(code)}, and this version reads ` +
        `${Object.values(FILE_TYPES)
          .map((type) => type.code)
          .join(", ")}. Convert the file, for example to F32.`,
    );
  }
  if (bytesOfShape(shape, FILE_TYPES[dtype].size) !== end - begin) {
    throw damaged(path, `has ${end - begin} bytes for ${tensor}, which do not fit its shape`);
  }
  return { name, dtype, shape: shape as number[], begin, end };
}

function isOffset(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** What we wrote has its order in the metadata; files of others have none. */
function orderOf(places: readonly TensorPlace[], own: string | undefined): string[] {
  const names = places.map(({ name }) => name);
  const order = parseOrder(own);
  const known = new Set(names);
  const isWhole = order.length === known.size && new Set(order).size === known.size;
  return isWhole && order.every((name) => known.has(name)) ? order : names;
}

function parseOrder(own: string | undefined): string[] {
  try {
    const { order } = JSON.parse(own ?? "{}") as { order?: unknown };
    return Array.isArray(order) ? (order as string[]) : [];
  } catch {
    return []; // another program has a member of this name
  }
}
