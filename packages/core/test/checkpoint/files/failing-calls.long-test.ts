import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { newestCheckpoint } from "../../../src/checkpoint/files/find-checkpoints.ts";
import { cleanCheckpoints } from "../../../src/checkpoint/files/litter.ts";
import { writeCheckpoint } from "../../../src/checkpoint/files/write-checkpoint.ts";
import { FACTS, sampleFiles } from "./samples.ts";

const test = suite("every call that changes the disk fails in turn");
const path = (name: string): string =>
  fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));
const preload = import.meta.resolve("@acc/core/register-ts");
const LITTER = /\.(tmp|old|trash)-/;

type Trial = {
  readonly name: string;
  readonly hasStruck: boolean;
  readonly saved: string;
  readonly message: string;
  readonly steps: number;
  readonly left: readonly string[];
  readonly next: string;
};

const scratch = mkdtempSync(join(tmpdir(), "acc-failing-"));
const library = join(scratch, "failing-calls.so");
const root = join(scratch, "trials", "checkpoints");
const compiler = ["-shared", "-fPIC", "-o", library, path("failing-calls.c"), "-ldl"];
const isBuilt = spawnSync("cc", compiler).status === 0;

function run(script: string, args: readonly string[] = []): ReturnType<typeof spawnSync> {
  return spawnSync(process.execPath, ["--import", preload, path(script), ...args], {
    env: { ...process.env, LD_PRELOAD: library, FAILING_FOLDER: root },
    ...{ timeout: 400_000, encoding: "utf8" },
  });
}

if (isBuilt) {
  test("a complete checkpoint is always there, and a save that failed says so", () => {
    const { stdout, stderr, status } = run("fail-in-turn.ts");
    assert.is(status, 0, String(stderr));
    const lines = String(stdout).trim().split("\n");
    const trials = lines.map((line) => JSON.parse(line) as Trial);
    for (const [index, { name, saved, message, steps, left, next }] of trials.entries()) {
      const line = lines[index] as string;
      // The new one where the save succeeded; where it failed, the old one, or the new one, which is complete.
      assert.ok(saved === "no error" ? steps === 2 : [1, 2].includes(steps), line);
      if (message.includes("unchanged")) assert.is(steps, 1, line);
      if (message.includes("is replaced")) assert.is(steps, 2, line);
      assert.ok(["no error", "CHECKPOINT_NO_SPACE", "CHECKPOINT_FAILED"].includes(saved), line);
      assert.not(
        left.some((entry) => LITTER.test(entry)),
        line,
      );
      if (name === "short") assert.is(saved, "no error", line);
      assert.is(next, "no error", line);
    }
    const faults = trials.filter(({ hasStruck }) => hasStruck).length;
    console.log(`${faults} faults in ${trials.length} trials`);
    assert.ok(faults > 300, `${faults} faults`);
  });

  test("a process that is killed at any of these calls leaves the old checkpoint or the new one", async () => {
    for (let call = 1, isKilled = true; isKilled; call++) {
      rmSync(root, { recursive: true, force: true });
      for (const iteration of [0, 1]) {
        const facts = { ...FACTS, iteration, steps: iteration };
        await writeCheckpoint(join(root, `checkpoint_${iteration}`), sampleFiles(1), facts);
      }
      const { signal, stdout, stderr } = run("die-at-call.ts", [String(call)]);
      isKilled = signal === "SIGKILL";
      const line = `call ${call}: ${signal} ${stdout} ${stderr}`;
      await cleanCheckpoints(root);
      const steps = (await newestCheckpoint(root, assert.unreachable))?.manifest.steps;
      assert.ok(stdout === "saved" ? steps === 2 : steps === 1 || steps === 2, line);
      assert.not(
        readdirSync(root).some((entry) => LITTER.test(entry)),
        line,
      );
      await writeCheckpoint(join(root, "checkpoint_2"), sampleFiles(3), FACTS);
      if (isKilled) continue;
      assert.is(stdout, "saved", line);
      assert.ok(call > 40, `${call - 1} kills`);
      console.log(`${call - 1} kills`);
    }
  });
} else {
  console.log("Skipped: needs a C compiler for Linux.");
}

test.after(() => rmSync(scratch, { recursive: true, force: true }));

test.run();
