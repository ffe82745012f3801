import { Blob, CustomObject, type TreeKey, type TreeValue } from "./tree.ts";
import { PATH_SENTINEL, ValueTag } from "./value-tag.ts";

type Container = Map<TreeKey, TreeValue> | TreeValue[] | CustomObject;

/**
 * The value that `packTree` packed.
 *
 * @throws {RangeError} if the bytes are cut off, or not in Aim's format.
 */
export function unpackTree(bytes: Uint8Array): TreeValue {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const root: TreeValue[] = [];
  let offset = 0;
  while (offset < buffer.length) {
    const pathEnd = offset + 4 + buffer.readUInt32LE(offset);
    const path = unpackPath(part(buffer, offset + 4, pathEnd));
    const isBlob = buffer.readUInt8(pathEnd) !== 0;
    const end = pathEnd + 5 + buffer.readUInt32LE(pathEnd + 1);
    place(root, path, unpackValue(part(buffer, pathEnd + 5, end), isBlob));
    offset = end;
  }
  if (root.length === 0) throw new RangeError("an empty message");
  return root[0] as TreeValue;
}

/** Puts a value below the root, which is the only item of a list; objects on the way may have no pair. */
function place(root: TreeValue[], path: readonly TreeKey[], value: TreeValue): void {
  let container: Container = root;
  let key: TreeKey = 0n;
  for (const next of path) {
    let inner = get(container, key);
    if (inner === undefined) {
      inner = new Map();
      set(container, key, inner);
    }
    if (typeof inner !== "object" || inner === null || inner instanceof Blob) {
      throw new RangeError(`a key ${String(next)} of something that has none`);
    }
    container = inner as Container;
    key = next;
  }
  set(container, key, value);
}

function get(container: Container, key: TreeKey): TreeValue | undefined {
  if (Array.isArray(container)) return container[Number(key)];
  return (container instanceof CustomObject ? container.storage : container).get(key);
}

function set(container: Container, key: TreeKey, value: TreeValue): void {
  if (Array.isArray(container)) container[Number(key)] = value;
  else if (container instanceof Map) container.set(key, value);
  else (container.storage as Map<TreeKey, TreeValue>).set(key, value);
}

function unpackPath(bytes: Buffer): TreeKey[] {
  const keys: TreeKey[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    if (bytes[offset] === PATH_SENTINEL) {
      keys.push(bytes.readBigInt64BE(offset + 1));
      offset += 10;
      continue;
    }
    const end = bytes.indexOf(PATH_SENTINEL, offset);
    if (end < 0) throw new RangeError("a key without its end");
    keys.push(bytes.toString("utf8", offset, end));
    offset = end + 1;
  }
  return keys;
}

function unpackValue(bytes: Buffer, isBlob: boolean): TreeValue {
  const tag = bytes.readUInt8(0);
  const payload = bytes.subarray(1);
  switch (tag) {
    case ValueTag.Null:
      return null;
    case ValueTag.Boolean:
      return payload.readUInt8(0) !== 0;
    case ValueTag.Int:
      return payload.readBigInt64LE(0);
    case ValueTag.Double:
      return payload.readDoubleLE(0);
    case ValueTag.String:
      return isBlob ? new Blob(payload.toString("utf8")) : payload.toString("utf8");
    case ValueTag.Bytes:
      return isBlob ? new Blob(Uint8Array.from(payload)) : Uint8Array.from(payload);
    case ValueTag.Array:
      return [];
    case ValueTag.Object:
      return new Map();
    case ValueTag.CustomObject:
      return new CustomObject(payload.toString("utf8"), new Map());
    default:
      throw new RangeError(`a value of type ${tag}`);
  }
}

function part(buffer: Buffer, start: number, end: number): Buffer {
  if (end > buffer.length) throw new RangeError(`${end - buffer.length} bytes are missing`);
  return buffer.subarray(start, end);
}
