import { crc32 } from "node:zlib";
import { AcceleratorError } from "../errors.ts";
import { errorOf, type Fault, faultOf } from "../fault.ts";
import { type Checkpoint, LazyCheckpoint } from "./checkpoint.ts";
import { readEntry, type Spec } from "./entry.ts";
import { STATE_FILE } from "./file-names.ts";
import type { StoredTensor } from "./files/stored-tensor.ts";
import type { SaveStateHook } from "./hooks.ts";
import { type Inventory, type Subject, takeInventory } from "./inventory.ts";
import { type OwnSpec, type SavedRank, savedSpecs } from "./rank-part.ts";
import { copyShare, filesOf, layOut, partOf } from "./staging.ts";
import type { WriteTurns } from "./write-turns.ts";

/** Where a checkpoint goes. */
export type Target = { readonly path: string; readonly iteration: number | undefined };

/** The content of a checkpoint, complete in memory. */
export type CheckpointContent = {
  readonly target: Target;
  readonly json: ReadonlyMap<string, unknown>;
  readonly tensors: ReadonlyMap<string, ReadonlyMap<string, StoredTensor>>;
  /** What a reader must know to use it. */
  readonly requires: readonly string[];
};

export type SaveRequest = {
  /** On the main process: where to. */
  readonly target: () => Promise<Target>;
  readonly hooks: readonly SaveStateHook[];
  /** Makes it durable; called on the main process. The memory is not used for anything else until it settles. */
  readonly write: (content: CheckpointContent) => Promise<void>;
};

/** What the ranks tell each other before they copy. */
type Announcement = {
  readonly fault: Fault | undefined;
  /** Equal on all ranks if they hold the same things. */
  readonly key: number;
  readonly own: readonly OwnSpec[];
  readonly rank: SavedRank | undefined;
  /** From the main process. */
  readonly target: Target | undefined;
  readonly previousFault: Fault | undefined;
};

/** The call as messages about disagreeing ranks show it. */
const CALL = "saveState()";

/**
 * Copies the state of all ranks to shared memory, each rank its share, and starts to write it. Resolves when it is copied.
 * Collective.
 *
 * @throws {AcceleratorError} on every rank, if any of them cannot save.
 */
export async function saveState(
  subject: Subject,
  turns: WriteTurns,
  request: SaveRequest,
): Promise<Checkpoint> {
  const { collective } = subject;
  const { rank } = collective;
  let inventory: Inventory | undefined;
  let target: Target | undefined;
  let fault: Fault | undefined;
  try {
    if (rank === 0) await turns.idle();
    target = rank === 0 ? await request.target() : undefined;
    inventory = await takeInventory(subject, request.hooks, target?.path ?? "");
  } catch (error) {
    fault = faultOf(error, "CHECKPOINT_FAILED");
  }
  const announcements = collective.allGatherObject<Announcement>(
    {
      ...{ fault, target, rank: inventory?.rank, own: inventory?.ownSpecs ?? [] },
      key: keyOf(inventory?.shared.map(({ spec }) => spec) ?? []),
      previousFault: rank === 0 ? turns.lastFault : undefined,
    },
    CALL,
  );
  requireAgreement(announcements);
  const content = copy(subject, inventory as Inventory, announcements);
  collective.barrier(CALL);
  const { previousFault, target: to } = announcements[0] as Announcement;
  const { path, iteration } = to as Target;
  const write = rank === 0 ? () => request.write({ ...content, target: to as Target }) : undefined;
  return new LazyCheckpoint(path, iteration, turns.begin(previousFault, write));
}

function copy(
  { collective }: Subject,
  { shared, own, state, files }: Inventory,
  announcements: readonly Announcement[],
): Omit<CheckpointContent, "target"> {
  // A variable that two models share is copied once.
  const unique = [...new Map(shared.map((entry) => [entry.source, entry])).values()];
  const layout = layOut(unique.map(({ spec }) => spec));
  const ofRanks = savedSpecs(announcements.map((one) => one.own));
  const ownSpecs = ofRanks.flat();
  const ownLayout = layOut(ownSpecs, layout.byteLength);
  const area = collective.share(ownLayout.byteLength, CALL);
  copyShare(unique, layout, area, collective, new Set(own.map(({ source }) => source)));
  const byKey = new Map(own.map((entry) => [placeOf(entry.spec), entry]));
  let next = 0;
  for (const [rank, specs] of ofRanks.entries()) {
    for (const spec of specs) {
      const entry = rank === collective.rank ? byKey.get(placeOf(spec)) : undefined;
      const offset = ownLayout.offsets[next++] as number;
      if (entry) readEntry(entry, partOf(area, spec, offset));
    }
  }
  const offsets = new Map(unique.map(({ source }, i) => [source, layout.offsets[i] as number]));
  const all = [...shared.map(({ spec }) => spec), ...ownSpecs];
  const places = [
    ...shared.map(({ source }) => offsets.get(source) as number),
    ...ownLayout.offsets,
  ];
  const content = { ...state, ranks: announcements.map(({ rank }) => rank) };
  const isMidWindow = announcements.some(({ rank }) => rank && rank.gradients.length > 0);
  return {
    requires: isMidWindow ? ["midWindow"] : [],
    json: new Map<string, unknown>([[STATE_FILE, content], ...files]),
    tensors: filesOf(all, { offsets: places, byteLength: area.byteLength }, area),
  };
}

function placeOf({ file, name }: Spec): string {
  return `${file}\n${name}`;
}

function keyOf(specs: readonly Spec[]): number {
  return crc32(JSON.stringify(specs));
}

/** @throws {AcceleratorError} on every rank the same. */
function requireAgreement(announcements: readonly Announcement[]): void {
  for (const [rank, { fault }] of announcements.entries()) {
    if (!fault) continue;
    const isAlone = announcements.length === 1;
    throw errorOf(isAlone ? fault : { ...fault, message: `Rank ${rank}: ${fault.message}` });
  }
  const other = announcements.findIndex(({ key }) => key !== announcements[0]?.key);
  if (other < 0) return;
  throw new AcceleratorError(
    "CHECKPOINT_FAILED",
    `saveState: rank ${other} holds other variables or optimizer slots than rank 0. Every rank must prepare the same objects ` +
      "and update the same variables.",
  );
}
