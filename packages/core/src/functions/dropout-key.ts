import { stepEffect } from "../train/step-observer.ts";
import { replicaContext } from "../worker/replica-context.ts";

/** Odd constants with well-mixed bits; the first is 2^32 divided by the golden ratio. */
const [STEP, RANK, CALL] = [0x9e3779b9, 0x85ebca6b, 0xc2b2ae35];

/** Which step this thread is in, and how many random functions it has called in there. */
const position = { step: 0, call: 0 };

/** Begins the next step of this thread: random functions called from now on give other values. */
export function advanceRandomStep(): void {
  position.step += 1;
  position.call = 0;
}

/** The same, unless none was called since the last step began. */
export function beginRandomStep(): void {
  if (position.call > 0) advanceRandomStep();
}

/** What the next random function of this step is to be driven by: differs by seed, rank, step and call. */
export function nextDropoutKey(seed: number): () => number {
  let call = 0;
  stepEffect(() => {
    call = position.call++;
  });
  const { rank } = replicaContext().collective;
  return () => {
    const mixed = mixBits(seed ^ mixBits(Math.imul(position.step, STEP) ^ Math.imul(rank, RANK)));
    return mixBits(mixed ^ Math.imul(call + 1, CALL)) | 0;
  };
}

/** A permutation of the 32-bit integers in which every bit depends on all others. */
export function mixBits(bits: number): number {
  let mixed = bits ^ (bits >>> 16);
  mixed = Math.imul(mixed, 0x7feb352d);
  mixed ^= mixed >>> 15;
  mixed = Math.imul(mixed, 0x846ca68b);
  return mixed ^ (mixed >>> 16);
}
