import type { Reason } from "../collective/control-block.ts";
import type { SharedGroup } from "../collective/shared-group.ts";
import type { ErrorCode } from "../errors.ts";
import { mailboxBytes } from "./mailbox.ts";
import type { HostsOptions, TransportSource } from "./transport.ts";

/** Bytes that a host sends or receives in one round of a broadcast or of a gather. */
export const WIRE_BYTES: number = 16 * 1024 * 1024;

/** The hosts of a run, as each of their replicas knows them: plain data that is posted to every thread. */
export type HostGroup = {
  readonly host: number;
  readonly hosts: number;
  readonly names: readonly string[];
  /** Replicas of each host. */
  readonly replicasOf: readonly number[];
  /** Through which the replicas of this host and its thread that speaks to other hosts work together. */
  readonly mailbox: SharedArrayBuffer;
  /** What goes to other hosts, or comes from them, except for what is reduced. Memory is taken when it is used. */
  readonly wire: SharedArrayBuffer;
};

/** What the thread that speaks to other hosts gets. */
export type HostTask = {
  readonly hosts: HostGroup;
  readonly group: SharedGroup;
  readonly source: TransportSource;
  /** What all hosts must have alike, as text by name. */
  readonly facts: Readonly<Record<string, string>>;
  /** Threads that a replica of this host may use. */
  readonly threads: number;
};

/** What that thread tells the launcher. */
export type HostMessage =
  /** The hosts have met: the smallest number of threads of a replica on any of them. */
  | { readonly type: "ready"; readonly threads: number }
  /** There is no transport. */
  | { readonly type: "failed"; readonly code: ErrorCode; readonly message: string }
  /** The run has ended with a failure, here or on another host. */
  | { readonly type: "ended"; readonly reason: Reason; readonly message: string }
  /** The job is about to end, and this process with it. */
  | { readonly type: "aborting" };

export function createHostGroup({ host, hosts, names, replicasOf }: HostsOptions): HostGroup {
  return {
    ...{ host, hosts, names, replicasOf },
    mailbox: new SharedArrayBuffer(mailboxBytes(replicasOf[host] as number)),
    wire: new SharedArrayBuffer(WIRE_BYTES),
  };
}

/** Replicas of all hosts before `host`: the rank of its first one. */
export function ranksBefore({ replicasOf }: Pick<HostGroup, "replicasOf">, host: number): number {
  return replicasOf.slice(0, host).reduce((sum, replicas) => sum + replicas, 0);
}

/** The ranks of a host. */
export function ranksOf(group: Pick<HostGroup, "replicasOf">, host: number): number[] {
  const first = ranksBefore(group, host);
  return Array.from({ length: group.replicasOf[host] as number }, (_, index) => first + index);
}

/** The host on which a rank runs. */
export function hostOf(group: Pick<HostGroup, "replicasOf">, rank: number): number {
  let first = 0;
  return group.replicasOf.findIndex((replicas) => {
    first += replicas;
    return rank < first;
  });
}
