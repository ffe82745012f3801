import type { MessagePort } from "node:worker_threads";
import type { TrackerRequest } from "../trackers/create-trackers.ts";
import type { FinishStatus, RunConfig } from "../trackers/log-value.ts";
import type { ReplicaMessage } from "./protocol.ts";

/** A replica's line to the host thread. */
export interface HostLink {
  /** Sends without waiting; also delivered while this thread then blocks. */
  post(message: ReplicaMessage): void;
  /** @returns the native run object of every source, as remote objects whose members are asynchronous. */
  startTrackers(
    request: TrackerRequest,
    config: RunConfig | undefined,
    strict: boolean,
  ): Promise<unknown[]>;
  /** Closes the trackers once everything posted before has been recorded. */
  finishTrackers(status: FinishStatus): Promise<void>;
}

/** What the host serves on the port of a tracker. */
export type NativeRun = { readonly native: unknown };

/** The ports a replica is given: one-way messages, and calls. */
export type HostPorts = { readonly messages: MessagePort; readonly calls: MessagePort };
