import { createHash } from "node:crypto";
import { resolve } from "node:path";
import { findSources } from "../sources/find-sources.ts";
import type {
  LibraryChange,
  MediaItem,
  Point,
  RunDetail,
  RunGrowth,
  RunList,
  RunNotes,
  RunSummary,
  TextPage,
} from "../wire/schema.ts";
import type { AllPoints, MediaContent, PointQuery, Series, SeriesQuery } from "../wire/series.ts";
import type { Library, LibraryOptions } from "./library.ts";
import { soundNotes, writeNotes } from "./notes.ts";
import { pointOf, seriesOf } from "./series-of.ts";
import { ShelvedRun } from "./shelved-run.ts";

/** How often runs that are being recorded are read. */
const TICK_MS = 250;
/** How often the others are looked at, and the tree is searched for new runs. */
const LOOK_MS = 2000;
/** A search that takes long is repeated only after so many times as long. */
const SEARCH_SHARE = 50;
const DEFAULT_MEMORY_MB = 512;
/** Most keys in a list of runs. */
const LISTED_KEYS = 20_000;
const LEAST_KEYS = 20;

/** A library in this thread: see `Library`. */
export class LocalLibrary implements Library {
  readonly #directory: string;
  readonly #given: string;
  readonly #memoryBytes: number;
  readonly #runs = new Map<string, ShelvedRun>();
  #unsearched: readonly string[] = [];
  #listeners = new Set<(change: LibraryChange) => void>();
  #added = new Set<string>();
  #removed = new Set<string>();
  #changed = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #isTicking = false;
  #lookedAt = 0;
  #searchDueAt = 0;
  #uses = 0;
  #isClosed = false;
  #first: Promise<void>;

  constructor(directory: string, { memoryMb = DEFAULT_MEMORY_MB, isLive = true }: LibraryOptions) {
    this.#given = directory;
    this.#directory = resolve(directory);
    this.#memoryBytes = memoryMb * 2 ** 20;
    this.#first = this.#search().then(() => this.#readAll());
    if (isLive) {
      this.#timer = setInterval(() => void this.#tick(), TICK_MS);
    }
  }

