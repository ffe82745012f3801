import type { Place, RunSink, RunStart } from "../sources/run-source.ts";
import type { JsonValue, KeySummary, MediaItem, NativeCall, RunStatus } from "../wire/schema.ts";
import { isSystemKey, SYSTEM_PREFIX } from "../wire/system-keys.ts";
import { KeyStats } from "./key-stats.ts";
import { Points } from "./points.ts";
import type { Pause, RunPoints } from "./run-points.ts";
import { TextLines } from "./text-lines.ts";

/** Older ones are in the journal only. */
const MOST_CONSOLE_LINES = 100_000;

/** One key of a run: what counts, and what was logged again. */
export type Key = {
  stats: KeyStats;
  points: Points;
  /** Undefined if nothing was logged again. */
  rewound: Points | undefined;
};

type Placed<T> = { readonly sequence: number; readonly item: T };

/** What is in one run, by key. It takes what a source reads; it knows no file and no format. */
export class RunIndex implements RunSink, RunPoints {
  about: RunStart = { project: "", script: null, startedMs: 0, trackers: [], writers: [] };
  readonly keys: Map<string, Key> = new Map();
  readonly pauses: Pause[] = [];
  readonly resumedAt: { readonly step: number; readonly timeMs: number }[] = [];
  readonly calls: NativeCall[] = [];
  /** Nested, as it was logged. */
  configValues: { [key: string]: JsonValue } = {};
  /** How it ended, if it said so. */
  finished: RunStatus | undefined;
  lastMs = 0;
  /** The sequence of the last event. */
  lastSequence = -1;
  /** The first step that was logged. */
  firstStep: number | undefined;
  /** Counts changes. */
  edition = 0;
  #isDropped = false;
  #isStale = false;
  #lastStep = -1;
  #isResumed = false;
  /** How often another process went on. */
  resumes = 0;
  #media: Placed<MediaItem>[] = [];
  readonly texts: TextLines = new TextLines();
  readonly consoleLines: TextLines = new TextLines(MOST_CONSOLE_LINES);
  #numSamples = 0;
  /** Keys with points that `takeGrown` has not given yet. */
  readonly #grown = new Set<string>();

  start(about: RunStart): void {
    this.about = about;
    this.lastMs = about.startedMs;
    this.edition += 1;
  }

  config(values: { readonly [key: string]: JsonValue }): void {
    this.configValues = { ...this.configValues, ...values };
    this.edition += 1;
  }

  scalars(place: Place, keys: readonly string[], values: readonly number[]): void {
    const step = this.#stepOf(place);
    const { sequence, timeMs } = place;
    const at = { sequence, step, timeMs };
    for (let i = 0; i < keys.length; i++) this.#point(keys[i] as string, at, values[i] as number);
  }

  text(place: Place, key: string, text: string): void {
    const step = this.#stepOf(place);
    const { sequence, timeMs } = place;
    this.texts.add(sequence, { key, step, timeMs, text });
  }

  /** Samples count by themselves: they do not move the steps of the user. */
  system(
    { sequence, timeMs }: Omit<Place, "step">,
    values: { readonly [key: string]: number },
  ): void {
    const step = this.#numSamples++;
    for (const [name, value] of Object.entries(values)) {
      this.#point(`${SYSTEM_PREFIX}${name}`, { sequence, step, timeMs }, value);
    }
    this.#note(sequence, timeMs);
  }

