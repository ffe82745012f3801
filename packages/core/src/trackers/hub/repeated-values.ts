import { createHash } from "node:crypto";
import type { JournalReader } from "../../journal/journal-reader.ts";
import type { JournalEntry, ResumeRecord } from "../../journal/journal-record.ts";
import { isForTrackers } from "../../journal/journal-record.ts";
import { encodeValue } from "../../journal/journal-value.ts";
import { readHistory } from "../../journal/run-history.ts";
import type { LogValue } from "../../tracker-contract/log-value.ts";
import type { DeliveredEvent } from "../../tracker-contract/tracker-event.ts";
import { partsOf } from "./event-parts.ts";

/** Longer values are compared by their hash. */
const SHOWN = 64;

/** `sequences`: of each attempt that has logged it, oldest first; `value`: the last one. */
type Recorded = { readonly sequences: readonly number[]; readonly value: string };

/** A value of an event that an earlier process has logged too. */
export type Repetition = {
  /** The name of the value within the event. */
  readonly name: string;
  /** The entries with the earlier ones, one for each attempt. */
  readonly earlier: readonly number[];
};

/**
 * Values that are logged a second time, by a run that goes on from a checkpoint before them. Values are the same if they
 * have the same name and step; values without a step, if they are logged under a name in the same order behind the checkpoint.
 * Entries of earlier attempts are compared too: those that were under way when their process died are delivered again.
 */
export class RepeatedValues {
  /** One for each resume, oldest first. */
  readonly #attempts: readonly AttemptValues[];

  /**
   * @param resumes of the run, oldest first; at least one.
   * @param warn is told of differences in what the last attempt logs.
   */
  constructor(resumes: readonly ResumeRecord[], warn: (message: string) => void) {
    this.#attempts = resumes.map((_, at) => {
      const isLast = at === resumes.length - 1;
      return new AttemptValues(
        resumes.slice(0, at + 1),
        resumes[at + 1]?.sequence ?? Number.POSITIVE_INFINITY,
        isLast ? warn : () => {},
      );
    });
  }

  /** Number of values that the last attempt has logged again, equal and not. */
  get counts(): { readonly equal: number; readonly different: number } {
    return this.#attempts.at(-1)?.counts ?? { equal: 0, different: 0 };
  }

  /** Takes all entries of the run, in their order. */
  see(entry: JournalEntry): void {
    for (const attempt of this.#attempts) attempt.see(entry);
  }

  /** What of an entry was logged before. */
  of(sequence: number): readonly Repetition[] {
    return this.#attempts.findLast((attempt) => attempt.has(sequence))?.of(sequence) ?? [];
  }
}

/** What one attempt logs a second time. */
class AttemptValues {
  readonly #warn: (message: string) => void;
  readonly #earlier = new Map<string, Recorded>();
  /** The last configuration, wherever it is. */
  #config: Recorded | undefined;
  readonly #repetitions = new Map<number, Repetition[]>();
  /** Values without a step that were seen behind the last resume, by name. */
  readonly #places = new Map<string, number>();
  readonly #resumes: readonly ResumeRecord[];
  /** The first entry that is not of this attempt. */
  readonly #end: number;
  #equal = 0;
  #different = 0;

  /** @param resumes up to the one of this attempt, oldest first. */
  constructor(resumes: readonly ResumeRecord[], end: number, warn: (message: string) => void) {
    this.#resumes = resumes;
    this.#end = end;
    this.#warn = warn;
  }

  get counts(): { readonly equal: number; readonly different: number } {
    return { equal: this.#equal, different: this.#different };
  }

  has(sequence: number): boolean {
    return sequence >= (this.#resumes.at(-1)?.sequence ?? 0) && sequence < this.#end;
  }

  see(entry: JournalEntry): void {
    if (entry.sequence >= this.#end) return;
    if (entry.type === "resume") this.#places.clear();
    if (!isForTrackers(entry)) return;
    const { sequence } = entry;
    const last = this.#resumes.at(-1);
    if (!last || sequence < last.sequence) this.#remember(entry, last);
    else this.#compare(entry);
  }

  of(sequence: number): readonly Repetition[] {
    return this.#repetitions.get(sequence) ?? [];
  }

  #remember(entry: DeliveredEvent, last: ResumeRecord | undefined): void {
    const { sequence } = entry;
    if (entry.type === "config") {
      this.#config = { sequences: [sequence], value: textOf(entry.values) };
    }
    const isSuperseded = this.#resumes.some(
      (one) => sequence >= one.from && sequence < one.sequence,
    );
    if (!isSuperseded) return;
    const isOfLast = last !== undefined && sequence >= last.from;
    for (const { key, value } of partsOf(entry, (name) => this.#place(name))) {
      // Places count from the checkpoint, so those of earlier attempts mean something else.
      if (isOfLast || !key.isPlace) {
        const { sequences = [] } = this.#earlier.get(key.text) ?? {};
        this.#earlier.set(key.text, { sequences: [...sequences, sequence], value: textOf(value) });
      }
    }
    if (!isOfLast) this.#places.clear();
  }

  #compare(entry: DeliveredEvent): void {
    const { sequence } = entry;
    const found: Repetition[] = [];
    if (entry.type === "config") {
      const before = this.#config;
      if (before?.value === textOf(entry.values))
        found.push({ name: "", earlier: before.sequences });
    }
    for (const { key, name, value } of partsOf(entry, (text) => this.#place(text))) {
      const before = this.#earlier.get(key.text);
      if (!before) continue;
      found.push({ name, earlier: before.sequences });
      const now = textOf(value);
      if (before.value === now) this.#equal += 1;
      else this.#differs(entry, name, before.value, now);
    }
    if (found.length > 0) this.#repetitions.set(sequence, found);
  }

  #differs(entry: DeliveredEvent, name: string, before: string, now: string): void {
    this.#different += 1;
    if (this.#different > 1) return;
    const step = entry.type === "config" ? undefined : entry.context.step;
    const place = step === undefined ? "" : ` of step ${step}`;
    this.#warn(
      `The run does not repeat itself: ${entry.type === "metrics" ? "" : `${entry.type} `}"${name}"${place} was ${shown(before)} ` +
        `before the interruption and is ${shown(now)} now. Something that affects training is not in the checkpoint: ` +
        "unseeded random numbers, the time, other data or another number of threads. Further differences are counted.",
    );
  }

  #place(name: string): number {
    const place = this.#places.get(name) ?? 0;
    this.#places.set(name, place + 1);
    return place;
  }
}

/**
 * The repeated values of a whole journal; undefined if its run never went on from a checkpoint.
 *
 * @param resumes all such records of it.
 */
export async function readRepeated(
  reader: JournalReader,
  resumes: readonly ResumeRecord[],
  warn: (message: string) => void,
): Promise<RepeatedValues | undefined> {
  if (resumes.length === 0) return undefined;
  const repeated = new RepeatedValues(resumes, warn);
  await readHistory(reader, (entry) => repeated.see(entry));
  return repeated;
}

function textOf(value: unknown): string {
  const text = JSON.stringify(encodeValue(value as LogValue)) ?? "";
  return text.length <= SHOWN ? text : createHash("sha256").update(text).digest("hex");
}

function shown(text: string): string {
  return /^[0-9a-f]{64}$/.test(text) ? "another value" : text;
}
