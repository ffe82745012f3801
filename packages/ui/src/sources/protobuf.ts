/** One field of a protobuf message: where its bytes lie, or its number. */
export type FieldVisitor = (field: number, value: number, start: number, end: number) => void;

/**
 * Visits the fields of a message in order. `value` is that of a varint (as a double: exact up to 2^53, negative where its 64 bits
 * are), of 32 bits or 64 bits as a little-endian float; for bytes NaN, and they lie from `start` to `end`.
 *
 * @throws {RangeError} where the bytes are no message.
 */
export function visitFields(bytes: Buffer, start: number, end: number, visit: FieldVisitor): void {
  let at = start;
  const varint = (): number => {
    let low = 0;
    let high = 0;
    for (let shift = 0; ; shift += 7) {
      if (at >= end || shift > 63) throw new RangeError("the message is cut off");
      const byte = bytes[at++] as number;
      const bits = byte & 127;
      if (shift < 28) low += bits * 2 ** shift;
      else high += bits * 2 ** (shift - 28);
      if (byte < 128) break;
    }
    const value = low + high * 2 ** 28;
    return value >= 2 ** 63 ? value - 2 ** 64 : value;
  };
  while (at < end) {
    const tag = varint();
    const field = Math.floor(tag / 8);
    switch (tag % 8) {
      case 0: {
        const from = at;
        visit(field, varint(), from, at);
        break;
      }
      case 1:
        require(at + 8, end);
        visit(field, bytes.readDoubleLE(at), at, at + 8);
        at += 8;
        break;
      case 2: {
        const length = varint();
        require(at + length, end);
        const from = at;
        at += length;
        visit(field, Number.NaN, from, at);
        break;
      }
      case 5:
        require(at + 4, end);
        visit(field, bytes.readFloatLE(at), at, at + 4);
        at += 4;
        break;
      default:
        throw new RangeError(`field ${field} has a type that does not exist`);
    }
  }
}

function require(needed: number, end: number): void {
  if (!(needed <= end)) throw new RangeError("the message is cut off");
}
