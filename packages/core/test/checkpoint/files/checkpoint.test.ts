import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  findCheckpoints,
  newestCheckpoint,
  nextCheckpoint,
} from "../../../src/checkpoint/files/find-checkpoints.ts";
import { readCheckpoint, verifyCheckpoint } from "../../../src/checkpoint/files/read-checkpoint.ts";
import { writeCheckpoint } from "../../../src/checkpoint/files/write-checkpoint.ts";
import { allTypes, codeOfError, FACTS, sampleFiles, scratch } from "./samples.ts";

const test = suite("checkpoint files");
const noWarning = (message: string): void => assert.unreachable(message);

test("what was written is read again, in its order, on any kind of memory", async () => {
  const folder = scratch();
  const { folder: target, iteration } = await nextCheckpoint(folder);
  assert.is(iteration, 0);
  const written = await writeCheckpoint(target, sampleFiles(3), { ...FACTS, iteration });
  for (const isShared of [false, true]) {
    const found = await readCheckpoint(target, { isShared });
    assert.equal(found.manifest, written);
    assert.equal(found.tensors("optimizer.safetensors"), allTypes());
    assert.equal([...found.tensors("optimizer.safetensors").keys()], [...allTypes().keys()]);
    assert.is(found.metadata("optimizer.safetensors").optimizer, "adam");
    assert.equal(found.json("state.json"), {
      ...{ seed: 3, best: Number.POSITIVE_INFINITY, draws: Uint32Array.of(3) },
    });
    assert.not(found.has("rank_1.safetensors"));
    const { buffer } = found.tensors("model.safetensors").get("w")?.bytes ?? new Uint8Array();
    assert.is(buffer instanceof SharedArrayBuffer, isShared);
  }
  assert.equal(await verifyCheckpoint(target), written);
  assert.equal(readdirSync(folder).sort(), ["checkpoint_0", "latest.json"]);
  assert.equal(JSON.parse(readFileSync(join(folder, "latest.json"), "utf8")), {
    ...{ format: 1, checkpoint: "checkpoint_0" },
  });
});

test("the newest is found by its number; numbers are never used twice; foreign names do not matter", async () => {
  const folder = scratch();
  assert.is(await newestCheckpoint(folder, noWarning), undefined);
  for (const iteration of [2, 9, 10]) {
    await writeCheckpoint(join(folder, `checkpoint_${iteration}`), sampleFiles(iteration), {
      ...FACTS,
      iteration,
    });
  }
  mkdirSync(join(folder, "backup of checkpoint_11"));
  mkdirSync(join(folder, "checkpoint_012"));
  writeFileSync(join(folder, "notes.txt"), "");
  const newest = await newestCheckpoint(folder, noWarning);
  assert.equal(newest?.json("state.json"), {
    ...{ seed: 10, best: Number.POSITIVE_INFINITY, draws: Uint32Array.of(10) },
  });
  const found = await findCheckpoints(folder);
  assert.equal(
    found.map(({ iteration }) => iteration),
    [2, 9, 10],
  );
  assert.is((await nextCheckpoint(folder)).iteration, 11);
});

test("a checkpoint is replaced on request only; files of the user stay", async () => {
  const target = join(scratch(), "best");
  await writeCheckpoint(target, sampleFiles(1), FACTS);
  writeFileSync(join(target, "notes.txt"), "mine");
  assert.is(
    await codeOfError(() => writeCheckpoint(target, sampleFiles(2), FACTS)),
    "CHECKPOINT_FAILED",
  );
  await writeCheckpoint(target, sampleFiles(2).slice(0, 1), FACTS, { isReplacing: true });
  assert.equal(readdirSync(target).sort(), ["checkpoint.json", "model.safetensors", "notes.txt"]);
  assert.equal(readdirSync(dirname(target)), ["best"]);
});

test("a folder that is no checkpoint is not replaced, and a file neither", async () => {
  const target = join(scratch(), "source");
  mkdirSync(target, { recursive: true });
  writeFileSync(join(target, "train.ts"), "");
  const write = (): unknown =>
    writeCheckpoint(target, sampleFiles(1), FACTS, { isReplacing: true });
  assert.is(await codeOfError(write), "CHECKPOINT_FAILED");
  assert.equal(readdirSync(target), ["train.ts"]);
  const file = join(target, "train.ts");
  assert.is(await codeOfError(() => writeCheckpoint(file, [], FACTS)), "CHECKPOINT_FAILED");
  assert.ok(existsSync(file));
});

test("an empty folder is as good as none", async () => {
  const target = join(scratch(), "new");
  mkdirSync(target, { recursive: true });
  await writeCheckpoint(target, sampleFiles(1), FACTS);
  assert.is((await verifyCheckpoint(target)).files.length, 3);
});

test.run();
