/** The phases of a training step, their sums, and the traces on the disk. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "@acc/test-kit/suite";
import * as assert from "uvu/assert";
import { Accelerator } from "../../src/index.ts";
import { cycleOf } from "../../src/profile/profile-options.ts";
import { errorOf } from "../checkpoint/error-of.ts";
import { scratch } from "../checkpoint/scratch-folder.ts";
import { launchCalls } from "../launch/launch-calls.ts";
import type { Profiled } from "./fixtures/profiled.ts";
import { eventsOf, script, testPhases } from "./test-profile.ts";

const test = suite("profile");
testPhases(test, 2);

test.slow("what goes wrong is said on every rank, and leaves nothing behind", async () => {
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
