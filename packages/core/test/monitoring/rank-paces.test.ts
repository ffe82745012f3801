import { setTimeout as sleep } from "node:timers/promises";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { SharedGroup } from "../../src/collective/shared-group.ts";
import { RankPaces } from "../../src/monitoring/rank-paces.ts";
import { clockBytes, RankClock } from "../../src/rank-clock.ts";
import type { RankPace } from "../../src/tracker-contract/monitoring.ts";
import { runRanks } from "../collective/run-ranks.ts";

const test = suite("the pace of the ranks");

test("a rank that waits for another is seen to wait, while it waits and afterwards", async () => {
  let during: readonly RankPace[] = [];
  let after: (() => readonly RankPace[]) | undefined;
  const look = async (group: SharedGroup): Promise<void> => {
    const clocks = [0, 1].map((rank) => new RankClock(group.clock, rank));
    const paces = new RankPaces(clocks);
    after = () => paces.since(400);
    const limit = Date.now() + 30_000;
    while (clocks[0]?.read().waitingUs === 0 && Date.now() < limit) await sleep(1);
    await sleep(200);
    during = paces.since(400);
  };
  const late = [{ do: "sleep", ms: 800 }, { do: "barrier" }] as const;
  let looking: Promise<void> | undefined;
  await runRanks([[{ do: "barrier" }], [...late]], {
    meanwhile: (group) => {
      looking = look(group);
    },
  });
  await looking;
  const [first, second] = during;
  assert.ok(first && first.waitingPercent >= 40, `${first?.waitingPercent} % while it waits`);
  assert.is(second?.waitingPercent, 0);
  const [rest] = after?.() ?? [];
  assert.ok(rest && rest.waitingPercent > 50, `${rest?.waitingPercent} % of the rest`);
});

test("loading is told without what is waited meanwhile, and never above the whole time", async () => {
  const clock = new RankClock(new SharedArrayBuffer(clockBytes(2)), 1);
  const paces = new RankPaces([clock]);
  await clock.timeLoading(async () => {
    clock.timeWaiting(() => spin(200));
    await sleep(100);
  });
  clock.countBatch();
  const [pace] = paces.since(1000);
  assert.ok(pace && pace.waitingPercent >= 20, String(pace?.waitingPercent));
  assert.ok(pace.loadingPercent >= 9, String(pace.loadingPercent));
  const { waitingUs, loadingUs } = clock.read();
  assert.ok(waitingUs + loadingUs >= 299_000 && loadingUs < waitingUs + 100_000);
  assert.is(pace.batchesPerSecond, 1);
  clock.timeWaiting(() => spin(20));
  assert.equal(paces.since(10), [{ batchesPerSecond: 0, waitingPercent: 100, loadingPercent: 0 }]);
});

test("counters that wrap around give the difference", () => {
  const buffer = new SharedArrayBuffer(clockBytes(1));
  const clock = new RankClock(buffer, 0);
  new Int32Array(buffer).fill(-2, 0, 1); // two batches before the counter is full
  const paces = new RankPaces([clock]);
  for (let batch = 0; batch < 5; batch++) clock.countBatch();
  assert.is(paces.since(1000)[0]?.batchesPerSecond, 5);
});

function spin(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

test.run();
