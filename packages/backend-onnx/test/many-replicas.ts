import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import * as assert from "uvu/assert";

const program = fileURLToPath(new URL("./fixtures/many-replicas.mjs", import.meta.url));
const LIMIT_MS = 500_000;
/** koffi and Node.js keep 0.2 MiB of every thread that has ended; a session of these replicas has 2 or more. */
const MOST_MIB_PER_REPLICA = 0.7;

type Footprint = {
  readonly threads: number;
  readonly files: number;
  readonly handles: number;
  readonly memoryMiB: number;
};

type Report = {
  readonly before: Footprint;
  readonly after: Footprint;
  readonly outcomes: Readonly<Record<string, readonly string[]>>;
};

/**
 * Launches two replicas so many times in a process of its own, and checks that nothing of them stays.
 *
 * @param ways how the replicas end, in turn.
 * @returns the results or the codes of errors that each way has led to.
 */
export async function leaveNothing(
  launches: number,
  warmUp: number,
  ways: readonly string[],
): Promise<Report["outcomes"]> {
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
  const args = [program, String(launches), String(warmUp), ...ways];
  const { stdout } = await promisify(execFile)(process.execPath, args, options);
  const { before, after, outcomes } = JSON.parse(stdout) as Report;
  assert.is(after.threads, before.threads, "threads");
  assert.is(after.files, before.files, "open files");
  assert.is(after.handles, before.handles, "handles");
  const numReplicas = 2 * (launches - warmUp);
  const left = (after.memoryMiB - before.memoryMiB) / numReplicas;
  console.log(`${numReplicas} replicas left ${left.toFixed(2)} MiB each`);
  assert.ok(left < MOST_MIB_PER_REPLICA, `each replica left ${left.toFixed(2)} MiB`);
  return outcomes;
}
