import type { Collective } from "../collective/collective.ts";
import type { CheckpointContent } from "./checkpoint-content.ts";
import { readEntry, type Spec } from "./entry.ts";
import { STATE_FILE } from "./file-names.ts";
import type { Inventory } from "./inventory.ts";
import { type OwnSpec, type SavedRank, savedSpecs } from "./rank-part.ts";
import {
  checksumOfShare,
  copyShare,
  filesOf,
  isShareOfAll,
  layOut,
  partOf,
  type Share,
} from "./staging.ts";

/** What a rank has for itself, as the others need to know it. */
export type AnnouncedRank = {
  readonly rank: SavedRank | undefined;
  readonly own: readonly OwnSpec[];
  /** The first rank of its host. */
  readonly firstRank: number;
};

/** The state of all ranks, once each of them has copied its share. */
export type CopiedState = {
  readonly content: Omit<CheckpointContent, "target">;
  /** Whether what all have copied is what each of them has. After all have copied. Collective. */
  readonly isOfAll: () => boolean;
};

/** Copies this rank's share of the state, and what it has for itself, to memory that all share. Collective. */
export function copyState(
  collective: Collective,
  { shared, own, state, files }: Inventory,
  ranks: readonly AnnouncedRank[],
  call: string,
): CopiedState {
  // A variable that two models share is copied once.
  const entries = [...new Map(shared.map((entry) => [entry.source, entry])).values()];
  const layout = layOut(entries.map(({ spec }) => spec));
  const ofRanks = savedSpecs(ranks.map((one) => one.own));
  const ownSpecs = ofRanks.flat();
  const ownLayout = layOut(ownSpecs, layout.byteLength);
  const area = collective.share(ownLayout.byteLength, call);
  const differing = new Set(own.map(({ source }) => source));
  const share: Share = { entries, layout, area, differing };
  const { localRank, localWorldSize } = collective;
  const member = { rank: localRank, worldSize: localWorldSize }; // every host copies all that is equal on all ranks
  copyShare(share, member);
  const byKey = new Map(own.map((entry) => [placeOf(entry.spec), entry]));
  let next = 0;
  for (const [rank, specs] of ofRanks.entries()) {
    for (const spec of specs) {
      const entry = rank === collective.rank ? byKey.get(placeOf(spec)) : undefined;
      const offset = ownLayout.offsets[next++] as number;
      if (entry) readEntry(entry, partOf(area, spec, offset));
      // Rank 0 writes the checkpoint: it must have what ranks of other hosts have for themselves.
      if (ranks[rank]?.firstRank !== 0)
        collective.broadcast(partOf(area, spec, offset), rank, call);
    }
  }
  const offsets = new Map(entries.map(({ source }, i) => [source, layout.offsets[i] as number]));
  const all = [...shared.map(({ spec }) => spec), ...ownSpecs];
  const places = [
    ...shared.map(({ source }) => offsets.get(source) as number),
    ...ownLayout.offsets,
  ];
  const isMidWindow = ranks.some(({ rank }) => rank && rank.gradients.length > 0);
  const content = {
    requires: isMidWindow ? ["midWindow"] : [],
    json: new Map<string, unknown>([
      [STATE_FILE, { ...state, ranks: ranks.map(({ rank }) => rank) }],
      ...files,
    ]),
    tensors: filesOf(all, { offsets: places, byteLength: area.byteLength }, area),
  };
  return { content, isOfAll: () => isEqual(collective, share, call) };
}

/** Ranks of one host compare with what they have copied together, hosts compare a checksum of that. */
function isEqual(collective: Collective, share: Share, call: string): boolean {
  const { localRank, localWorldSize, worldSize } = collective;
  const isSame = isShareOfAll(share, { rank: localRank, worldSize: localWorldSize });
  const speaks = localRank === 0 && localWorldSize < worldSize;
  const checksum = speaks ? checksumOfShare(share) : undefined;
  const all = collective.allGatherObject({ isSame, checksum }, call);
  const checksums = new Set(all.map((one) => one.checksum).filter((one) => one !== undefined));
  return all.every((one) => one.isSame) && checksums.size <= 1;
}

function placeOf({ file, name }: Spec): string {
  return `${file}\n${name}`;
}
