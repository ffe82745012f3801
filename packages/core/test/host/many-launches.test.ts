import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { suite } from "uvu";
import * as assert from "uvu/assert";

const test = suite("200 launches in one process");
const script = fileURLToPath(new URL("./fixtures/many-launches.mjs", import.meta.url));
const LIMIT_MS = 200_000;

test("leave no thread, no file, no handle and no memory behind", async () => {
  // Under plain Node.js, as a user runs it: a preload would go to every thread. And with one heap that gives
  // back what is free: glibc keeps up to 100 MiB of the heaps of threads, now more, now less.
  const env = {
    ...process.env,
    NODE_OPTIONS: "",
    MALLOC_ARENA_MAX: "1",
    MALLOC_MMAP_THRESHOLD_: "16384",
    MALLOC_TRIM_THRESHOLD_: "4096",
  };
  const options = { timeout: LIMIT_MS, env };
  const { stdout } = await promisify(execFile)(process.execPath, [script], options);
  const { before, after } = JSON.parse(stdout);
  assert.is(after.threads, before.threads, "threads");
  assert.is(after.files, before.files, "open files");
  assert.is(after.handles, before.handles, "handles");
  const grown = after.memoryMiB - before.memoryMiB;
  assert.ok(grown < 60, `${grown.toFixed(1)} MiB more`); // 17 were seen: Node.js keeps 60 KiB of a thread
});

test.run();
