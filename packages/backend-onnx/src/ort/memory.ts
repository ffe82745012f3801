import { ARRAY_TYPES, type NumericArray, type NumericType } from "../tensor-spec.ts";
import type { NativeHandle } from "./native-handles.ts";

/** Bytes that ONNX Runtime reads and writes in place. Reused for tensors of any shape that fit. */
export class Memory {
  readonly bytes: ArrayBufferLike;
  /** Where it begins in `bytes`. */
  readonly byteOffset: number;
  /** ONNX Runtime's own descriptions of it, by type and shape; they belong to the runtime. */
  readonly handles: Map<string, NativeHandle> = new Map<string, NativeHandle>();

  constructor(bytes: ArrayBufferLike, byteOffset = 0) {
    this.bytes = bytes;
    this.byteOffset = byteOffset;
  }

  /** The bytes of an array, in place. */
  static over({ buffer, byteOffset }: Float32Array): Memory {
    return new Memory(buffer, byteOffset);
  }

  /** Copies its first elements to an array, unless they are the array itself. */
  copyTo(target: Float32Array): void {
    if (target.buffer === this.bytes && target.byteOffset === this.byteOffset) return;
    target.set(this.view("float32", target.length) as Float32Array);
  }

  /** Its first `length` elements, shared, not copied. */
  view(dtype: NumericType, length: number): NumericArray {
    return new ARRAY_TYPES[dtype](this.bytes, this.byteOffset, length);
  }
}
