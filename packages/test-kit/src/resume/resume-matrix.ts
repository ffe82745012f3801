import type { Test } from "uvu";
import { MODEL_NAMES, OPTIMIZER_NAMES } from "./models.ts";
import { type Interrupted, testResume } from "./resume-equality.ts";
import type { ResumeCase } from "./resume-training.ts";

/** Batches of one rank in an epoch of resume-training.ts, by the number of replicas. */
const EPOCH: Readonly<Record<number, number>> = { 1: 11, 2: 6, 3: 4 };

/** Every so many cases are run, unless `COUNT=all`: prime to the number of places, so that each place is among them. */
const STRIDE = 7;

/**
 * Tests every optimizer and every model on 1, 2 and 3 replicas, saved at each kind of place. Without `COUNT=all` a part of the
 * cases, which another `SEED` (0 to 6) changes.
 */
export function testMatrix(test: Test, script: URL, options: ResumeCase): void {
  for (const [replicas, epoch] of Object.entries(EPOCH)) {
    // The end of a window, its middle, the last batch of an epoch, behind it, and the middle of the next.
    const places = [2, 3, epoch, epoch + 1, 2 * epoch - 1];
    const cases: Interrupted[] = [
      ...OPTIMIZER_NAMES.flatMap((optimizer) =>
        places.map((at): Interrupted => [{ ...options, optimizer }, at]),
      ),
      ...MODEL_NAMES.flatMap((model) =>
        places.slice(1, 3).map((at): Interrupted => [{ ...options, model }, at]),
      ),
    ];
    testResume(test, script, Number(replicas), sampleOf(cases, Number(replicas)));
  }
}

/** The replicas take different cases, so that a run has more of them. */
function sampleOf(cases: readonly Interrupted[], replicas: number): readonly Interrupted[] {
  const { COUNT, SEED = "0" } = process.env;
  if (COUNT === "all") return cases;
  return cases.filter((_, i) => (i + Number(SEED) + 2 * replicas) % STRIDE === 0);
}
