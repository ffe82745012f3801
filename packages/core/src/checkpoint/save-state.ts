import { crc32 } from "node:zlib";
import { AcceleratorError } from "../errors.ts";
import { errorOf, type Fault, faultOf } from "../fault.ts";
import { type Checkpoint, LazyCheckpoint } from "./checkpoint.ts";
import type { CheckpointContent, Target } from "./checkpoint-content.ts";
import { copyState } from "./copy-state.ts";
import type { Spec } from "./entry.ts";
import type { SaveStateHook } from "./hooks.ts";
import { type Inventory, type Subject, takeInventory } from "./inventory.ts";
import type { OwnSpec, SavedRank } from "./rank-part.ts";
import { apartMessage } from "./replicas-apart.ts";
import type { WriteTurns } from "./write-turns.ts";

export type SaveRequest = {
  /** On the main process: where to. */
  readonly target: () => Promise<Target>;
  readonly hooks: readonly SaveStateHook[];
  /** Whether weights and slots were found to be others on each rank before; the same on every rank. */
  readonly isApart: boolean;
  /** They are, which `isApart` did not say; called on every rank. */
  readonly onApart: (message: string) => void;
  /** Makes it durable; called on the main process. The memory is not used for anything else until it settles. */
  readonly write: (content: CheckpointContent) => Promise<void>;
};

/** What the ranks tell each other before they copy. */
type Announcement = {
  readonly fault: Fault | undefined;
  /** Equal on all ranks if they hold the same things. */
  readonly key: number;
  readonly own: readonly OwnSpec[];
  /** The first rank of its host. */
  readonly firstRank: number;
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
    const path = target?.path ?? "";
    inventory = await takeInventory(subject, request.hooks, path, request.isApart);
  } catch (error) {
    fault = faultOf(error, "CHECKPOINT_FAILED");
  }
  const announcements = collective.allGatherObject<Announcement>(
    {
      ...{ fault, target, rank: inventory?.rank, own: inventory?.ownSpecs ?? [] },
      firstRank: rank - collective.localRank,
      key: keyOf(inventory?.shared.map(({ spec }) => spec) ?? []),
      previousFault: rank === 0 ? turns.lastFault : undefined,
    },
    CALL,
  );
  requireAgreement(announcements);
  const content = copyOf(subject, inventory as Inventory, announcements, request.onApart);
  const { previousFault, target: to } = announcements[0] as Announcement;
  const { path, iteration } = to as Target;
  const write = rank === 0 ? () => request.write({ ...content, target: to as Target }) : undefined;
  return new LazyCheckpoint(path, iteration, turns.begin(previousFault, write));
}

/** The copy of all ranks. Replicas that a script has trained apart are found when it is made: then it is made again. Collective. */
function copyOf(
  subject: Subject,
  inventory: Inventory,
  announcements: readonly Announcement[],
  onApart: SaveRequest["onApart"],
): Omit<CheckpointContent, "target"> {
  const { collective } = subject;
  const { content, isOfAll } = copyState(collective, inventory, announcements, CALL);
  if (collective.worldSize === 1) return content;
  collective.barrier(CALL);
  if (isOfAll()) return content;
  const { rank, own, ownSpecs, ...rest } = inventory.apart();
  const firstRank = collective.rank - collective.localRank;
  const ranks = collective.allGatherObject({ rank, own: ownSpecs, firstRank }, CALL);
  onApart(apartMessage(ranks.map((one) => one.own)));
  const again = copyState(collective, { rank, own, ownSpecs, ...rest }, ranks, CALL);
  collective.barrier(CALL);
  return again.content;
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
