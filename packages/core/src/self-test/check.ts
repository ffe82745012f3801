import type { Accelerator } from "../accelerator/accelerator.ts";
import { AcceleratorError } from "../errors.ts";

/** Something that must hold on every machine. All ranks run it together. */
export type Check = {
  /** What is shown when it has passed. */
  readonly name: string;
  /**
   * @param folder for files; the same one on all ranks, empty at first.
   * @throws {AcceleratorError} `SELF_TEST_FAILED` through `requireEqual`, or the error of what it calls.
   */
  run(accelerator: Accelerator, folder: string): Promise<void>;
};

/**
 * Compares numbers, position by position.
 *
 * @param tolerance the largest difference that is allowed; 0 asks for equal values.
 * @throws {AcceleratorError} `SELF_TEST_FAILED` with the first difference.
 */
export function requireEqual(
  what: string,
  found: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance = 0,
): void {
  const length = Math.max(found.length, expected.length);
  for (let i = 0; i < length; i++) {
    const [value = Number.NaN, wanted = Number.NaN] = [found[i], expected[i]];
    if (value === wanted || Math.abs(value - wanted) <= tolerance) continue;
    throw new AcceleratorError(
      "SELF_TEST_FAILED",
      `${what}: value ${i} of ${length} is ${value}, expected ${wanted}${tolerance === 0 ? "" : ` ± ${tolerance}`}. Report it with the output of acc env.`,
    );
  }
}
