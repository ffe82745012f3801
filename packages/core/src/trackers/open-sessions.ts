import type { FinishStatus } from "./log-value.ts";

/** Something that holds open trackers. */
export interface OpenSession {
  finish(status: FinishStatus): Promise<void>;
}

const sessions = new Set<OpenSession>();
let hooked = false;

/**
 * Remembers trackers that were started, so that a script which ends without `endTraining`, or by an error,
 * still closes them.
 */
export function addOpenSession(session: OpenSession): void {
  sessions.add(session);
  if (hooked) return;
  hooked = true;
  // Plain `node train.ts`: nobody else notices the end of the script.
  process.once("beforeExit", (code) => {
    closeOpenSessions(code === 0 ? "success" : "failure").catch((error: unknown) => {
      console.error(error);
      process.exitCode = 1;
    });
  });
}

export function removeOpenSession(session: OpenSession): void {
  sessions.delete(session);
}

/** Closes what is still open. */
export async function closeOpenSessions(status: FinishStatus): Promise<void> {
  await Promise.all([...sessions].map((session) => session.finish(status)));
}
