import type { Test } from "uvu";
import * as assert from "uvu/assert";
import { launch } from "../../../src/launch/launch.ts";
import type { ReducedResult } from "./fixtures/log-reduced.ts";

const script = new URL("./fixtures/log-reduced.ts", import.meta.url);

function expectedOn(count: number): unknown[] {
  const ranks = Array.from({ length: count }, (_, rank) => rank);
  const sum = (count * (count + 1)) / 2;
  const perRank = [
    ...ranks.map((rank) => [`text/rank_${rank}`, `rank ${rank}`]),
    ...ranks.map((rank) => [`loss/rank_${rank}`, rank]),
  ];
  const others = ranks.slice(1).reduce((total, rank) => total + rank, 0) / (count - 1);
  return [
    ["log", { loss: sum / count, done: 1 / count }, 0],
    ["log", { loss: sum }, 1],
    ["log", { own: 0 }, 2],
    ["log", { x: 0, y: count === 1 ? -0 : 1 - count }, 3],
    ["log", { x: count > 1 ? Number.NaN : 0 }, 4],
    ["log", Object.fromEntries(perRank), 5],
    ["log", { a: (1 + 3 * (count - 1)) / count, ...(count > 1 ? { ofOthers: others } : {}) }, 6],
    ...Array.from({ length: 200 }, (_, i) => ["log", { i: i * (count - 1) }, 7 + i]),
  ];
}

/** Replicas, the one that is late, and whether only the main process ends its training. */
export type Case = readonly [count: number, late: number, isMainAlone: boolean];

export function testReducedLog(test: Test, [count, late, isMainAlone]: Case): void {
  test(`records what all ranks log, in order, without waiting: ${count} replicas, rank ${late} late`, async () => {
    const ranks = await launch<ReducedResult>(script, {
      ...{ numProcesses: count, args: [late, isMainAlone, false], timeoutMs: 60_000 },
    });
    for (const [rank, { logged, warnings, codes }] of ranks.entries()) {
      assert.equal(logged, rank === 0 ? expectedOn(count) : [], `rank ${rank}`);
      assert.equal(warnings, []);
      assert.equal(codes, ["VALUE_INVALID", "VALUE_INVALID", "OPTION_INVALID"]);
    }
  });
}
