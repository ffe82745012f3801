import type { FinishStatus } from "../../tracker-contract/log-value.ts";

/** Something that holds open trackers. */
export interface OpenSession {
  finish(status: FinishStatus): Promise<void>;
}

const sessions = new Set<OpenSession>();
let hooked = false;

/**
 * Remembers trackers that were started: they are closed also if the script ends without `endTraining`, or by an error.
 * A failure to close them is an unhandled error, which ends the thread, or the process.
 */
export function addOpenSession(session: OpenSession): void {
  sessions.add(session);
  if (hooked) return;
  hooked = true;
  process.on("beforeExit", (code) => {
    void closeOpenSessions(code === 0 ? "success" : "failure");
  });
}

export function removeOpenSession(session: OpenSession): void {
  sessions.delete(session);
}

/** Closes what is still open. */
export async function closeOpenSessions(status: FinishStatus): Promise<void> {
  await Promise.all([...sessions].map((session) => session.finish(status)));
}
