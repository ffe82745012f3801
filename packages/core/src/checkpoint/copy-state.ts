import type { Collective } from "../collective/collective.ts";
import type { CheckpointContent } from "./checkpoint-content.ts";
import { readEntry, type Spec } from "./entry.ts";
import { STATE_FILE } from "./file-names.ts";
import type { Inventory } from "./inventory.ts";
import { type OwnSpec, type SavedRank, savedSpecs } from "./rank-part.ts";
import { copyShare, filesOf, isShareOfAll, layOut, partOf, type Share } from "./staging.ts";

/** What a rank has for itself, as the others need to know it. */
export type AnnouncedRank = {
  readonly rank: SavedRank | undefined;
  readonly own: readonly OwnSpec[];
};

/** The state of all ranks, once each of them has copied its share. */
export type CopiedState = {
  readonly content: Omit<CheckpointContent, "target">;
  /** Whether what others have copied is what this rank has. After all have copied. */
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
  copyShare(share, collective);
  const byKey = new Map(own.map((entry) => [placeOf(entry.spec), entry]));
  let next = 0;
  for (const [rank, specs] of ofRanks.entries()) {
    for (const spec of specs) {
      const entry = rank === collective.rank ? byKey.get(placeOf(spec)) : undefined;
      const offset = ownLayout.offsets[next++] as number;
      if (entry) readEntry(entry, partOf(area, spec, offset));
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
  return { content, isOfAll: () => isShareOfAll(share, collective) };
}

function placeOf({ file, name }: Spec): string {
  return `${file}\n${name}`;
}
