/** Series of kills at the two moments that the kills of saves seldom hit: while old checkpoints are removed, and while one is loaded. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { findCheckpoints, newestCheckpoint } from "../../src/checkpoint/files/find-checkpoints.ts";
import { cleanCheckpoints } from "../../src/checkpoint/files/litter.ts";
import { readCheckpoint } from "../../src/checkpoint/files/read-checkpoint.ts";
import { writeCheckpoint } from "../../src/checkpoint/files/write-checkpoint.ts";
import { FACTS, sampleFiles } from "./files/samples.ts";

const test = suite("kill -9 in retention and in a resume");
const PRELOAD = import.meta.resolve("@acc/core/register-ts");
const fileOf = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const failing = (warning: string) => assert.unreachable(warning);

type Child = { readonly stdout: Readable; readonly closed: Promise<unknown>; kill(): void };

function start(script: string, ...args: string[]): Child {
  const child = spawn(process.execPath, ["--import", PRELOAD, fileOf(script), ...args], {
    ...{ stdio: ["ignore", "pipe", "inherit"], timeout: 60_000 },
  });
  return { stdout: child.stdout, closed: once(child, "close"), kill: () => child.kill("SIGKILL") };
}

/** Removes checkpoints, and is killed so many milliseconds after its beginning. @returns how long it took without a kill. */
async function removeOld(folder: string, killAfterMs?: number): Promise<number> {
  const options = killAfterMs === undefined ? [] : [String(killAfterMs)];
  const { stdout, closed } = start("./files/fixtures/retain.ts", folder, ...options);
  let output = "";
  stdout.on("data", (chunk) => {
    output += chunk;
  });
  await closed;
  return Number(output);
}

/** Goes on with a training, and is killed at a random moment: after it has begun to load, or after it has saved. */
async function resumeShortly(project: string, saves: boolean): Promise<void> {
  const { stdout, closed, kill } = start("./fixtures/resume-endlessly.ts", project);
  await Promise.race([once(stdout, "data"), closed]);
  const newest = async () =>
    (await findCheckpoints(join(project, "checkpoints"))).at(-1)?.iteration;
  const before = await newest();
  for (let tries = 0; saves && tries < 3000 && (await newest()) === before; tries++)
    await pause(10);
  await pause(Math.random() * 40);
  kill();
  await closed;
}

test("50 times while checkpoints are removed: each is whole or gone, the newest two stay", async () => {
  const root = mkdtempSync(join(tmpdir(), "acc-kills-"));
  const template = join(root, "template");
  for (let iteration = 0; iteration < 40; iteration++) {
    const facts = { ...FACTS, iteration };
    const target = join(template, `checkpoint_${iteration}`);
    await writeCheckpoint(target, sampleFiles(iteration, 10), facts, { isDurable: false });
  }
  cpSync(template, join(root, "whole"), { recursive: true });
  const wholeMs = await removeOld(join(root, "whole"));
  let interrupted = 0;
  for (let kill = 0; kill < 50; kill++) {
    const folder = join(root, String(kill));
    cpSync(template, folder, { recursive: true });
    await removeOld(folder, Math.random() * wholeMs);
    const left = await findCheckpoints(folder);
    if (left.length > 2 && left.length < 40) interrupted += 1;
    for (const { folder: one, iteration } of left) {
      const { json } = await readCheckpoint(one);
      assert.is((json("state.json") as { seed: number }).seed, iteration);
    }
    const newest = left.map(({ iteration }) => iteration).slice(-2);
    assert.equal(newest, [38, 39]);
    assert.is((await newestCheckpoint(folder, failing))?.manifest.iteration, 39);
    await cleanCheckpoints(folder);
    const names = readdirSync(folder).filter((name) => !/^checkpoint_\d+$/.test(name));
    assert.equal(
      names.filter((name) => name !== "lock" && name !== "latest.json"),
      [],
    );
    rmSync(folder, { recursive: true });
  }
  rmSync(root, { recursive: true });
  assert.ok(interrupted >= 10, `only ${interrupted} of 50 kills came in the middle`);
});

test("50 times while a run goes on: no step is lost, and none is counted twice", async () => {
  const project = mkdtempSync(join(tmpdir(), "acc-kills-"));
  const folder = join(project, "checkpoints");
  let steps = 0;
  let withoutSave = 0;
  for (let kill = 0; kill < 50; kill++) {
    // A third of the lives is long enough to save; the others end while they load, or soon after.
    await resumeShortly(project, kill % 3 === 0);
    const newest = await newestCheckpoint(folder, failing).catch((error: { code: string }) => {
      if (error.code !== "CHECKPOINT_MISSING") throw error;
      return undefined;
    });
    const now = newest?.manifest.steps ?? 0;
    assert.ok(now >= steps, `${now} steps after ${steps}`);
    if (now === steps) withoutSave += 1;
    steps = now;
    if (!newest) continue;
    const bytes = newest.tensors("model.safetensors").values().next().value?.bytes as Uint8Array;
    const weights = new Float32Array(bytes.slice().buffer);
    assert.equal([...new Set(weights)], [-steps]);
  }
  assert.ok(steps > 0 && withoutSave > 0, `${steps} steps, ${withoutSave} lives without a save`);
  rmSync(project, { recursive: true });
});

test.run();
