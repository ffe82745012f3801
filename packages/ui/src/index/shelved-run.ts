import { createHash } from "node:crypto";
import { relative } from "node:path";
import type { RunSource } from "../sources/run-source.ts";
import type {
  JsonValue,
  KeySummary,
  RunDetail,
  RunNotes,
  RunStatus,
  RunSummary,
  TrackerSummary,
} from "../wire/schema.ts";
import { readNotes } from "./notes.ts";
import { RunIndex } from "./run-index.ts";

/** What is read of a run at a time: about 60 ms of work, and others wait meanwhile. */
const PORTION_BYTES = 8 << 20;

/** One run of a library: its source, what was read of it, and what the user wrote. */
export class ShelvedRun {
  readonly id: string;
  source: RunSource;
  index: RunIndex = new RunIndex();
  notes: RunNotes = {};
  trackers: readonly TrackerSummary[] = [];
  isRunning = false;
  /** Whether its end was reached once. */
  isComplete = false;
  /** When it was asked for, as a count. */
  usedAt = 0;
  #reading: Promise<"more" | "end" | "void"> | undefined;
  #rereading: Promise<void> | undefined;
  #summary: { readonly version: string; readonly summary: RunSummary } | undefined;

  constructor(id: string, source: RunSource) {
    this.id = id;
    this.source = source;
  }

  get folder(): string {
    return this.source.folder;
  }

  get status(): RunStatus {
    const { finished } = this.index;
    if (finished) return finished;
    if (this.isRunning) return "running";
    return this.source.kind === "journal" ? "killed" : "unknown";
  }

  get version(): string {
    const { bytes, damage } = this.source;
    const state = [bytes, this.status, damage, this.isComplete, this.notes, this.trackers];
    return createHash("sha256").update(JSON.stringify(state)).digest("hex").slice(0, 16);
  }

  /** Reads on. Never rejects. `void`: what was read is not there any more. */
  advance(): Promise<"more" | "end" | "void"> {
    this.#reading ??= this.#advance().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  /** Looks whether it is being recorded, and what trackers lack. */
  async look(): Promise<void> {
    this.isRunning = await this.source.isRunning();
    const last = this.index.lastSequence;
    const { trackers } = this.index.about;
    this.trackers = await Promise.all(
      trackers.map(async (name) => ({ name, pending: await this.source.pending(name, last) })),
    );
  }

  async readNotes(): Promise<void> {
    if (this.source.kind === "journal") this.notes = await readNotes(this.folder);
  }

  /**
   * Reads it anew, and keeps its points again. What is known of it stays until then. Never rejects; if what was read is not there
   * any more, nothing changes.
   */
  reread(): Promise<void> {
    this.#rereading ??= this.#reread().finally(() => {
      this.#rereading = undefined;
    });
    return this.#rereading;
  }

  /** @param directory the folder that the library shows. @param keyLimit most keys of the answer. */
  summary(directory: string, keyLimit: number): RunSummary {
    const version = `${this.version} ${keyLimit} ${directory}`;
    if (this.#summary?.version !== version) {
      this.#summary = { version, summary: this.#summaryOf(directory, keyLimit) };
    }
    return this.#summary.summary;
  }

  detail(directory: string): RunDetail {
    const { configValues, mediaItems, calls, resumedAt, pauses, firstStep } = this.index;
    return {
      ...{ version: 1, run: this.#summaryOf(directory, Number.POSITIVE_INFINITY) },
      ...{ config: configValues, media: mediaItems, calls, resumedAt, pauses },
      ...{ numTexts: this.index.texts.count, numConsoleLines: this.index.consoleLines.count },
      firstStep: firstStep ?? null,
    };
  }

  async #reread(): Promise<void> {
    const source = this.source.again();
    const index = new RunIndex();
    for (;;) {
      const result = await source.advance(index, PORTION_BYTES);
      if (result === "gone" || result === "replaced") return;
      if (result === "end") break;
    }
    await this.#reading; // nothing is being added to the old one
    this.source = source;
    this.index = index;
  }

  async #advance(): Promise<"more" | "end" | "void"> {
    const { source, index } = this;
    const result = await source.advance(index, PORTION_BYTES);
    if (result === "gone" || result === "replaced") return "void";
    if (result === "end") this.isComplete = true;
    return result;
  }

  #summaryOf(directory: string, keyLimit: number): RunSummary {
    const { index, notes, source } = this;
    const { project, script, startedMs } = index.about;
    return {
      ...{ id: this.id, kind: source.kind, folder: relative(directory, this.folder) || "." },
      ...{ name: notes.name ?? "", project, script, status: this.status },
      ...{ startedMs, lastMs: index.lastMs, activeMs: index.activeMs },
      config: flatConfig(index.configValues),
      ...{ tags: notes.tags ?? [], note: notes.note ?? "", color: notes.color ?? null },
      keys: limited(index.summaries(), keyLimit),
      ...{ numKeys: index.keys.size, trackers: this.trackers, bytes: source.bytes },
      resumes: index.resumes,
      ...{ damage: source.damage, isComplete: this.isComplete, version: this.version },
    };
  }
}

/** The keys that are looked at first: losses, then accuracies. */
function limited(
  keys: { readonly [key: string]: KeySummary },
  limit: number,
): { readonly [key: string]: KeySummary } {
  const entries = Object.entries(keys);
  if (entries.length <= limit) return keys;
  return Object.fromEntries(
    entries.sort(([a], [b]) => rankOfKey(a) - rankOfKey(b)).slice(0, limit),
  );
}

/** In which order keys are shown where there is no place for all. */
export function rankOfKey(key: string): number {
  if (/loss/i.test(key)) return 0;
  return /acc/i.test(key) ? 1 : 2;
}

/** Nested values by path: `{ a: { b: 1 } }` as `a.b`. */
function flatConfig(values: { readonly [key: string]: JsonValue }): { [key: string]: JsonValue } {
  const leaves = Object.entries(values).flatMap(([key, value]): [string, JsonValue][] => {
    const isNested = typeof value === "object" && value !== null && !Array.isArray(value);
    if (!isNested) return [[key, value]];
    const inner = flatConfig(value as { readonly [key: string]: JsonValue });
    return Object.entries(inner).map(([path, leaf]) => [`${key}.${path}`, leaf]);
  });
  return Object.fromEntries(leaves);
}
