import type { RemoteHub } from "../trackers/remote-hub.ts";
import type { NativeResources } from "./native-resources.ts";
import type { ProgressState } from "./protocol.ts";

/** A replica's line to the host thread. Nothing sent waits; it also arrives while this thread then blocks. */
export interface HostLink {
  /** Prints whole lines. */
  print(stream: "stdout" | "stderr", text: string): void;
  /** Shows the state of a progress bar. */
  progress(state: ProgressState): void;
  /** Names what the host is to release when this thread is gone. */
  releaseAfterThread(resources: NativeResources): void;
  /** Runs code in whose middle the host does not kill this thread. */
  runUninterrupted<T>(call: () => T): T;
  /** The trackers that the host runs for this replica. */
  readonly trackers: RemoteHub;
}
