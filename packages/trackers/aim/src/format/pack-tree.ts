import { Blob, CustomObject, type TreeKey, type TreeObject, type TreeValue } from "./tree.ts";
import { PATH_SENTINEL, ValueTag } from "./value-tag.ts";

const INTEGER_KEY_BYTES = 10;
/** Lengths of path and value, and the mark of a blob. */
const PAIR_OVERHEAD = 9;
const UTF8_BYTES_PER_UNIT = 3;

/**
 * A value as Aim sends it: pairs of a path and a value, depth first. A pair is the path's length (uint32), the path,
 * a byte that marks a blob, the value's length (uint32), the value; all little-endian. An object that is not empty
 * has no pair of its own.
 */
export function packTree(value: TreeValue): Uint8Array {
  const packer = new TreePacker();
  packer.add(value);
  return packer.finish();
}

class TreePacker {
  #out = Buffer.allocUnsafe(4096);
  #length = 0;
  #path = Buffer.allocUnsafe(512);
  #pathLength = 0;

  add(value: TreeValue): void {
    if (value === null) this.#pair(ValueTag.Null, 0);
    else if (typeof value === "boolean") {
      this.#pair(ValueTag.Boolean, 1);
      this.#out[this.#length++] = value ? 1 : 0;
    } else if (typeof value === "bigint") {
      this.#pair(ValueTag.Int, 8);
      this.#length = this.#out.writeBigInt64LE(value, this.#length);
    } else if (typeof value === "number") {
      this.#pair(ValueTag.Double, 8);
      this.#length = this.#out.writeDoubleLE(value, this.#length);
    } else if (typeof value === "string") this.#text(ValueTag.String, value);
    else if (value instanceof Uint8Array) this.#bytes(value);
    else if (value instanceof Blob) this.#blob(value);
    else if (value instanceof CustomObject) {
      this.#text(ValueTag.CustomObject, value.type);
      this.#entries(value.storage);
    } else if (Array.isArray(value)) this.#items(value);
    else {
      const object = value as TreeObject;
      if (object.size === 0) this.#pair(ValueTag.Object, 0);
      this.#entries(object);
    }
  }

  finish(): Uint8Array {
    return Buffer.from(this.#out.subarray(0, this.#length));
  }

  #items(items: readonly TreeValue[]): void {
    this.#pair(ValueTag.Array, 0);
    for (const [index, item] of items.entries()) this.#below(BigInt(index), item);
  }

  #entries(entries: TreeObject): void {
    for (const [key, item] of entries) this.#below(key, item);
  }

  #below(key: TreeKey, value: TreeValue): void {
    const parent = this.#pathLength;
    this.#pushKey(key);
    this.add(value);
    this.#pathLength = parent;
  }

  #pushKey(key: TreeKey): void {
    const most = typeof key === "bigint" ? INTEGER_KEY_BYTES : key.length * UTF8_BYTES_PER_UNIT + 1;
    this.#path = grow(this.#path, this.#pathLength, most);
    if (typeof key === "bigint") {
      this.#path[this.#pathLength++] = PATH_SENTINEL;
      this.#pathLength = this.#path.writeBigInt64BE(key, this.#pathLength);
    } else {
      this.#pathLength += this.#path.write(key, this.#pathLength, "utf8");
    }
    this.#path[this.#pathLength++] = PATH_SENTINEL;
  }

  #text(tag: number, text: string, isBlob = false): void {
    this.#pair(tag, Buffer.byteLength(text), isBlob);
    this.#length += this.#out.write(text, this.#length, "utf8");
  }

  #bytes(bytes: Uint8Array, isBlob = false): void {
    this.#pair(ValueTag.Bytes, bytes.length, isBlob);
    this.#out.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  #blob({ data }: Blob): void {
    if (typeof data === "string") this.#text(ValueTag.String, data, true);
    else this.#bytes(data, true);
  }

  /** Everything of a pair but the payload, for which there is room then. */
  #pair(tag: number, payloadBytes: number, isBlob = false): void {
    const needed = PAIR_OVERHEAD + this.#pathLength + 1 + payloadBytes;
    this.#out = grow(this.#out, this.#length, needed);
    this.#length = this.#out.writeUInt32LE(this.#pathLength, this.#length);
    this.#path.copy(this.#out, this.#length, 0, this.#pathLength);
    this.#length += this.#pathLength;
    this.#out[this.#length++] = isBlob ? 1 : 0;
    this.#length = this.#out.writeUInt32LE(1 + payloadBytes, this.#length);
    this.#out[this.#length++] = tag;
  }
}

function grow(buffer: Buffer<ArrayBuffer>, used: number, more: number): Buffer<ArrayBuffer> {
  if (used + more <= buffer.length) return buffer;
  const larger = Buffer.allocUnsafe(Math.max(buffer.length * 2, used + more));
  buffer.copy(larger, 0, 0, used);
  return larger;
}
