import { rmSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readCheckpoint } from "../../src/checkpoint/files/read-checkpoint.ts";
import { launch } from "../../src/launch/launch.ts";
import { errorOf } from "./error-of.ts";
import type { Result } from "./fixtures/save-in-windows.ts";
import { scratch } from "./scratch-folder.ts";

const test = suite(
  "every rank's part is there, or there is no checkpoint (accelerate #3662, PR #4165)",
);
const script = new URL("./fixtures/save-in-windows.ts", import.meta.url);
/** What 100 loads of a state of some bytes may leave. */
const GROWTH = 36e6;

test("200 saves in 2000 batches, and 200 loads that leave nothing, on 3 replicas", async () => {
  const projectDir = scratch();
  const ranks = await launch<Result>(script, {
    ...{ numProcesses: 3, args: [projectDir, 2000], timeoutMs: 300_000 },
  });
  for (const { saves, inWindows, wrong, tensors, rss } of ranks) {
    assert.equal([saves, inWindows, wrong, tensors], [200, 100, [], 0]);
    const [half = 0, all = 0] = rss;
    assert.ok(all - half < GROWTH, `${all - half} bytes more`);
  }
  const folder = join(projectDir, "checkpoints/checkpoint_0");
  await readCheckpoint(folder);
  rmSync(join(folder, "rank_2.safetensors"));
  assert.is((await errorOf(readCheckpoint(folder))).code, "CHECKPOINT_DAMAGED");
});

test.run();
