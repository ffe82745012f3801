import { cpSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { numbersInJournal } from "@acc/test-kit/faults/numbers-in-journal";
import type { Test } from "uvu";
import * as assert from "uvu/assert";
import { onSmallDisk } from "../../src/testing/small-disk.ts";
import { type Finished, ServiceProject, WAYS } from "./service-project.ts";

const script = fileURLToPath(new URL("fixtures/full-disk.mjs", import.meta.url));
const FEW = 3040;
/** 133 MB in the journal: more than waits in memory for the disk, and than is on its way. */
const ARRAYS = 10;
const FULL_MS = 1500;
const WARNING = "The journal of this run cannot be written";

const ways: Readonly<Record<string, (script: string) => string[]>> = {
  ...WAYS,
  "three replicas": (path: string) => threeReplicas(path),
};
export type Way = "plain node" | "acc launch" | "three replicas";

function threeReplicas(path: string): string[] {
  const [acc = "", launch = ""] = WAYS["acc launch"]?.(path) ?? [];
  return [acc, launch, "--num-processes", "3", path];
}

const argsOf = (way: Way): string[] => ways[way]?.("full-disk.mjs") ?? [];

type Disk = {
  readonly arrays: number;
  readonly size: string;
  /** When the disk has room again. */
  readonly freed: "after the warning" | "after a while" | "never";
};

/** Runs the script while the disk is full. */
async function run(
  way: Way,
  { arrays, size, freed }: Disk,
  check: (ended: Finished, folder: string) => Promise<void>,
): Promise<void> {
  await onSmallDisk(async (disk) => {
    const project = new ServiceProject();
    cpSync(script, join(project.folder, "full-disk.mjs"));
    const { child, finished } = project.start(argsOf(way), {
      ...{ SERVICE_URL: "http://127.0.0.1:9", DISK: disk.folder, ARRAYS: String(arrays) },
      ...(freed === "never" ? {} : { WAIT: "1" }),
    });
    let stderr = "";
    child.stderr?.on("data", (chunk) => {
      stderr += chunk;
      if (freed !== "after the warning" || !stderr.includes(WARNING)) return;
      setTimeout(() => disk.free(), FULL_MS);
    });
    await Promise.race([finished, new Promise((resolve) => child.stdout?.once("data", resolve))]);
    disk.fill();
    if (freed === "after a while") setTimeout(() => disk.free(), FULL_MS);
    await check(await finished, disk.folder);
  }, size);
}

export function testFullForAWhile(test: Test, way: Way): void {
  test(`for a while, all that is logged is in it afterwards (${way})`, async () => {
    const disk = { arrays: 0, size: "8m", freed: "after the warning" } as const;
    await run(way, disk, async (ended, folder) => {
      assert.is(ended.code, 0, ended.stderr);
      assert.match(ended.stderr, WARNING);
      assert.not.match(ended.stderr, "lost:");
      assert.is(await numbersInJournal(folder), FEW, ended.stderr);
    });
  });
}

export function testWaitingLog(test: Test, way: Way): void {
  test(`and log waits where more comes than the memory takes (${way})`, async () => {
    const disk = { arrays: ARRAYS, size: "256m", freed: "after a while" } as const;
    await run(way, disk, async (ended, folder) => {
      assert.is(ended.code, 0, ended.stderr);
      assert.is(await numbersInJournal(folder), FEW + ARRAYS, ended.stderr);
    });
  });
}

export function testFullForEver(test: Test, way: Way): void {
  test(`for ever, log waits once, then says what is lost (${way})`, async () => {
    const disk = { arrays: ARRAYS, size: "8m", freed: "never" } as const;
    await run(way, disk, async (ended) => {
      assert.is(ended.code, 0, ended.stderr);
      assert.match(ended.stderr, "the memory for what it does not take is full");
      assert.match(ended.stderr, /\d+ events were lost: the disk did not take the journal/);
      const [, waits] = /(\d+) long calls/.exec(ended.stdout) ?? [];
      // On a busy machine a call that does not wait may be slow too.
      assert.ok(
        Number(waits) === 1 || Number(waits) === 2,
        `${waits} of ${ARRAYS} calls were long`,
      );
    });
  });
}
