/** A permutation of the 32-bit integers in which every bit depends on all others. */
export function mixBits(bits: number): number {
  let mixed = bits ^ (bits >>> 16);
  mixed = Math.imul(mixed, 0x7feb352d);
  mixed ^= mixed >>> 15;
  mixed = Math.imul(mixed, 0x846ca68b);
  return mixed ^ (mixed >>> 16);
}

/** One 32-bit seed out of several integers: the order counts, and so does every bit of each. */
export function mixSeeds(...integers: readonly number[]): number {
  let mixed = 0;
  for (const integer of integers) {
    const high = Math.floor(integer / 2 ** 32);
    mixed = mixBits(Math.imul(mixed, 0x9e3779b9) ^ mixBits(integer ^ 0x85ebca6b)) ^ mixBits(high);
  }
  return mixed >>> 0;
}
