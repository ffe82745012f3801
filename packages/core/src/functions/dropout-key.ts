import { replicaContext } from "../context/replica-context.ts";
import { mixBits, mixSeeds } from "../random/mix-bits.ts";
import { timesSeeded, userSeed } from "../random/seeded-random.ts";
import { stepEffect } from "../step/step-observer.ts";

/** Odd constants with well-mixed bits; the first is 2^32 divided by the golden ratio. */
const [STEP, RANK, CALL] = [0x9e3779b9, 0x85ebca6b, 0xc2b2ae35];

/** The current step of this thread, and how many random functions it has called in that step. */
const position = { step: 0, call: 0, timesSeeded: 0 };

/** Begins the next step of this thread: random functions called from now on give different values. */
export function advanceRandomStep(): void {
  position.step += 1;
  position.call = 0;
}

/** The same, unless none was called since the last step began. */
export function beginRandomStep(): void {
  if (position.call > 0) advanceRandomStep();
}

/** The place of this thread in the sequence of keys, for checkpoints. */
export type DropoutPosition = { readonly step: number; readonly call: number };

export function dropoutPosition(): DropoutPosition {
  followSeed();
  return { step: position.step, call: position.call };
}

/** Goes on from a place, with the seed that the thread has now. */
export function setDropoutPosition({ step, call }: DropoutPosition): void {
  Object.assign(position, { step, call, timesSeeded: timesSeeded() });
}

/** A new seed of the thread restarts the count. */
function followSeed(): void {
  if (position.timesSeeded === timesSeeded()) return;
  Object.assign(position, { step: 0, call: 0, timesSeeded: timesSeeded() });
}

/**
 * The key of the next random function of this step. It depends on the seed of the function, the seed of the thread,
 * the rank, the step and the call.
 */
export function nextDropoutKey(seed: number): () => number {
  let call = 0;
  stepEffect(() => {
    followSeed();
    call = position.call++;
  });
  const { rank } = replicaContext().collective;
  return () => {
    const mixed = mixBits(
      seed ^ threadSeed() ^ mixBits(Math.imul(position.step, STEP) ^ Math.imul(rank, RANK)),
    );
    return mixBits(mixed ^ Math.imul(call + 1, CALL)) | 0;
  };
}

function threadSeed(): number {
  const seed = userSeed();
  return seed === undefined ? 0 : mixSeeds(seed);
}
