import { describeHeader } from "./call-text.ts";
import type { ControlBlock } from "./control-block.ts";
import type { RankPlaces } from "./rank-places.ts";

/** Where a rank stands, as a clause that follows `rank 1`: `waits in gather(float32[2]) for 12.3 s, at train.ts:31:20`. */
export function describePlace(control: ControlBlock, places: RankPlaces, rank: number): string {
  const { state, since, headerSet, site } = places.read(rank);
  if (control.hasLeft(rank)) return "has ended its script";
  if (state === "began") return "has been in no collective yet";
  const call = describeHeader(control.headerOf(rank, headerSet));
  const place = site === "" ? "" : `, at ${site}`;
  const time = `for ${((Date.now() - since) / 1000).toFixed(1)} s (since ${clock(since)})`;
  if (state === "waits") return `waits in ${call} ${time}${place}`;
  return `has been in no collective ${time}; its last one was ${call}${place}`;
}

/** The time of day, as a watch shows it. */
function clock(since: number): string {
  const date = new Date(since);
  const parts = [date.getHours(), date.getMinutes(), date.getSeconds()];
  return parts.map((part) => String(part).padStart(2, "0")).join(":");
}
