/** The phases of a training step, their sums, and the traces on the disk. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Accelerator } from "../../src/index.ts";
import { PHASES } from "../../src/phases.ts";
import { cycleOf } from "../../src/profile/profile-options.ts";
import { errorOf, scratch } from "../checkpoint/scratch.ts";
import { launchCalls } from "../launch/launch-calls.ts";
import type { Profiled } from "./fixtures/profiled.ts";

const test = suite("profile");
const script = new URL("./fixtures/profiled.ts", import.meta.url);

type Event = {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur: number;
};

const eventsOf = (path: string): Event[] => {
  const { traceEvents } = JSON.parse(readFileSync(path, "utf8")) as { traceEvents: Event[] };
  return traceEvents.filter(({ ph }) => ph === "X");
};

for (const worldSize of [1, 2, 3]) {
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

test("what goes wrong is said on every rank, and leaves nothing behind", async () => {
  const folder = scratch();
  const file = join(folder, "file");
  writeFileSync(file, "");
  const calls = [
    [{}, { steps: 3, evaluates: true }],
    [{ outputTraceDir: folder }, { steps: 3, throwsAt: 1 }],
    [{}, { steps: 2, nested: true }],
    [{ outputTraceDir: join(file, "traces") }, { steps: 1 }],
    [{}, { steps: 1 }],
  ];
  const [evaluated, failed, nested, unwritten, after] = await launchCalls<Profiled>(
    script,
    2,
    calls,
  );
  for (const { traces } of evaluated ?? []) {
    assert.equal(Object.keys(traces[0]?.totals ?? {}).sort(), ["loader"]);
  }
  for (const [rank, { result }] of (failed ?? []).entries()) {
    assert.is(result, "Error: on purpose");
    const events = eventsOf(join(folder, `profile_${rank}.json`));
    assert.is(events.filter(({ name }) => name === "backward").length, 2);
  }
  for (const { result } of nested ?? []) assert.match(result, /^STATE_INVALID.*running already/);
  for (const { result } of unwritten ?? []) {
    assert.match(result, /^PROFILE_FAILED: .*rank 0.*Choose another/);
  }
  for (const { result, traces } of after ?? []) {
    assert.is(result, "done");
    assert.is(traces[0]?.totals.backward?.count, 1, "what failed before left nothing behind");
  }
});

test("the schedule is that of PyTorch", () => {
  const schedule = { skipFirst: 2, wait: 1, warmup: 2, active: 3, repeat: 2 };
  const cycles = Array.from({ length: 16 }, (_, step) => cycleOf(step, schedule) ?? ".").join("");
  assert.is(cycles, ".....000...111..");
  assert.is(cycleOf(5, { ...schedule, active: 1, repeat: 0, skipFirst: 0 }), undefined);
  assert.is(cycleOf(7, { ...schedule, active: 1, repeat: 0, skipFirst: 0 }), 1);
});

test("what an option cannot be is said", async () => {
  const accelerator = new Accelerator();
  const refused: [object, RegExp][] = [
    [{ schedule: {} }, /needs active/],
    [{ schedule: { active: 0 } }, /active must be an integer of at least 1/],
    [{ schedule: { active: 1, wait: -1 } }, /wait must be/],
    [{ outputTraceDir: "" }, /empty/],
    [{ outputDir: "a" }, /outputTraceDir/],
    [{ recordShapes: true }, /leave it out/],
  ];
  for (const [options, message] of refused) {
    const error = await errorOf(accelerator.profile(options, () => 1));
    assert.is(error.code, "OPTION_INVALID");
    assert.match(error.message, message);
  }
  const error = await errorOf(accelerator.profile({}, undefined as never));
  assert.match(error.message, /last argument must be a function/);
  assert.is(await accelerator.profile({}, () => 5), 5);
});

test.run();
