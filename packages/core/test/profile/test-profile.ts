import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Test } from "uvu";
import * as assert from "uvu/assert";
import { PHASES } from "../../src/phases.ts";
import { scratch } from "../checkpoint/scratch-folder.ts";
import { launchCalls } from "../launch/launch-calls.ts";
import type { Profiled } from "./fixtures/profiled.ts";

export const script = new URL("./fixtures/profiled.ts", import.meta.url);

type Event = {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur: number;
};

export const eventsOf = (path: string): Event[] => {
  const { traceEvents } = JSON.parse(readFileSync(path, "utf8")) as { traceEvents: Event[] };
  return traceEvents.filter(({ ph }) => ph === "X");
};

/** Tests what so many ranks record, always and by a schedule. */
export function testPhases(test: Test, worldSize: number): void {
  test(`${worldSize} ranks record each phase of each step, on one time axis`, async () => {
    const folder = join(scratch(), "new/traces");
    const before = Date.now() * 1000;
    const options = { outputTraceDir: folder };
    const schedule = { skipFirst: 1, wait: 1, warmup: 1, active: 2, repeat: 2 };
    const cycles = join(folder, "cycles");
    const [ranks = [], scheduled = []] = await launchCalls<Profiled>(script, worldSize, [
      [options, { steps: 4, slowRank: worldSize - 1 }],
      [
        { outputTraceDir: cycles, schedule },
        { steps: 10, accumulate: 2 },
      ],
    ]);
    const names = Array.from({ length: worldSize }, (_, rank) => `profile_${rank}.json`);
    assert.equal(
      readdirSync(folder).filter((name) => name !== "cycles"),
      names,
    );
    for (const [rank, { traces, result, recorded }] of ranks.entries()) {
      assert.is(result, "done");
      assert.equal(recorded, [0, 1, 2, 3]);
      assert.is(traces.length, 1);
      const path = join(folder, `profile_${rank}.json`);
      assert.is(traces[0]?.path, path);
      const events = eventsOf(path);
      const count = (name: string) => events.filter((event) => event.name === name).length;
      for (const name of ["forward", "backward", "optimizer"]) assert.is(count(name), 4, name);
      assert.is(count("loader"), 5, "the last one finds the end");
      assert.is(count("exchange"), 4);
      assert.is(count("all-reduce"), worldSize === 1 ? 0 : 4);
      if (worldSize > 1) assert.ok(count("wait") >= 8);
      for (let step = 0; step < 4; step++) assert.is(count(`step ${step}`), 1);
      const { totals } = traces[0] as Profiled["traces"][number];
      for (const name of PHASES) assert.is(totals[name]?.count ?? 0, count(name));
      for (const { pid, ts, dur } of events) {
        assert.is(pid, rank);
        assert.ok(ts > before && ts + dur <= Date.now() * 1000 + 1000);
      }
      // A step is its phases in order: loader, forward, backward, exchange, optimizer.
      const order = ["loader", "forward", "backward", "exchange", "optimizer"];
      const phases = events
        .filter(({ name }) => order.includes(name))
        .sort((a, b) => a.ts - b.ts || a.dur - b.dur)
        .map(({ name }) => name);
      assert.equal(phases, [...[0, 1, 2, 3].flatMap(() => order), "loader"]);
    }
    if (worldSize > 1) {
      const waited = (rank: number) => ranks[rank]?.traces[0]?.totals.wait?.totalMs ?? 0;
      assert.ok(waited(0) > 50, `rank 0 waits for the slow one: ${waited(0)}`);
    }

    for (const [rank, { traces, recorded }] of scheduled.entries()) {
      assert.equal(recorded, [3, 4, 7, 8]);
      assert.equal(
        traces.map(({ cycle, path }) => [cycle, path]),
        [0, 1].map((cycle) => [cycle, join(cycles, `profile_${rank}_${cycle}.json`)]),
      );
      for (const { totals } of traces) {
        assert.is(totals.backward?.count, 2);
        assert.is(totals.optimizer?.count, 1, "every second step updates");
      }
    }
  });
}
