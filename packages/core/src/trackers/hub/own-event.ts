import { resolve } from "node:path";
import { type DeliveryCursor, isDropped } from "../../journal/delivery-cursor.ts";
import { isForTrackers, type JournalEntry } from "../../journal/journal-record.ts";
import type { GeneralTracker } from "../../tracker-contract/general-tracker.ts";
import type { DeliveredEvent } from "../../tracker-contract/tracker-event.ts";
import { withoutValues } from "./event-parts.ts";
import type { RepeatedValues } from "./repeated-values.ts";

/** What of an entry a tracker gets; undefined if it is not for it, or all of it was delivered before. */
export function ownEvent(
  entry: JournalEntry,
  tracker: GeneralTracker,
  cursor: DeliveryCursor,
  repeated: RepeatedValues | undefined,
): DeliveredEvent | undefined {
  if (!isForTrackers(entry) || isDropped(cursor, entry.sequence)) return undefined;
  if (entry.target !== undefined && entry.target !== tracker.name) return undefined;
  const isObserved = entry.type === "system" || entry.type === "console";
  if (isObserved && !entry.to.includes(tracker.name)) return undefined;
  const repetitions = repeated?.of(entry.sequence) ?? [];
  if (repetitions.length === 0) return entry;
  if (tracker.repeatedValues === "replaced" && entry.type !== "config") return entry;
  const delivered = cursor.superseded.at(-1)?.deliveredTo ?? 0;
  const has = (sequence: number): boolean => sequence < delivered && !isDropped(cursor, sequence);
  const theirs = repetitions.filter(({ earlier }) => earlier.some(has));
  return withoutValues(entry, new Set(theirs.map(({ name }) => name)));
}

export type ArtifactPlace = {
  /** Folder that paths of artifacts are relative to. */
  readonly runFolder: string;
  /** Finds the file of an artifact, and may refuse it; by default every path is taken. */
  readonly locate?: (path: string) => Promise<string>;
};

/** The event as a tracker gets it: with its own options only, and the whole path of an artifact. */
export async function addressed(
  { logOptions, ...event }: DeliveredEvent,
  name: string,
  { runFolder, locate }: ArtifactPlace,
): Promise<DeliveredEvent> {
  if (event.type === "config") return event;
  const options = logOptions?.[name];
  const context = options ? { ...event.context, options } : event.context;
  if (event.type !== "artifact") return { ...event, context };
  const path = (await locate?.(event.artifact.path)) ?? resolve(runFolder, event.artifact.path);
  return { ...event, context, artifact: { ...event.artifact, path } };
}
