import { coreShare } from "../backend/core-share.ts";
import { threadsOfReplica } from "../backend/onnx.ts";
import { createSharedGroup, type SharedGroup } from "../collective/shared-group.ts";
import { createHostGroup, type HostGroup, ranksBefore } from "../hosts/host-group.ts";
import { HostLine } from "../hosts/host-line.ts";
import type { HostsOptions } from "../hosts/transport.ts";
import { ownVersion } from "../own-version.ts";
import { labelled } from "../progress/labelled.ts";
import { Terminal } from "../progress/terminal.ts";
import type { ResolvedLaunch } from "./launch-options.ts";

/** The other hosts of a run. */
export type JoinedHosts = { readonly group: HostGroup; readonly line: HostLine };

/** The memory of the replicas of this host. */
export function createGroup({
  hosts,
  numProcesses,
  timeoutMs,
  debug,
}: ResolvedLaunch): SharedGroup {
  if (!hosts) return createSharedGroup(numProcesses, { timeoutMs, debug });
  return createSharedGroup(ranksBefore(hosts, hosts.hosts), {
    ...{ timeoutMs, debug },
    firstRank: ranksBefore(hosts, hosts.host),
    localWorldSize: numProcesses,
  });
}

/** Starts the thread that speaks to the other hosts. */
export function joinHosts(
  hosts: HostsOptions,
  { numProcesses, timeoutMs }: ResolvedLaunch,
  group: SharedGroup,
): JoinedHosts {
  const hostGroup = createHostGroup(hosts);
  const line = new HostLine({
    ...{ hosts: hostGroup, group, source: hosts.transport },
    threads: threadsOfReplica(coreShare(numProcesses)),
    facts: {
      "the version of @acc/core": ownVersion(),
      "the number of replicas of each host": hosts.replicasOf.join(", "),
      timeoutMs: String(timeoutMs),
    },
  });
  return { group: hostGroup, line };
}

/** Where the output of the replicas goes: the first host draws, the others name themselves in each line. */
export function hostTerminal(hosts: HostsOptions | undefined): Terminal {
  if (!hosts || hosts.host === 0) return new Terminal();
  const { stdout, stderr } = process;
  return new Terminal(labelled(stdout, hosts.name), labelled(stderr, hosts.name), "off");
}

/** The host of a replica, to follow its rank in a message; empty where there is one. */
export function placeOf(hosts: HostsOptions | undefined): string {
  return hosts ? ` on ${hosts.name}` : "";
}
