import type { MessagePort } from "node:worker_threads";
import type { SharedGroup } from "../collective/shared-group.ts";
import type { ErrorCode } from "../errors.ts";
import type { TrackerRequest } from "../trackers/create-trackers.ts";
import type { FinishStatus } from "../trackers/log-value.ts";
import type { TrackerEvent } from "../trackers/tracker-event.ts";
import type { KillGate } from "./kill-gate.ts";
import type { NativeResources } from "./native-resources.ts";

/** The task Piscina gives each replica: cloned, except the ports (moved), and the group and the gate (shared). */
export type ReplicaTask = {
  readonly rank: number;
  /** `file:` URL of the training script. */
  readonly scriptUrl: string;
  readonly args: readonly unknown[];
  readonly group: SharedGroup;
  /** Closed by the host before it kills the thread. */
  readonly gate: KillGate;
  /** One-way messages to the host. */
  readonly messages: MessagePort;
  /** Calls to the host. */
  readonly calls: MessagePort;
};

/** An error as it crosses threads: structured clone drops the fields of our own class. */
export type RemoteError = {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly code: ErrorCode | undefined;
};

/** How a replica's script ended. */
export type ReplicaOutcome =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: RemoteError };

/** State of one progress bar. */
export type ProgressState = {
  /** Distinguishes the bars of a run. */
  readonly id: string;
  readonly description: string;
  readonly current: number;
  /** Undefined if the length is unknown. */
  readonly total: number | undefined;
  readonly elapsedMs: number;
  /** Text behind the bar, such as `loss 0.12`. */
  readonly postfix: string;
  readonly done: boolean;
};

/** What a replica tells the host without waiting. */
export type ReplicaMessage =
  | { readonly type: "output"; readonly stream: "stdout" | "stderr"; readonly text: string }
  | { readonly type: "progress"; readonly progress: ProgressState }
  | { readonly type: "tracker"; readonly event: TrackerEvent }
  | { readonly type: "resources"; readonly resources: NativeResources };

/** What the thread of trackers gets that serves a script which nobody launched. */
export type TrackerThreadTask = {
  /** Calls of `HostApi`. */
  readonly calls: MessagePort;
};

/** What that thread is told without waiting. It answers with texts: warnings. */
export type TrackerThreadMessage =
  | { readonly type: "event"; readonly event: TrackerEvent }
  /** Write the journal, then store 1 in `done` and wake who waits for it. */
  | { readonly type: "flush"; readonly done: Int32Array };

/** What the host serves on the port of a tracker. */
export type NativeRun = { readonly native: unknown };

/** How much was sent to trackers by other ways than a call of the host: it may still be on its way. */
export type Sent = {
  /** Events on the one-way port. */
  readonly events: number;
  /** Messages to the native run of each source. */
  readonly calls: readonly number[];
};

/**
 * What a replica calls on the host. Errors are answers here: a thrown one would lose its class and code on
 * the way.
 */
export interface HostApi {
  /** Creates and starts trackers on the host; `ports[i]` will serve the native run of `sources[i]`. */
  startTrackers(
    request: TrackerRequest,
    ports: readonly MessagePort[],
  ): Promise<RemoteError | undefined>;
  /** Writes to the disk what was sent, once all of it has arrived. */
  syncTrackers(sent: Sent): Promise<void>;
  /** Closes the trackers once all that was sent has arrived. */
  finishTrackers(status: FinishStatus, sent: Sent): Promise<RemoteError | undefined>;
}
