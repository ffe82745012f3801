/**
 * Runs every test file in a process of its own, with a time limit, and prints `N passed, N failed`.
 * `node tools/run-tests.mjs [--long|--peers] [PATTERN]` runs the files whose path contains PATTERN: the short ones; the long ones,
 * and the slow tests of short ones; or those that compare us with other tools.
 */
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { SUFFIXES, testFiles } from "./test-files.mjs";

/**
 * How long a file may run, and how many run at the same time: one more than there are cores, as most wait for something
 * part of the time; long ones wait less.
 */
const LIMITS = {
  short: { timeoutMs: 240_000, jobs: Math.min(availableParallelism(), 8) + 1 },
  long: { timeoutMs: 600_000, jobs: 2 },
  peers: { timeoutMs: 240_000, jobs: 2 },
};
const preload = new URL("../packages/core/src/register-ts.mjs", import.meta.url).href;
/**
 * Every test starts processes and threads that read the same modules, so they share a cache. Coverage does without it:
 * each counter needs a newly read module.
 */
const cache = fileURLToPath(new URL("../node_modules/.cache/compiled", import.meta.url));
const env = process.env.NODE_V8_COVERAGE
  ? process.env
  : { NODE_COMPILE_CACHE: cache, ...process.env };

/** The slow tests of files with short ones are long tests; see `suite` of the test kit. */
const isShort = (file) => file.endsWith(SUFFIXES.short);
const holdsSlow = (file) => readFileSync(file, "utf8").includes("test.slow");

function runFile(file, timeoutMs) {
  return new Promise((resolve) => {
    const started = performance.now();
    const folder = mkdtempSync(join(tmpdir(), "acc-test-"));
    const child = spawn(process.execPath, ["--import", preload, file], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...env, TMPDIR: folder, ...(runsSlow && isShort(file) && { ACC_SLOW_TESTS: "1" }) },
    });
    let output = "";
    child.stdout.on("data", (chunk) => (output += chunk));
    child.stderr.on("data", (chunk) => (output += chunk));
    const timer = setTimeout(() => {
      output += `\nKilled: still running after ${timeoutMs / 1000} s.`;
      child.kill("SIGKILL");
    }, timeoutMs);
    child.on("close", (code) => {
      clearTimeout(timer);
      clear(folder);
      resolve({ code, output, seconds: (performance.now() - started) / 1000 });
    });
  });
}

/** Removes what a test has left in its temporary folder. */
function clear(folder) {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  } catch {
    // a process that the test has left behind still writes there
  }
}

const [pattern] = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
const kind = ["long", "peers"].find((name) => process.argv.includes(`--${name}`)) ?? "short";
const { timeoutMs, jobs } = LIMITS[kind];
const runsSlow = kind === "long";
const slowToo = runsSlow ? testFiles(pattern).filter(holdsSlow) : [];
const files = [...slowToo, ...testFiles(pattern, SUFFIXES[kind])];
let passed = 0;
let failed = 0;

/** Takes one file after the other until there are none. */
async function work(queue) {
  for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
    const { code, output, seconds } = await runFile(file, timeoutMs);
    // uvu ends with "Total: N" and "Passed: N"; a file that dies before that has failed as a whole.
    const total = Number(/Total:\s+(\d+)/.exec(output)?.[1] ?? 0);
    const ok = Number(/Passed:\s+(\d+)/.exec(output)?.[1] ?? 0);
    // The peer is missing on this machine: the file ran and skipped everything.
    const skipped = Number(/Skipped:\s+(\d+)/.exec(output)?.[1] ?? 0);
    const healthy = code === 0 && total + skipped > 0;
    passed += ok;
    failed += Math.max(total - ok, healthy ? 0 : 1);
    const verdict = !healthy ? "FAIL" : total > 0 ? "ok  " : "skip";
    console.log(`${verdict} ${file}  ${ok}/${total}  ${seconds.toFixed(1)} s`);
    if (!healthy) console.log(output);
  }
}

if (env.NODE_COMPILE_CACHE && !process.features.typescript) {
  const eraser = fileURLToPath(new URL("./erase-types.mjs", import.meta.url));
  spawnSync(process.execPath, [eraser], { env, stdio: "inherit" });
}
const queue = [...files];
await Promise.all(Array.from({ length: jobs }, () => work(queue)));
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
