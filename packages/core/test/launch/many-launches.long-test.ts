import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { suite } from "uvu";
import * as assert from "uvu/assert";

const test = suite("200 launches in one process");
const script = fileURLToPath(new URL("./fixtures/many-launches.mjs", import.meta.url));
const LIMIT_MS = 500_000;
/** A leak of a third of a MiB per launch is above this limit; a thread that stays takes several MiB. */
const MOST_GROWTH_MIB = 30;

type Footprint = { threads: number; files: number; handles: number; memoryMiB: number };

test("leave no thread, no file, no handle and no memory behind", async () => {
  // Under plain Node.js, as a user runs it: a preload would go to every thread.
  const options = { timeout: LIMIT_MS, env: { ...process.env, NODE_OPTIONS: "" } };
  const { stdout } = await promisify(execFile)(process.execPath, [script], options);
  const [, before, ...samples] = JSON.parse(stdout) as [Footprint, Footprint, ...Footprint[]];
  const after = samples.at(-1) as Footprint;
  assert.is(after.threads, before.threads, "threads");
  assert.is(after.files, before.files, "open files");
  assert.is(after.handles, before.handles, "handles");
  // What malloc and V8 keep of ended threads goes up and down by 30 MiB: a leak lifts the lowest of several samples.
  const lowest = (of: readonly Footprint[]) => Math.min(...of.map(({ memoryMiB }) => memoryMiB));
  const grown = lowest(samples.slice(4)) - lowest([before, ...samples.slice(0, 4)]);
  assert.ok(grown < MOST_GROWTH_MIB, `${grown.toFixed(1)} MiB more: ${stdout}`);
});

test.run();