  console(
    { sequence, timeMs }: Omit<Place, "step">,
    stream: "stdout" | "stderr",
    text: string,
  ): void {
    const step = Math.max(0, this.#lastStep);
    this.consoleLines.add(sequence, { key: stream, step, timeMs, text });
    this.#note(sequence, timeMs);
  }

  media(place: Place, item: Omit<MediaItem, "step" | "timeMs">): void {
    const { sequence, timeMs } = place;
    this.#media.push({ sequence, item: { ...item, step: this.#stepOf(place), timeMs } });
  }

  call(call: NativeCall): void {
    this.calls.push(call);
    this.edition += 1;
  }

  resume(from: number, place: Place): void {
    this.#rewind(place, (points, rewound) => points.moveFrom(from, rewound));
    this.#media = this.#media.filter(({ sequence }) => sequence < from);
    this.texts.keep((sequence) => sequence < from);
  }

  rewind(step: number, place: Place): void {
    this.#rewind(place, (points, rewound) => points.moveSteps(step, rewound));
    this.#media = this.#media.filter(({ item }) => item.step < step);
    this.texts.keep((_, at) => at < step);
  }

  finish(status: RunStatus): void {
    this.finished = status;
    this.edition += 1;
  }

  get mediaItems(): readonly MediaItem[] {
    return this.#media.map(({ item }) => item);
  }

  /** How long it was recorded, without the pauses. */
  get activeMs(): number {
    const paused = this.pauses.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
    return Math.max(0, this.lastMs - this.about.startedMs - paused);
  }

  get bytes(): number {
    let bytes = 0;
    for (const { points, rewound } of this.keys.values())
      bytes += points.bytes + (rewound?.bytes ?? 0);
    return bytes;
  }

  /** Frees the memory of the points; what is known of them stays, and goes on to be kept. */
  drop(): void {
    this.#isDropped = true;
    for (const key of this.keys.values()) {
      key.points = new Points();
      key.rewound = undefined;
    }
  }

  get isDropped(): boolean {
    return this.#isDropped;
  }

  /** Whether it must be read again: points that were dropped count no more. */
  get isStale(): boolean {
    return this.#isStale;
  }

  summaries(): { [key: string]: KeySummary } {
    const entries = [...this.keys].map(([name, { stats }]) => [name, stats.summary()] as const);
    return Object.fromEntries(entries);
  }

  /** The keys with new points since the last call. */
  takeGrown(): string[] {
    const names = [...this.#grown];
    this.#grown.clear();
    return names;
  }

  #point(name: string, at: Required<Place> & { readonly step: number }, value: number): void {
    let key = this.keys.get(name);
    if (!key) {
      key = { stats: new KeyStats(), points: new Points(), rewound: undefined };
      this.keys.set(name, key);
    }
    key.stats.add(at.step, value);
    if (!this.#isDropped) key.points.add(at.sequence, at.step, at.timeMs, value);
    this.#grown.add(name);
  }

  #note(sequence: number, timeMs: number): void {
    this.edition += 1;
    this.lastSequence = sequence;
    if (timeMs > this.lastMs) this.lastMs = timeMs;
  }

  /** Without a step, the one after the last, as in the TensorBoard tracker. */
  #stepOf({ sequence, step = this.#lastStep + 1, timeMs }: Place): number {
    this.#note(sequence, timeMs);
    this.#lastStep = step;
    this.firstStep ??= step;
    this.finished = undefined;
    if (this.#isResumed) {
      this.#isResumed = false;
      this.resumedAt.push({ step, timeMs });
    }
    return step;
  }

  #rewind({ sequence, timeMs }: Place, move: (points: Points, rewound: Points) => boolean): void {
    this.edition += 1;
    this.lastSequence = sequence;
    if (timeMs > this.lastMs) this.pauses.push({ fromMs: this.lastMs, toMs: timeMs });
    this.lastMs = Math.max(this.lastMs, timeMs);
    this.#isResumed = true;
    this.resumes += 1;
    this.finished = undefined;
    this.#lastStep = -1;
    this.#isStale ||= this.#isDropped;
    for (const [name, key] of this.keys) {
      const rewound = key.rewound ?? new Points();
      const { points } = key;
      if (move(points, rewound)) {
        key.rewound = rewound;
        key.stats = statsOf(points);
        this.#grown.add(name);
      }
      const { length } = points;
      if (length > 0) {
        if (points.resumedAt.at(-1) !== length) points.resumedAt.push(length);
        if (!isSystemKey(name))
          this.#lastStep = Math.max(this.#lastStep, points.steps.get(length - 1));
      }
    }
  }
}

function statsOf({ steps, values, length }: Points): KeyStats {
  const stats = new KeyStats();
  for (let i = 0; i < length; i++) stats.add(steps.get(i), values.get(i));
  return stats;
}
