/** The length of the header, a little-endian integer, is before it. */
export const LENGTH_BYTES = 8;
/** Readers refuse a longer header. */
export const MAX_HEADER = 100_000_000;
export const METADATA = "__metadata__";
/** The member of the metadata that holds the order in which the tensors were given. */
export const OURS = "acc";

/** Half of a pair of surrogates is no character: other readers refuse it. */
export function isUnicode(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}
