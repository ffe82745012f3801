/**
 * Finds what keeps this thread alive now: the ports on which Piscina waits for tasks.
 *
 * @returns a function that unrefs these ports. From then on the thread ends as a process does: when the script has
 *   nothing left to wait for, with the events `beforeExit` and `exit`.
 */
export function noteThreadKeepers(): () => void {
  const keepers = (process as unknown as ActiveHandles)._getActiveHandles();
  return () => {
    for (const keeper of keepers) keeper.unref?.();
  };
}

/** Piscina does not expose its ports. Node.js 20 to 26 have this list, but it is not documented. */
type ActiveHandles = { _getActiveHandles(): readonly { unref?(): void }[] };
