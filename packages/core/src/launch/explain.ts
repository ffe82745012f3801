import { ControlBlock } from "../collective/control-block.ts";
import { describePlace } from "../collective/describe-places.ts";
import { RankPlaces } from "../collective/rank-places.ts";
import { localRanks, type SharedGroup } from "../collective/shared-group.ts";
import { RankClock } from "../rank-clock.ts";

/** How long a rank has for noting the line at which it waits: it is asleep, and has little to do. */
const ANSWER_MS = 100;
/** A wait that a user would notice. */
const LONG_WAIT_MS = 10_000;

/**
 * Where each rank of this host stands, one line each: its step, the collective in which it waits or the last one it was in, the line of the
 * script, and since when.
 */
export async function explainRanks(group: SharedGroup): Promise<string[]> {
  const control = new ControlBlock(group.control, group.worldSize);
  const places = new RankPlaces(group.places, group.worldSize);
  control.askForSites();
  await new Promise((resolve) => setTimeout(resolve, ANSWER_MS));
  return localRanks(group).map((rank) => {
    const { batches } = new RankClock(group.clock, rank).read();
    const step = batches === 0 ? "before its first step" : `step ${batches}`;
    return `rank ${rank}, ${step}: ${describePlace(control, places, rank)}`;
  });
}

/** Tells where the ranks stand whenever the process gets a signal. Returns what ends that. */
export function explainedBySignal(
  name: NodeJS.Signals | undefined,
  group: SharedGroup,
  tell: (lines: readonly string[]) => void,
): () => void {
  if (name === undefined || process.platform === "win32") return () => {};
  const explain = async (): Promise<void> => tell(await explainRanks(group));
  process.on(name, explain);
  return () => process.off(name, explain);
}

/**
 * Tells where the ranks stand, once, when one has waited long for the others.
 *
 * @returns what ends that.
 */
export function explainLongWaits(
  group: SharedGroup,
  tell: (lines: readonly string[]) => void,
  limitMs: number = LONG_WAIT_MS,
): () => void {
  const places = new RankPlaces(group.places, group.worldSize);
  const ranks = localRanks(group);
  let told = 0;
  const look = async (): Promise<void> => {
    const waits = ranks.map((rank) => places.read(rank)).filter(({ state }) => state === "waits");
    const isLong = waits.some(({ since }) => since > told && Date.now() - since >= limitMs);
    if (!isLong) return;
    // Ranks that join this wait later are in it too.
    told = Date.now();
    tell(await explainRanks(group));
  };
  const timer = setInterval(look, Math.max(10, Math.min(1000, limitMs / 10)));
  return () => clearInterval(timer);
}
