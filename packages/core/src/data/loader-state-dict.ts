import { AcceleratorError } from "../errors.ts";
import { foundText } from "../options/found-text.ts";
import type { Progress } from "./loader-cursor.ts";
import { BEGINNING, type Position, type SourceState } from "./position.ts";

/** How random orders are made; a name of its own for every way there will ever be. */
export const ORDER = "xoshiro128**-fisher-yates-1";

/** What a loader reads, and in which order. */
export type LoaderFacts = {
  readonly kind: "list" | "sampler" | "stream";
  /** Samples in the dataset; null if it is not known. */
  readonly length: number | null;
  readonly shuffle: boolean;
  readonly order: string;
  /** False if every rank has a stream of its own: `shard: false`. */
  readonly isShared: boolean;
  /** What a step of all ranks moves the cursor by. */
  readonly globalBatch: number;
  readonly worldSize: number;
};

/** How far a loader is in its epoch. */
type Cursor = {
  /**
   * Samples of the epoch that are consumed, on all replicas together; batches where a `batchSampler` makes them; samples
   * of one replica where each has a stream of its own.
   */
  readonly cursor: number;
  /** What the stream or the batchSampler needs to go on; missing if counting is enough. */
  readonly source?: SourceState;
};

/**
 * Where a prepared loader stands, as plain data: the same on every rank, for any number of replicas. With `shard: false`
 * it is that of one rank, or of all ranks as `gatherStateDict` joins them.
 */
export type LoaderStateDict = LoaderFacts &
  Cursor & {
    readonly version: 1;
    /** Of the pass in progress; between passes, of the next one. */
    readonly epoch: number;
    /** Whether the epoch has begun. */
    readonly inPass: boolean;
    /** Seed of epoch 0. */
    readonly seed: number;
    /** Of every rank, where each has a stream of its own. */
    readonly ranks?: readonly Cursor[];
  };

export function stateDictOf(
  facts: LoaderFacts,
  { epoch, inPass, position }: Progress,
  seed: number,
): LoaderStateDict {
  const { consumed: cursor, source } = position;
  return { version: 1, epoch, inPass, cursor, seed, ...facts, ...(source ? { source } : {}) };
}

/** The states of a loader on all ranks, in rank order, as one that fits every rank. */
export function joinLoaderStates(states: readonly LoaderStateDict[]): LoaderStateDict {
  const [first] = states as [LoaderStateDict, ...LoaderStateDict[]];
  if (first.isShared) return first;
  const ranks = states.map(({ cursor, source }) => ({ cursor, ...(source ? { source } : {}) }));
  return { ...first, ranks };
}

/** The progress that a state tells a rank of. */
export function progressOf(state: LoaderStateDict, rank: number): Progress {
  const { epoch, inPass, ranks } = state;
  const { cursor: consumed, source } = ranks?.[rank] ?? state;
  const position: Position = { consumed, ...(source ? { source } : {}) };
  return { epoch, inPass, position: inPass ? position : BEGINNING };
}

/**
 * Whether a state belongs to a loader.
 *
 * @throws {AcceleratorError} `OPTION_INVALID` if it is no state of a loader, `CHECKPOINT_DATA_CHANGED` if the dataset, or
 *   the order of its samples, is another one.
 */
export function requireFit(state: LoaderStateDict, facts: LoaderFacts): void {
  requireStateDict(state);
  const requireEqual = (what: string, before: unknown, now: unknown): void => {
    if (before === now) return;
    throw new AcceleratorError(
      "CHECKPOINT_DATA_CHANGED",
      `The data loader of the checkpoint had ${what} ${before}, this one has ${now}: its epoch cannot go on. Pass the ` +
        "same dataset and options as before, or start the run anew.",
    );
  };
  requireEqual("a dataset of the kind", state.kind, facts.kind);
  requireEqual("a dataset of the length", state.length, facts.length);
  requireEqual("the order", state.order, facts.order);
  if (!state.inPass) return;
  requireEqual("the option shuffle", state.shuffle, facts.shuffle);
  requireEqual("the option shard", state.isShared, facts.isShared);
  if (!facts.isShared) {
    requireEqual("streams of their own for replicas:", state.worldSize, facts.worldSize);
  }
}

function requireStateDict(state: LoaderStateDict): void {
  const { version, epoch, cursor, seed, globalBatch, inPass, source, ranks } = (state ??
    {}) as Partial<LoaderStateDict>;
  const isState =
    version === 1 &&
    (ranks === undefined || Array.isArray(ranks)) &&
    [epoch, cursor, ...(ranks ?? []).map((rank) => (rank as Cursor | null)?.cursor)].every(
      isCount,
    ) &&
    Number.isSafeInteger(seed) &&
    isCount(globalBatch) &&
    typeof inPass === "boolean" &&
    [source, ...(ranks ?? []).map((rank) => rank.source)].every(isSource);
  if (isState) return;
  throw new AcceleratorError(
    "OPTION_INVALID",
    `loadStateDict: this is not the state of a data loader: ${foundState(state)}. Pass what stateDict() ` +
      "of a prepared loader returned.",
  );
}

function foundState(state: unknown): string {
  try {
    return JSON.stringify(state)?.slice(0, 200) ?? foundText(state);
  } catch {
    return foundText(state);
  }
}

function isSource(value: unknown): boolean {
  return value === undefined || (typeof value === "object" && value !== null);
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
