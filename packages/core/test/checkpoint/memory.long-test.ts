import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { launch } from "../../src/launch/launch.ts";
import type { Held } from "./fixtures/save-often.ts";
import { scratch } from "./scratch-folder.ts";

const test = suite("many saves");
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

test.run();
