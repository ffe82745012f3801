import { nameRanks } from "../collective/call-text.ts";
import { ControlBlock } from "../collective/control-block.ts";
import { localRanks, type SharedGroup } from "../collective/shared-group.ts";
import { AcceleratorError } from "../errors.ts";
import { RankClock } from "../rank-clock.ts";
import { type Alarm, createAlarm } from "./alarm.ts";

/**
 * Watches that replicas move: that they begin steps or meet in collectives. It begins with the first step: nobody
 * knows how long a script prepares. Ends the run with `REPLICA_HUNG` when no replica has moved for the time limit.
 */
export function watchReplicas(group: SharedGroup, limitMs: number | undefined): Alarm {
  return createAlarm((ring) => {
    if (limitMs === undefined) return () => {};
    const control = new ControlBlock(group.control, group.worldSize);
    const ranks = localRanks(group);
    const clocks = ranks.map((rank) => new RankClock(group.clock, rank));
    let before = "";
    let movedAt = performance.now();
    const look = (): void => {
      const batches = clocks.map((clock) => clock.read().batches);
      const state = `${batches}/${ranks.map((rank) => control.arrivals(rank))}`;
      if (!batches.some(Boolean) || state !== before) {
        before = state;
        movedAt = performance.now();
      } else if (performance.now() - movedAt >= limitMs) ring(hung(control, ranks, limitMs));
    };
    const timer = setInterval(look, Math.max(10, Math.min(1000, limitMs / 4)));
    return () => clearInterval(timer);
  });
}

/** The ranks for which the others wait; all of them if none waits. */
function hung(control: ControlBlock, ranks: readonly number[], limitMs: number): AcceleratorError {
  const arrivals = ranks.map((rank) => control.arrivals(rank));
  const last = ranks.filter((_, index) => arrivals[index] === Math.min(...arrivals));
  return new AcceleratorError(
    "REPLICA_HUNG",
    `No replica has begun a step or met the others for ${limitMs} ms; ${nameRanks(last)} did not move. Look at what the ` +
      "script does there, or raise watchdogMs if a step may take as long.",
  );
}
