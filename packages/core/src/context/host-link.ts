import type { NativeResources } from "./native-resources.ts";
import type { ProgressState } from "./progress-state.ts";
import type { RemoteHub } from "./remote-hub.ts";

/**
 * A replica's connection to the host thread. Sending never waits, except for the place of an event of the trackers, and what
 * was sent arrives even if this thread then blocks.
 */
export interface HostLink {
  /** Prints whole lines. */
  print(stream: "stdout" | "stderr", text: string): void;
  /** Shows the state of a progress bar. */
  progress(state: ProgressState): void;
  /** Tells the host which native resources to release when this thread has ended. */
  releaseAfterThread(resources: NativeResources): void;
  /** Tells the host that a checkpoint is on the disk. */
  checkpointWritten(path: string): void;
  /** Runs a section during which the host will not terminate this thread. */
  runUninterrupted<T>(call: () => T): T;
  /** The host lets this thread live until `work` has settled, also where another replica has failed; at most 10 s. */
  finishBeforeEnd(work: Promise<unknown>): void;
  /** The trackers that the host runs for this replica. */
  readonly trackers: RemoteHub;
}
