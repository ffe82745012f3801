import type { JournalEnd, JournalReader, PlacedEntry } from "../journal/journal-reader.ts";
import type { EntrySource, LogPosition, ReadLimits } from "../trackers/event-log.ts";

/**
 * The entries of a journal that nobody writes any more. If its process was killed before it could say how the run
 * ended, the last entry says that it failed.
 */
export class JournalSource implements EntrySource {
  readonly #reader: JournalReader;
  #end: JournalEnd | undefined;

  constructor(reader: JournalReader) {
    this.#reader = reader;
  }

  /** Why reading came to an end, once it has. */
  get end(): JournalEnd | undefined {
    return this.#end;
  }

  async read(position: LogPosition, limits: ReadLimits): Promise<PlacedEntry[]> {
    const offset = position.offset ?? this.#reader.firstOffset;
    const { entries, end } = await this.#reader.read(offset, limits);
    if (end === undefined) return entries;
    this.#end = end;
    if (entries.at(-1)?.entry.type === "finish") return entries;
    const sequence = entries.at(-1)?.entry.sequence ?? position.sequence - 1;
    const failure: PlacedEntry = {
      entry: { type: "finish", status: "failure", sequence: sequence + 1 },
      nextOffset: end.offset,
    };
    return [...entries, failure];
  }
}
