const encoder = new TextEncoder();

const VARINT = 0;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

/** Room for the length of a nested message: a varint padded to five bytes, so that it can be set later. */
const LENGTH_BYTES = 5;
const LONGEST_VARINT = 10;

/** Writes protobuf messages into one growing array. */
export class ProtobufWriter {
  #buffer = new Uint8Array(1 << 16);
  #length = 0;

  /** What was written; valid until the next write. */
  get bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }

  /** A safe integer. */
  integer(field: number, value: number): void {
    this.#tag(field, VARINT);
    this.#varint(value);
  }

  float(field: number, value: number): void {
    this.#tag(field, FIXED32);
    this.#reserve(4);
    new DataView(this.#buffer.buffer).setFloat32(this.#length, value, true);
    this.#length += 4;
  }

  text(field: number, value: string): void {
    this.#tag(field, LENGTH_DELIMITED);
    this.#reserve(LONGEST_VARINT + value.length * 3);
    if (!this.#writeAscii(value)) this.#writeBytes(encoder.encode(value));
  }

  data(field: number, value: Uint8Array): void {
    this.#tag(field, LENGTH_DELIMITED);
    this.#reserve(LONGEST_VARINT + value.length);
    this.#writeBytes(value);
  }

  /** A nested message whose fields `write` writes. */
  message(field: number, write: () => void): void {
    this.#tag(field, LENGTH_DELIMITED);
    this.#reserve(LENGTH_BYTES);
    const start = this.#length + LENGTH_BYTES;
    this.#length = start;
    write();
    let length = this.#length - start;
    for (let i = start - LENGTH_BYTES; i < start - 1; i++) {
      this.#buffer[i] = (length & 127) | 128;
      length >>>= 7;
    }
    this.#buffer[start - 1] = length;
  }

  #tag(field: number, wireType: number): void {
    this.#varint(field * 8 + wireType);
  }

  #varint(value: number): void {
    this.#reserve(LONGEST_VARINT);
    if (value < 0) {
      this.#negativeVarint(value);
      return;
    }
    let rest = value;
    while (rest > 127) {
      this.#buffer[this.#length++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    this.#buffer[this.#length++] = rest;
  }

  #negativeVarint(value: number): void {
    let rest = BigInt.asUintN(64, BigInt(value));
    while (rest > 127n) {
      this.#buffer[this.#length++] = Number(rest & 127n) | 128;
      rest >>= 7n;
    }
    this.#buffer[this.#length++] = Number(rest);
  }

  /** Almost all text is: names of operators, attributes and tensors. */
  #writeAscii(value: string): boolean {
    const start = this.#length;
    this.#varint(value.length);
    for (let i = 0; i < value.length; i++) {
      const code = value.charCodeAt(i);
      if (code > 127) {
        this.#length = start;
        return false;
      }
      this.#buffer[this.#length++] = code;
    }
    return true;
  }

  #writeBytes(value: Uint8Array): void {
    this.#varint(value.length);
    this.#reserve(value.length);
    this.#buffer.set(value, this.#length);
    this.#length += value.length;
  }

  #reserve(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#buffer.length) return;
    const grown = new Uint8Array(Math.max(this.#buffer.length * 2, needed));
    grown.set(this.bytes);
    this.#buffer = grown;
  }
}
