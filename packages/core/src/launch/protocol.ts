import type { MessagePort } from "node:worker_threads";
import type { SharedGroup } from "../collective/shared-group.ts";
import type { NativeResources } from "../context/native-resources.ts";
import type { ProgressState } from "../context/progress-state.ts";
import type { HostGroup } from "../hosts/host-group.ts";
import type { RemoteError, TrackerMessage } from "../remote-trackers/protocol.ts";
import type { KillGate } from "./kill-gate.ts";

/** The task Piscina gives each replica: cloned, except the ports (moved), and the groups and the gate (shared). */
export type ReplicaTask = {
  readonly rank: number;
  /** `file:` URL of the training script. */
  readonly scriptUrl: string;
  readonly args: readonly unknown[];
  readonly group: SharedGroup;
  /** Undefined if all replicas run on this host. */
  readonly hosts: HostGroup | undefined;
  /** Closed by the host before it kills the thread. */
  readonly gate: KillGate;
  /** One-way messages to the host. */
  readonly messages: MessagePort;
  /** Calls to the host. */
  readonly calls: MessagePort;
};

/** How a replica's script ended. */
export type ReplicaOutcome =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: RemoteError; readonly exitCode: number };

/** What a replica tells the host without waiting. */
export type ReplicaMessage =
  | { readonly type: "output"; readonly stream: "stdout" | "stderr"; readonly text: string }
  /** The number of its thread in the operating system. */
  | { readonly type: "thread"; readonly id: number }
  | { readonly type: "progress"; readonly progress: ProgressState }
  | ({ readonly type: "tracker" } & TrackerMessage)
  | { readonly type: "resources"; readonly resources: NativeResources }
  | { readonly type: "checkpoint"; readonly path: string }
  /** The last message, except for output of `exit` listeners. */
  | { readonly type: "ended"; readonly outcome: ReplicaOutcome };
