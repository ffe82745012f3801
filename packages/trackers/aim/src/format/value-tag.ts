/** First byte of an encoded value: its type. */
export const ValueTag = {
  Null: 0,
  Boolean: 1,
  Int: 2,
  Double: 3,
  String: 4,
  Bytes: 5,
  Array: 6,
  Object: 7,
  CustomObject: 15,
} as const;

/** Closes every key of an encoded path, and opens an integer key; never a byte of UTF-8. */
export const PATH_SENTINEL = 0xfe;
