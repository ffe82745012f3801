/** Numbers of `TensorProto.DataType` in onnx.proto. */
export const ONNX_TYPES: Readonly<Record<ElementType, number>> = {
  float32: 1,
  int32: 6,
  int64: 7,
  uint32: 12,
  bool: 9,
  float64: 11,
};

export type ElementType = "float32" | "float64" | "int32" | "int64" | "uint32" | "bool";
