/** Tests of tfjs-core that fail on this backend, and why that is meant to be so. */
export const EXPECTED_DIFFERENCES: Readonly<Record<string, string>> = {
  "gather throws when index is out of bound": "indices are looked at when the graph runs",
  "tan numbers exceed float32 precision": "the last bit of a tangent close to its pole",
};
