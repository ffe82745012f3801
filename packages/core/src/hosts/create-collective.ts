import type { SharedGroup } from "../collective/shared-group.ts";
import { type MemberParts, SharedMemory } from "../collective/shared-memory.ts";
import type { HostGroup } from "./host-group.ts";
import { HostMoves } from "./host-moves.ts";

/**
 * What a replica meets the others with: shared memory, and the other hosts if there are any.
 *
 * @param group that of this host.
 */
export function createCollective(
  group: SharedGroup,
  rank: number,
  hosts: HostGroup | undefined,
  parts: MemberParts = {},
): SharedMemory {
  if (!hosts) return new SharedMemory(group, rank, parts);
  return new SharedMemory(group, rank, {
    ...parts,
    createMoves: (tools) => new HostMoves(tools, hosts),
  });
}
