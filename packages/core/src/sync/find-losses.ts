import type { Damage, JournalPortion, JournalReader } from "../journal/journal-reader.ts";

/** Most places that are named one by one. */
const NAMED = 5;

/** What a damaged journal has lost. */
export type Losses = {
  readonly damages: readonly Damage[];
  /** Number of events that are missing between those that are sound. */
  readonly events: number;
};

/**
 * Reads a whole journal.
 *
 * @param see is given every portion that was read, for who needs more of it than what is lost.
 * @returns undefined if nothing is lost.
 */
export async function findLosses(
  reader: JournalReader,
  see?: (portion: JournalPortion) => void,
): Promise<Losses | undefined> {
  const damages: Damage[] = [];
  let events = 0;
  let expected = 0;
  for await (const portion of reader.portions()) {
    see?.(portion);
    const { entries, damage: last } = portion;
    for (const { entry, damage } of entries) {
      if (damage) damages.push(damage);
      events += Math.max(0, entry.sequence - expected);
      expected = entry.sequence + 1;
    }
    if (last) damages.push(last);
  }
  return damages.length > 0 || events > 0 ? { damages, events } : undefined;
}

/** In the words behind "the journal is". */
export function describeLosses({ damages, events }: Losses): string {
  const places = damages
    .slice(0, NAMED)
    .map(({ offset, bytes, reason }) => `${offset} to ${offset + bytes} (${reason})`);
  const others = damages.length > NAMED ? `, and at ${damages.length - NAMED} more places` : "";
  const where = places.length > 0 ? ` at offset ${places.join(", ")}${others}` : "";
  const count = events === 1 ? "1 event is" : `${events} events are`;
  const lost = events > 0 ? count : "an unknown number of events is";
  return (
    `damaged${where}: ${lost} lost. What is sound is delivered; the run stays open. ` +
    "Remove its folder to give up what is lost"
  );
}
