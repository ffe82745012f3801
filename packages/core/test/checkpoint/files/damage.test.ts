import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { onSmallDisk } from "@acc/core/testing";
import { suite } from "@acc/test-kit/suite";
import * as assert from "uvu/assert";
import { lockCheckpoints } from "../../../src/checkpoint/files/checkpoint-lock.ts";
import {
  findCheckpoints,
  newestCheckpoint,
} from "../../../src/checkpoint/files/find-checkpoints.ts";
import { cleanCheckpoints } from "../../../src/checkpoint/files/litter.ts";
import { readCheckpoint, verifyCheckpoint } from "../../../src/checkpoint/files/read-checkpoint.ts";
import { writeCheckpoint } from "../../../src/checkpoint/files/write-checkpoint.ts";
import { codeOfError, FACTS, sampleFiles, scratch } from "./samples.ts";

const test = suite("checkpoints that are not as they were written");

async function written(count = 1): Promise<string> {
  const folder = scratch();
  for (let iteration = 0; iteration < count; iteration++) {
    const target = join(folder, `checkpoint_${iteration}`);
    await writeCheckpoint(target, sampleFiles(iteration), { ...FACTS, iteration });
  }
  return folder;
}

function changeManifest(target: string, members: object): void {
  const path = join(target, "checkpoint.json");
  const manifest = JSON.parse(readFileSync(path, "utf8"));
  writeFileSync(path, JSON.stringify({ ...manifest, ...members }));
}

function flipBit(path: string, at: number): void {
  const bytes = readFileSync(path);
  bytes[at] = (bytes[at] as number) ^ 16;
  writeFileSync(path, bytes);
}

const FAULTS: readonly (readonly [name: string, code: string, spoil: (target: string) => void])[] =
  [
    ["a missing folder", "MISSING", (target) => rmSync(target, { recursive: true })],
    [
      "a file instead of a folder",
      "MISSING",
      (target) => {
        rmSync(target, { recursive: true });
        writeFileSync(target, "");
      },
    ],
    ["a folder without a manifest", "DAMAGED", (target) => rmSync(join(target, "checkpoint.json"))],
    [
      "an empty manifest",
      "DAMAGED",
      (target) => writeFileSync(join(target, "checkpoint.json"), ""),
    ],
    [
      "a manifest that is null",
      "DAMAGED",
      (target) => writeFileSync(join(target, "checkpoint.json"), "null"),
    ],
    [
      "a manifest of something else",
      "DAMAGED",
      (target) => changeManifest(target, { format: "x" }),
    ],
    [
      "a manifest that leads out",
      "DAMAGED",
      (target) => changeManifest(target, { files: [{ path: "../a.json", bytes: 1, crc32: 1 }] }),
    ],
    [
      "a manifest with a negative size",
      "DAMAGED",
      (target) => changeManifest(target, { files: [{ path: "a.json", bytes: -1, crc32: 1 }] }),
    ],
    [
      "a newer version",
      "TOO_NEW",
      (target) => changeManifest(target, { version: 2, files: "other" }),
    ],
    [
      "an unknown feature",
      "TOO_NEW",
      (target) => changeManifest(target, { requires: ["midWindow", "teleport"] }),
    ],
    ["a missing file", "DAMAGED", (target) => rmSync(join(target, "state.json"))],
    [
      "a truncated file",
      "DAMAGED",
      (target) => truncateSync(join(target, "model.safetensors"), 4000),
    ],
    [
      "a flipped bit in a tensor",
      "DAMAGED",
      (target) => flipBit(join(target, "model.safetensors"), 4000),
    ],
    [
      "a flipped bit in a header",
      "DAMAGED",
      (target) => flipBit(join(target, "model.safetensors"), 30),
    ],
    [
      "a flipped bit in the length",
      "DAMAGED",
      (target) => flipBit(join(target, "model.safetensors"), 5),
    ],
    ["a flipped bit in plain data", "DAMAGED", (target) => flipBit(join(target, "state.json"), 9)],
    [
      "a folder instead of a file",
      "DAMAGED",
      (target) => {
        rmSync(join(target, "state.json"));
        mkdirSync(join(target, "state.json"));
      },
    ],
    [
      "a pipe instead of a file",
      "DAMAGED",
      (target) => {
        rmSync(join(target, "model.safetensors"));
        spawnSync("mkfifo", [join(target, "model.safetensors")]);
      },
    ],
  ];

for (const [name, code, spoil] of FAULTS) {
  test(`${name}: CHECKPOINT_${code}`, async () => {
    const folder = await written(2);
    const target = join(folder, "checkpoint_1");
    spoil(target);
    assert.is(await codeOfError(() => readCheckpoint(target)), `CHECKPOINT_${code}`);
    assert.is(await codeOfError(() => verifyCheckpoint(target)), `CHECKPOINT_${code}`);
    const warnings: string[] = [];
    const newest = (): unknown => newestCheckpoint(folder, (message) => warnings.push(message));
    if (code === "TOO_NEW") {
      assert.is(await codeOfError(newest), "CHECKPOINT_TOO_NEW");
    } else {
      const found = await newestCheckpoint(folder, (message) => warnings.push(message));
      assert.is(found?.folder, join(folder, "checkpoint_0"));
      assert.is(warnings.length, code === "DAMAGED" ? 1 : 0);
    }
  });
}

