import { AcceleratorError } from "../errors.ts";
import type { DeliveryCursor } from "./delivery-cursor.ts";
import type { JournalReader, PlacedEntry } from "./journal-reader.ts";

/**
 * Checks that a cursor can be one of this journal.
 *
 * @throws {AcceleratorError} `JOURNAL_INVALID` if it cannot: nothing tells which events were delivered then.
 */
export async function requireFit(
  reader: JournalReader,
  cursor: DeliveryCursor,
  tracker: string,
): Promise<void> {
  const fault = shapeFault(cursor) ?? (await placeFault(reader, cursor));
  if (fault === undefined) return;
  throw new AcceleratorError(
    "JOURNAL_INVALID",
    `What was delivered to ${tracker} does not fit the journal: ${fault}. Remove ${tracker}.cursor.json in its folder ` +
      "to deliver the whole run again.",
  );
}

function shapeFault({
  sequence,
  offset = 0,
  delivered,
  failed,
  firstError,
  state,
  isComplete,
  superseded,
}: DeliveryCursor): string | undefined {
  for (const [name, value] of Object.entries({ sequence, offset, delivered, failed })) {
    if (!Number.isSafeInteger(value) || value < 0) return `its ${name} is ${JSON.stringify(value)}`;
  }
  if (typeof isComplete !== "boolean") return `its isComplete is ${JSON.stringify(isComplete)}`;
  if (!["string", "undefined"].includes(typeof firstError)) return "its firstError is no text";
  if (state !== undefined && (typeof state !== "object" || state === null)) {
    return `its state is ${JSON.stringify(state)}`;
  }
  if (!Array.isArray(superseded) || !superseded.every(isRange)) {
    return `its superseded is ${JSON.stringify(superseded)}`;
  }
  return undefined;
}

function isRange(value: unknown): boolean {
  const { from, deliveredTo, to } = (value ?? {}) as { readonly [name: string]: unknown };
  const numbers = [from, deliveredTo, to];
  if (!numbers.every((number) => Number.isSafeInteger(number) && (number as number) >= 0)) {
    return false;
  }
  return (from as number) <= (deliveredTo as number) && (deliveredTo as number) <= (to as number);
}

async function placeFault(
  reader: JournalReader,
  { sequence, offset, isComplete }: DeliveryCursor,
): Promise<string | undefined> {
  if (offset === undefined) {
    return sequence === 0 && !isComplete ? undefined : `event ${sequence} has no place`;
  }
  if (offset < reader.firstOffset) return `offset ${offset} lies in the header`;
  const size = await reader.sizeBytes();
  if (offset > size) return `it ends at offset ${size}, before offset ${offset}`;
  // Records that came before, behind the end, are nothing to deliver.
  const least = isComplete ? sequence : 0;
  const { entries } = await reader.read(offset, { limit: 1, limitBytes: 1 }, least);
  const [next] = entries;
  if (isComplete) {
    const isEnd = next === undefined || next.entry.type === "finish";
    return isEnd ? undefined : `it says that all is delivered, and event ${sequence} is not`;
  }
  if (next === undefined || next.damage || next.entry.sequence === sequence) return undefined;
  if (next.entry.sequence > sequence && (await isGap(reader, sequence, next))) return undefined;
  return `event ${next.entry.sequence} lies at offset ${offset}, not ${sequence}`;
}

/** Whether the events from `sequence` up to an entry are nowhere in the journal: lost, not left out by the cursor. */
async function isGap(
  reader: JournalReader,
  sequence: number,
  { nextOffset }: PlacedEntry,
): Promise<boolean> {
  const limits = { limit: 1, limitBytes: Number.POSITIVE_INFINITY };
  const { entries } = await reader.read(reader.firstOffset, limits, sequence);
  return entries[0]?.nextOffset === nextOffset;
}
