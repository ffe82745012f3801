/** Tests of tfjs-core that fail on this backend, and why that is meant to be so. */
export const EXPECTED_DIFFERENCES: Readonly<Record<string, string>> = {
  "argmax ignores NaNs": "ONNX leaves open what ArgMax makes of NaN",
  "argmin ignores NaNs": "ONNX leaves open what ArgMin makes of NaN",
  "max return NaNs": "ONNX Runtime's ReduceMax passes over NaN",
  "min return NaNs": "ONNX Runtime's ReduceMin passes over NaN",
  "gather throws when index is out of bound": "indices are looked at when the graph runs",
  "tan numbers exceed float32 precision": "the last bit of a tangent close to its pole",
};
