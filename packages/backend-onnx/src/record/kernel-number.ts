const numbers = new Map<string, number>();

/** A number for the name of a kernel, to make hashes of: the same in all of this thread. */
export function kernelNumber(name: string): number {
  let number = numbers.get(name);
  if (number === undefined) {
    number = numbers.size + 1;
    numbers.set(name, number);
  }
  return number;
}
