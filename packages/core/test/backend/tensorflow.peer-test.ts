import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { tfjsNodeFolder } from "@acc/test-kit/peers/tfjs-node";
import { suite } from "uvu";
import * as assert from "uvu/assert";

const test = suite("on TensorFlow's own library");
const folder = tfjsNodeFolder();
const run = folder ? test : test.skip; // the installer has reported why it could not be built
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const REGISTER = new URL("../../src/register-ts.mjs", import.meta.url).href;
const TIMEOUT_MS = 120_000;

/** Runs node where a user has installed tfjs-node. */
function node(...args: string[]): Promise<{ code: number | null; stdout: string; all: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, {
      cwd: folder,
      timeout: TIMEOUT_MS,
      env: { ...process.env, NODE_OPTIONS: "", TF_CPP_MIN_LOG_LEVEL: "2" },
    });
    let [stdout, all] = ["", ""];
    child.stdout.on("data", (chunk) => {
      stdout += chunk;
      all += chunk;
    });
    child.stderr.on("data", (chunk) => {
      all += chunk;
    });
    child.on("close", (code) => resolve({ code, stdout, all }));
  });
}

run("auto takes it, and acc env says so", async () => {
  const { code, stdout, all } = await node(here("../../bin/acc.mjs"), "env", "--json");
  assert.is(code, 0, all);
  const { backends } = JSON.parse(stdout.slice(stdout.indexOf("{\n"))); // tfjs prints before
  const taken = backends.find((backend: { isAuto: boolean }) => backend.isAuto);
  assert.equal(taken, { name: "tensorflow", works: true, isAuto: true, reason: "" });
});

for (const numProcesses of [1, 2]) {
  run(`of ${numProcesses} replicas each computes with its share of the threads`, async () => {
    const args = ["launch", "--num-processes", String(numProcesses), here("fixtures/device.ts")];
    const { code, stdout, all } = await node(here("../../bin/acc.mjs"), ...args);
    assert.is(code, 0, all);
    const share = Math.max(1, Math.floor(availableParallelism() / numProcesses));
    const lines = stdout.split("\n").filter((line) => line.startsWith("rank"));
    const expected = [0, 1].map((rank) => `rank ${rank}: tensorflow 6 ${share}`);
    assert.equal(lines.sort(), expected.slice(0, numProcesses));
  });
}

for (const file of ["parity", "lifetime"]) {
  run(`the ${file} suite passes`, async () => {
    const { code, all } = await node("--import", REGISTER, here(`../train/${file}.test.ts`));
    assert.is(code, 0, all);
    assert.match(all, /Passed: +[1-9]/);
  });
}

test.run();
