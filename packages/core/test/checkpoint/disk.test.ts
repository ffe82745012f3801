import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { scratch } from "./scratch-folder.ts";
import { smallTraining } from "./small-training.ts";

const test = suite("checkpoints on the disk");
const PRELOAD = ["--import", import.meta.resolve("@acc/core/register-ts")];
const SAVING = fileURLToPath(new URL("./fixtures/save-endlessly.ts", import.meta.url));
const LITTER = /^\.(tmp|old|trash)-/;
const SCHEDULE = `/proc/self/task/${process.pid}/schedstat`;
const VALUES = 24_000_000; // 96 MB

function litterIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).filter((name) => LITTER.test(name)) : [];
}

/** Kills a training while it writes a checkpoint. */
async function killWhileSaving(projectDir: string): Promise<void> {
  const folder = join(projectDir, "checkpoints");
  for (let attempt = 0; attempt < 20 && litterIn(folder).length === 0; attempt++) {
    const child = spawn(process.execPath, [...PRELOAD, SAVING, projectDir], { stdio: "inherit" });
    const exit = once(child, "exit");
    const end = Date.now() + 60_000;
    const isReady = (): boolean =>
      existsSync(join(folder, "checkpoint_0")) && litterIn(folder).length > 0;
    while (!isReady() && child.exitCode === null && Date.now() < end) await pause(1);
    child.kill("SIGKILL");
    await exit;
  }
}

test("what a killed run left is gone after the next start", async () => {
  const projectDir = scratch();
  const folder = join(projectDir, "checkpoints");
  await killWhileSaving(projectDir);
  assert.ok(litterIn(folder).length > 0);
  const training = await smallTraining({
    options: { projectDir, resumeFromCheckpoint: "latest" },
    optimizer: tf.train.sgd(0.1),
    model: { w: tf.variable(tf.zeros([10_000_000])) },
  });
  assert.ok((await training.accelerator.loadState()) !== undefined);
  assert.equal(litterIn(folder), []);
  assert.not(existsSync(join(folder, "lock")));
});

/** Milliseconds for which the training thread has been on a core. */
function threadMs(): number {
  return Number(readFileSync(SCHEDULE, "utf8").split(" ")[0]) / 1e6;
}

async function threadMsOf(call: () => unknown): Promise<number> {
  const before = threadMs();
  await call();
  return threadMs() - before;
}

/** The clock of the machine says nothing on a loaded one, so the time on a core is compared. */
test("the training thread copies the state, and does nothing for the disk (accelerate #3746)", async () => {
  if (!existsSync(SCHEDULE)) return; // not Linux
  const model = {
    w: tf.variable(tf.tensor1d([1, 2])),
    large: tf.variable(tf.ones([VALUES]), false), // is only saved
  };
  const accelerator = (await smallTraining({ model })).accelerator;
  const folder = scratch();
  await accelerator.saveState(join(folder, "first"), { wait: true }); // touches the memory
  const [from, to] = [new Float32Array(VALUES).fill(1), new Float32Array(VALUES).fill(2)];
  const copies: number[] = [];
  const saves: number[] = [];
  const writes: number[] = [];
  for (const name of ["a", "b", "c"]) {
    copies.push(await threadMsOf(() => to.set(from)));
    let written: Promise<unknown> = Promise.resolve();
    saves.push(
      await threadMsOf(async () => {
        ({ written } = await accelerator.saveState(join(folder, name)));
      }),
    );
    assert.not(existsSync(join(folder, name)), "saveState has waited for the disk");
    writes.push(await threadMsOf(() => written));
    assert.ok(existsSync(join(folder, name)));
  }
  const least = [copies, saves, writes].map((values) => Math.min(...values));
  const [copy = 0, save = 0, write = 0] = least;
  const text = `ms on a core: copy ${copy}, saveState ${save}, while it is written ${write}`;
  assert.ok(save < 2 * copy + 20, text);
  assert.ok(write < 10, text);
});

test.run();