test("every bit of a small checkpoint is guarded", async () => {
  const folder = await written();
  const target = join(folder, "checkpoint_0");
  for (const name of ["optimizer.safetensors", "state.json"]) {
    const path = join(target, name);
    const whole = readFileSync(path);
    for (let at = 0; at < whole.length; at += 37) {
      flipBit(path, at);
      assert.is(
        await codeOfError(() => readCheckpoint(target)),
        "CHECKPOINT_DAMAGED",
        `${name} ${at}`,
      );
      writeFileSync(path, whole);
    }
  }
  await readCheckpoint(target);
});

test("where all are damaged, that is an error and not a new start", async () => {
  const folder = await written(2);
  for (const name of ["checkpoint_0", "checkpoint_1"]) rmSync(join(folder, name, "state.json"));
  const warnings: string[] = [];
  const newest = (): unknown => newestCheckpoint(folder, (message) => warnings.push(message));
  assert.is(await codeOfError(newest), "CHECKPOINT_DAMAGED");
  assert.is(warnings.length, 2);
  const found = await findCheckpoints(folder);
  assert.equal(
    found.map(({ fault }) => fault?.code),
    ["CHECKPOINT_DAMAGED", "CHECKPOINT_DAMAGED"],
  );
});

test("litter of the dead is removed; a replacement that was under way is undone or completed", async () => {
  const folder = await written(3);
  const nonce = "01234567-89ab";
  mkdirSync(join(folder, `.tmp-checkpoint_3-${nonce}`));
  cpSync(join(folder, "checkpoint_0"), join(folder, `.trash-checkpoint_9-${nonce}`), {
    recursive: true,
  });
  renameSync(join(folder, "checkpoint_1"), join(folder, `.old-checkpoint_1-${nonce}`));
  cpSync(join(folder, "checkpoint_2"), join(folder, `.old-checkpoint_2-${nonce}`), {
    recursive: true,
  });
  writeFileSync(join(folder, `.old-checkpoint_2-${nonce}`, "notes.txt"), "mine");
  writeFileSync(join(folder, ".tmp-of-the-user"), "");
  const lock = await lockCheckpoints(folder);
  assert.is(await cleanCheckpoints(folder), 0); // somebody writes
  await lock.release();
  assert.is(await cleanCheckpoints(folder), 4);
  assert.equal(readdirSync(folder).sort(), [
    ...[".tmp-of-the-user", "checkpoint_0", "checkpoint_1", "checkpoint_2", "latest.json"],
  ]);
  assert.is((await readCheckpoint(join(folder, "checkpoint_1"))).manifest.iteration, 1);
  assert.is(readFileSync(join(folder, "checkpoint_2", "notes.txt"), "utf8"), "mine");
});

test.slow("a writer that was killed while it took the lock keeps nobody away", async () => {
  const folder = await written();
  writeFileSync(join(folder, "lock"), "");
  await writeCheckpoint(join(folder, "checkpoint_1"), sampleFiles(1), { ...FACTS, iteration: 1 });
  assert.equal(readdirSync(folder).sort(), ["checkpoint_0", "checkpoint_1", "latest.json"]);
});

test("a named checkpoint that a killed writer had moved aside is found", async () => {
  const target = join(scratch(), "best");
  await writeCheckpoint(target, sampleFiles(1), FACTS);
  renameSync(target, join(dirname(target), ".old-best-01234567-89ab"));
  assert.is((await readCheckpoint(target)).manifest.files.length, 3);
  assert.equal(readdirSync(dirname(target)), ["best"]);
});

test("a full disk is found before anything is touched; one that fills up leaves the old checkpoints", async () => {
  await onSmallDisk(async ({ folder, fill, free }) => {
    const checkpoints = join(folder, "checkpoints");
    const target = (iteration: number): string => join(checkpoints, `checkpoint_${iteration}`);
    await writeCheckpoint(target(0), sampleFiles(0), FACTS);
    const large = (): unknown => writeCheckpoint(target(1), sampleFiles(1, 1_000_000), FACTS);
    assert.is(await codeOfError(large), "CHECKPOINT_NO_SPACE");
    fill();
    const small = (): unknown => writeCheckpoint(target(1), sampleFiles(1, 10), FACTS);
    assert.is(await codeOfError(small), "CHECKPOINT_NO_SPACE");
    assert.equal(readdirSync(checkpoints).sort(), ["checkpoint_0", "latest.json"]);
    free();
    await writeCheckpoint(target(1), sampleFiles(1), FACTS);
    assert.is((await newestCheckpoint(checkpoints, assert.unreachable))?.manifest.files.length, 3);
  }, "512k");
});

test("a link stays a link; a folder below a file, and one in which nothing may be written, are refused", async () => {
  const folder = await written();
  const link = join(folder, "best");
  symlinkSync("checkpoint_0", link);
  await writeCheckpoint(link, sampleFiles(5), FACTS, { isReplacing: true });
  assert.is((await readCheckpoint(link)).tensors("model.safetensors").size, 1);
  assert.is(
    (await readCheckpoint(join(folder, "checkpoint_0"))).tensors("model.safetensors").size,
    1,
  );
  const below = join(folder, "latest.json", "checkpoint_0");
  assert.is(await codeOfError(() => writeCheckpoint(below, [], FACTS)), "CHECKPOINT_FAILED");
  assert.is(await codeOfError(() => readCheckpoint(below)), "CHECKPOINT_MISSING");
  if (process.getuid?.() === 0) return; // may write everywhere
  chmodSync(folder, 0o500);
  const inside = join(folder, "checkpoint_1");
  assert.is(await codeOfError(() => writeCheckpoint(inside, [], FACTS)), "CHECKPOINT_FAILED");
  chmodSync(folder, 0o700);
  assert.not(existsSync(inside));
});

test.run();
