/**
 * Runs every test file in a process of its own, with a time limit, and prints `N passed, N failed`.
 * `node tools/run-tests.mjs [--peers] [PATTERN]` runs the files whose path contains PATTERN; with `--peers` those
 * that compare us with other tools.
 */
import { spawn } from "node:child_process";
import { testFiles } from "./test-files.mjs";

const FILE_TIMEOUT_MS = 240_000;
/** Files that run at the same time: most of them wait for something most of the time. */
const JOBS = 2;
const preload = new URL("../packages/core/src/register-ts.mjs", import.meta.url).href;

function runFile(file) {
  return new Promise((resolve) => {
    const started = performance.now();
    const child = spawn(process.execPath, ["--import", preload, file], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    child.stdout.on("data", (chunk) => (output += chunk));
    child.stderr.on("data", (chunk) => (output += chunk));
    const timer = setTimeout(() => {
      output += `\nKilled: still running after ${FILE_TIMEOUT_MS / 1000} s.`;
      child.kill("SIGKILL");
    }, FILE_TIMEOUT_MS);
    child.on("close", (code) => {
      clearTimeout(timer);
      resolve({ code, output, seconds: (performance.now() - started) / 1000 });
    });
  });
}

const patterns = process.argv.slice(2).filter((argument) => argument !== "--peers");
const isPeers = process.argv.includes("--peers");
const files = testFiles(patterns[0], isPeers ? ".peer-test.ts" : ".test.ts");
let passed = 0;
let failed = 0;

/** Takes one file after the other until there are none. */
async function work(queue) {
  for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
    const { code, output, seconds } = await runFile(file);
    // uvu closes with "Total: N" and "Passed: N"; a file that dies before that has failed as a whole.
    const total = Number(/Total:\s+(\d+)/.exec(output)?.[1] ?? 0);
    const ok = Number(/Passed:\s+(\d+)/.exec(output)?.[1] ?? 0);
    const healthy = code === 0 && total > 0;
    passed += ok;
    failed += Math.max(total - ok, healthy ? 0 : 1);
    console.log(`${healthy ? "ok  " : "FAIL"} ${file}  ${ok}/${total}  ${seconds.toFixed(1)} s`);
    if (!healthy) console.log(output);
  }
}

const queue = [...files];
await Promise.all(Array.from({ length: JOBS }, () => work(queue)));
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
