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

  /** Its first `length` elements, shared, not copied. */
  view(dtype: NumericType, length: number): NumericArray {
    return new ARRAY_TYPES[dtype](this.bytes, this.byteOffset, length);
  }
}
