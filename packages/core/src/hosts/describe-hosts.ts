import { nameRanks } from "../collective/call-text.ts";
import { type HostGroup, ranksOf } from "./host-group.ts";

/** Ranks by their hosts: `ranks 2, 3 on nodeB and rank 4 on nodeC`. */
export function describeHosts(group: HostGroup, hosts: readonly number[]): string {
  return hosts
    .map((host) => `${nameRanks(ranksOf(group, host))} on ${group.names[host]}`)
    .join(" and ");
}
