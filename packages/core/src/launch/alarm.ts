import type { AcceleratorError } from "../errors.ts";

/** A reason to end a run that may come at any time. */
export type Alarm = {
  /** Never resolves; rejects with the reason. */
  readonly promise: Promise<never>;
  /** Stops waiting for it. */
  readonly dispose: () => void;
};

/** @param arm starts to wait for the reason, and returns what stops that. */
export function createAlarm(arm: (ring: (reason: AcceleratorError) => void) => () => void): Alarm {
  let dispose = (): void => {};
  const promise = new Promise<never>((_, reject) => {
    dispose = arm(reject);
  });
  return { promise, dispose };
}
