import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { launch } from "../../src/launch/launch.ts";
import type { Held } from "./fixtures/save-often.ts";
import { scratch } from "./scratch-folder.ts";

const test = suite("memory of saves and loads");
const script = new URL("./fixtures/save-often.ts", import.meta.url);
/** After so many saves the memory is measured. */
const MARKS = [50, 200];
/** A tenth of the states that are saved in between. */
const GROWTH = 36e6;

for (const numProcesses of [1, 2]) {
  test(`200 asynchronous saves hold no more memory than 50, on ${numProcesses} replica(s) (accelerate #2102)`, async () => {
    if (!existsSync("/proc/self/fd")) return; // not Linux
    const projectDir = scratch();
    const args = [projectDir, MARKS];
    const [held = []] = await launch<Held[]>(script, { numProcesses, args, timeoutMs: 300_000 });
    const [first, last] = held as [Held, Held];
    const text = JSON.stringify(held);
    assert.ok(last.rss - first.rss < GROWTH, text);
    assert.is(last.tensors, first.tensors, text);
    assert.ok(last.threads <= first.threads, text);
    assert.ok(last.files <= first.files + 1, text); // another thread may have one open
    const names = readdirSync(join(projectDir, "checkpoints"));
    assert.equal(names.sort(), ["checkpoint_199", "latest.json"]);
  });
}

/** Of the state that is loaded; Adam has two slots as large. */
const WEIGHT_BYTES = 4 * 12_000_000;
/** Weights and two slots of Adam: the process has them once while it loads, whatever the number of ranks. */
const STATE_BYTES = 3 * WEIGHT_BYTES;
for (const numProcesses of [1, 2, 3]) {
  test(`a load holds one copy of the state beside those of the ranks: ${numProcesses} replica(s) (accelerate #1507 #1210)`, async () => {
    if (!existsSync("/proc/self/clear_refs")) return; // not Linux
    const folder = join(scratch(), "state");
    const load = new URL("./fixtures/load-peak.ts", import.meta.url);
    await launch(load, { numProcesses: 1, args: [folder, true] });
    const [grown = Number.NaN] = await launch<number>(load, {
      numProcesses,
      args: [folder, false],
    });
    const slots = 2 * WEIGHT_BYTES * numProcesses; // the weights were there before
    const copies = (grown - slots) / STATE_BYTES;
    assert.ok(copies < 1.4, `${copies.toFixed(2)} copies, ${grown / 1e6} MB`);
  });
}

test.run();
