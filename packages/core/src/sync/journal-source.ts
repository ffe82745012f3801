import type { JournalEnd, JournalReader, PlacedEntry } from "../journal/journal-reader.ts";
import type { EntrySource, LogPosition, ReadLimits } from "../trackers/hub/event-log.ts";

/**
 * The entries of a journal that no process writes any more. If its process was killed before it recorded the end of
 * the run, a last entry is added that says that it failed. Of a journal that has lost events no last entry is given: the
 * run is never closed.
 */
export class JournalSource implements EntrySource {
  readonly #reader: JournalReader;
  readonly #hasLosses: boolean;
  #end: JournalEnd | undefined;

  constructor(reader: JournalReader, hasLosses: boolean) {
    this.#reader = reader;
    this.#hasLosses = hasLosses;
  }

  /** The reason why reading ended, once it has. */
  get end(): JournalEnd | undefined {
    return this.#end;
  }

  async read(position: LogPosition, limits: ReadLimits): Promise<PlacedEntry[]> {
    const offset = position.offset ?? this.#reader.firstOffset;
    const { entries, end } = await this.#reader.read(offset, limits, position.sequence);
    if (end) this.#end = end;
    if (this.#hasLosses) return entries.filter(({ entry }) => entry.type !== "finish");
    if (end === undefined) return entries;
    if (entries.at(-1)?.entry.type === "finish") return entries;
    const sequence = entries.at(-1)?.entry.sequence ?? position.sequence - 1;
    const failure: PlacedEntry = {
      entry: { type: "finish", status: "failure", sequence: sequence + 1 },
      nextOffset: end.offset,
    };
    return [...entries, failure];
  }
}