  async runs(): Promise<RunList> {
    const runs = this.#shown();
    const keys = runs.reduce((sum, { index }) => sum + index.keys.size, 0);
    const limit =
      keys <= LISTED_KEYS
        ? Number.POSITIVE_INFINITY
        : Math.max(LEAST_KEYS, Math.floor(LISTED_KEYS / runs.length));
    return {
      ...{ version: 1, directory: this.#given },
      runs: runs.map((run) => run.summary(this.#directory, limit)),
      unsearched: this.#unsearched,
    };
  }

  async run(id: string): Promise<RunDetail | undefined> {
    return this.#runs.get(id)?.detail(this.#directory);
  }

  async series(queries: readonly SeriesQuery[]): Promise<readonly (Series | undefined)[]> {
    const answers: (Series | undefined)[] = [];
    for (const query of queries) {
      const run = await this.#withPoints(query.run);
      answers.push(run && seriesOf(run.index, query));
    }
    return answers;
  }

  async point(query: PointQuery): Promise<Point | undefined> {
    const run = await this.#withPoints(query.run);
    return run && pointOf(run.index, query);
  }

  async points(id: string, key: string): Promise<AllPoints | undefined> {
    const run = await this.#withPoints(id);
    const points = run?.index.keys.get(key)?.points;
    return (
      points && {
        steps: points.steps.toArray(),
        times: points.times.toArray(),
        values: points.values.toArray(),
        resumedAt: points.resumedAt,
      }
    );
  }

  async texts(id: string, from: number): Promise<TextPage | undefined> {
    return this.#runs.get(id)?.index.texts.page(from);
  }

  async console(id: string, from: number): Promise<TextPage | undefined> {
    return this.#runs.get(id)?.index.consoleLines.page(from);
  }

  async media(
    id: string,
    item: Pick<MediaItem, "offset" | "index">,
  ): Promise<MediaContent | undefined> {
    return await this.#runs.get(id)?.source.media(item);
  }

  async note(id: string, notes: RunNotes): Promise<RunSummary | undefined> {
    const run = this.#runs.get(id);
    if (run?.source.kind !== "journal") return undefined;
    run.notes = soundNotes({ ...run.notes, ...notes });
    await writeNotes(run.folder, run.notes);
    this.#changed.add(id);
    return run.summary(this.#directory, Number.POSITIVE_INFINITY);
  }

  async folder(id: string): Promise<string | undefined> {
    return this.#runs.get(id)?.folder;
  }

  whole(): Promise<void> {
    return this.#first;
  }

  onChange(listener: (change: LibraryChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#timer);
    await this.#first;
  }

  /** Without those that another source has of the same run. */
  #shown(): ShelvedRun[] {
    const runs = this.#newestFirst();
    return runs.filter((run) => !runs.some((other) => isWrittenBy(run, other)));
  }

  #newestFirst(): ShelvedRun[] {
    return [...this.#runs.values()].sort(
      (a, b) => b.index.about.startedMs - a.index.about.startedMs,
    );
  }

  /** Finds runs that are new, and those that are gone. */
  async #search(): Promise<void> {
    const started = performance.now();
    const isKnown = new Set([...this.#runs.values()].map(({ folder }) => folder));
    const { opened, folders, unsearched } = await findSources(this.#directory, isKnown);
    this.#unsearched = unsearched;
    for (const [id, { folder }] of this.#runs) if (!folders.has(folder)) this.#remove(id);
    for (const source of opened) {
      const id = this.#runs.has(source.id) ? otherId(source.folder) : source.id;
      const run = new ShelvedRun(id, source);
      this.#runs.set(id, run);
      await run.readNotes();
      this.#added.add(id);
    }
    const took = performance.now() - started;
    this.#searchDueAt = performance.now() + took * SEARCH_SHARE;
  }

  /** A little of each first, so that a list has all configurations soon; then the newest first. */
  async #readAll(): Promise<void> {
    for (const run of this.#newestFirst()) {
      if (this.#isClosed) return;
      await run.look();
      await this.#advance(run);
    }
    for (const run of this.#newestFirst()) {
      while (!this.#isClosed && !run.isComplete && (await this.#advance(run))) {}
      await run.look();
    }
  }

  /** @returns whether there is more to read. */
  async #advance(run: ShelvedRun): Promise<boolean> {
    const { edition } = run.index;
    const result = await run.advance();
    if (result === "void") {
      this.#remove(run.id);
      this.#searchDueAt = 0;
      return false;
    }
    if (run.index.edition !== edition || result === "end") this.#changed.add(run.id);
    if (run.index.isStale) await run.reread();
    this.#keepBudget(run);
    return result === "more";
  }

  /** Follows what is being recorded; now and then also looks at everything else. */
  async #tick(): Promise<void> {
    if (this.#isTicking || this.#isClosed) return;
    this.#isTicking = true;
    try {
      await this.#first;
      const now = performance.now();
      const isLook = now - this.#lookedAt >= LOOK_MS;
      if (isLook) {
        this.#lookedAt = now;
        if (now >= this.#searchDueAt) await this.#search();
      }
      for (const run of this.#newestFirst()) {
        if (!isLook && !run.isRunning && run.isComplete) continue;
        const { version } = run;
        while ((await this.#advance(run)) && !this.#isClosed) {}
        if (isLook) await run.look();
        if (run.version !== version) this.#changed.add(run.id);
      }
      this.#tell();
    } finally {
      this.#isTicking = false;
    }
  }

  #tell(): void {
    const grown = [...this.#changed].flatMap((id) => this.#growthOf(id) ?? []);
    const change = { added: [...this.#added], grown, removed: [...this.#removed] };
    for (const ids of [this.#changed, this.#added, this.#removed]) ids.clear();
    const size = change.added.length + grown.length + change.removed.length;
    if (size > 0) for (const listener of this.#listeners) listener(change);
  }

  #growthOf(id: string): RunGrowth | undefined {
    const run = this.#runs.get(id);
    if (!run || this.#added.has(id)) return undefined;
    const keys = run.index.takeGrown().flatMap((name) => {
      const key = run.index.keys.get(name);
      if (!key) return [];
      const { count, last, lastStep } = key.stats.summary();
      return [[name, { count, last, lastStep }] as const];
    });
    const { version, status } = run;
    return { id, version, status, lastMs: run.index.lastMs, keys: Object.fromEntries(keys) };
  }

  #remove(id: string): void {
    this.#runs.delete(id);
    this.#removed.add(id);
  }

  /** The run, with its points in memory. */
  async #withPoints(id: string): Promise<ShelvedRun | undefined> {
    const run = this.#runs.get(id);
    if (!run) return undefined;
    run.usedAt = ++this.#uses;
    if (!run.index.isDropped) return run;
    await run.reread();
    this.#keepBudget(run);
    return this.#runs.get(id);
  }

  /** Drops the points of the runs that were not asked for the longest; never those of the one at hand. */
  #keepBudget(current: ShelvedRun): void {
    const kept = [...this.#runs.values()].filter(({ index }) => !index.isDropped);
    let bytes = kept.reduce((sum, { index }) => sum + index.bytes, 0);
    if (bytes <= this.#memoryBytes) return;
    for (const run of kept.sort((a, b) => a.usedAt - b.usedAt)) {
      if (run === current || bytes <= this.#memoryBytes) continue;
      bytes -= run.index.bytes;
      run.index.drop();
    }
  }
}

/** Most time between the start of a run and that of the files that one of its trackers writes. */
const SAME_START_MS = 60_000;

/** Whether files of another tool are those that a tracker of a run has written: its journal has all of it already. */
function isWrittenBy({ source, index }: ShelvedRun, run: ShelvedRun): boolean {
  if (source.kind === "journal" || !run.index.about.writers.includes(source.kind)) return false;
  const { project, startedMs } = run.index.about;
  const isNear = Math.abs(index.about.startedMs - startedMs) < SAME_START_MS;
  return isNear && index.about.project === project;
}

/** Of a run whose id another one has too: a copy of it, for instance. */
function otherId(folder: string): string {
  return createHash("sha256").update(folder).digest("hex").slice(0, 32);
}
