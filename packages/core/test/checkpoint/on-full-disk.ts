import { cpSync, existsSync, readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Test } from "uvu";
import * as assert from "uvu/assert";
import { iterationOf } from "../../src/checkpoint/files/checkpoint-names.ts";
import { verifyCheckpoint } from "../../src/checkpoint/files/read-checkpoint.ts";
import { onSmallDisk, type SmallDisk } from "../../src/testing/small-disk.ts";
import { type Finished, ServiceProject } from "../journal/service-project.ts";

const CORE = fileURLToPath(new URL("../..", import.meta.url));
const ACC = join(CORE, "bin/acc.mjs");
const SCRIPT = fileURLToPath(new URL("fixtures/full-disk.mjs", import.meta.url));
/** Room for about five checkpoints. */
const SIZE = "1m";

type Act = (text: string, kill: (signal: NodeJS.Signals) => void) => void;

/** @param act called with each text that the script prints. */
async function run(disk: SmallDisk, replicas: number, env: object, act: Act): Promise<Finished> {
  const project = new ServiceProject();
  cpSync(SCRIPT, join(project.folder, "train.mjs"));
  symlinkSync(
    join(CORE, "node_modules/@tensorflow"),
    join(project.folder, "node_modules/@tensorflow"),
  );
  const args = [ACC, "launch", "--num-processes", String(replicas), "train.mjs"];
  const { child, finished } = project.start(args, { DISK: disk.folder, ...env });
  child.stdout?.on("data", (chunk) => act(String(chunk), (signal) => void child.kill(signal)));
  return await finished;
}

/** What lies in the folder of checkpoints, of which each is whole; not the lock of a write that is under way. */
const whole = async ({ folder }: SmallDisk): Promise<string[]> => {
  const checkpoints = join(folder, "checkpoints");
  const names = readdirSync(checkpoints)
    .filter((name) => name !== "lock")
    .sort();
  for (const name of names)
    if (iterationOf(name) !== undefined) await verifyCheckpoint(join(checkpoints, name));
  return names;
};

const weightsOf = ({ stdout }: Finished) => /weights (.*)/.exec(stdout)?.[1] ?? stdout;

/** Training goes on, older checkpoints stay, and the next save works. */
export function testFullForAWhile(test: Test, replicas: number): void {
  test(`for a while: training goes on, older checkpoints stay, and the next save works (${replicas})`, async () => {
    let expected = "";
    await onSmallDisk(async (disk) => {
      expected = weightsOf(await run(disk, replicas, { UNDISTURBED: "1" }, () => {}));
    }, SIZE);
    await onSmallDisk(async (disk) => {
      let whileFull: Promise<string[]> | undefined;
      const { code, stdout, stderr } = await run(disk, replicas, {}, (text) => {
        if (text.includes("ready")) disk.fill();
        if (!text.includes("still full")) return;
        whileFull = whole(disk).finally(() => disk.free());
      });
      assert.is(code, 0, stdout + stderr);
      assert.match(
        stderr,
        /training goes on, but a checkpoint could not be written: .*Free some space/,
      );
      // That of step 4, the newest that had room; nothing half.
      assert.equal(await whileFull, ["checkpoint_1", "latest.json"]);
      const names = await whole(disk);
      assert.is(names[0], "checkpoint_1", `the best one: ${names}`);
      assert.is(names.length, 3, `${names}`);
      assert.is(weightsOf({ stdout } as Finished), expected);
      const again = await run(disk, replicas, {}, () => {});
      assert.match(again.stdout, "resumed at 24");
      assert.is(weightsOf(again), expected);
    }, SIZE);
  });
}

export function testSignal(test: Test, replicas: number): void {
  test(`SIGTERM cannot save, says so, and leaves the older checkpoints (${replicas})`, async () => {
    await onSmallDisk(async (disk) => {
      const { code, stdout, stderr } = await run(disk, replicas, {}, (text, kill) => {
        if (!text.includes("ready")) return;
        disk.fill();
        kill("SIGTERM");
      });
      assert.is(code, 143, stdout + stderr);
      assert.match(
        stderr,
        /\[PREEMPTED\] The run got SIGTERM and could not save a checkpoint: .*Free some space/,
        stderr,
      );
      assert.equal(await whole(disk), ["checkpoint_1", "latest.json"]);
      disk.free();
      assert.not(existsSync(join(disk.folder, "filler")));
      const again = await run(disk, replicas, {}, () => {});
      assert.match(again.stdout, "resumed at 4");
      assert.is(again.code, 0, again.stderr);
    }, SIZE);
  });
}
