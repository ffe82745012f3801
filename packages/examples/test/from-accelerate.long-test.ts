import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { accuracyIn } from "./accuracy-in.ts";
import { FOLDER, runIn } from "./run-in.ts";
import { runInScratch } from "./run-in-scratch.ts";

const test = suite("examples of Accelerate");
const ACC = fileURLToPath(new URL("../../core/bin/acc.mjs", import.meta.url));
const LIMIT_MS = 60_000;

/** Scripts, the accuracy that they state in docs/from-accelerate.md, and the checkpoint to be killed behind. */
const SCRIPTS = [
  { name: "nlp-example", leastPercent: 88, everySteps: 20, killBehind: 3 },
  { name: "cv-example", leastPercent: 96, everySteps: 50, killBehind: 2 },
  { name: "cross-validation", leastPercent: 90 },
  { name: "automatic-gradient-accumulation", leastPercent: 85 },
] as const;

/** What a script prints, by its name and the number of replicas: several tests look at one run. */
const runs = new Map<string, Promise<string>>();

function firstRun(name: string, numProcesses: number | undefined): Promise<string> {
  const key = `${name} ${numProcesses}`;
  const run = runs.get(key) ?? runWell(name, numProcesses);
  runs.set(key, run);
  return run;
}

/** Undefined: on the main thread. */
async function runWell(name: string, numProcesses: number | undefined): Promise<string> {
  const ended = await runInScratch(`from-accelerate/${name}.ts`, numProcesses);
  assert.is(ended.code, 0, ended.output);
  return ended.stdout;
}

for (const { name, leastPercent } of SCRIPTS) {
  const counts = name === "nlp-example" ? [undefined, 2, 3] : [2];
  for (const numProcesses of counts) {
    test(`${name} learns on ${numProcesses ?? "the main thread"}`, async () => {
      const printed = await firstRun(name, numProcesses);
      assert.ok(accuracyIn(printed) >= leastPercent, printed);
    });
  }
}

for (const script of SCRIPTS) {
  if ("killBehind" in script) continue; // the next tests compare two runs of these
  test(`${script.name} prints the same twice, on 2`, async () => {
    assert.is(await runWell(script.name, 2), await firstRun(script.name, 2));
  });
}

for (const script of SCRIPTS) {
  if (!("killBehind" in script)) continue;
  const { name, everySteps, killBehind } = script;
  const path = `from-accelerate/${name}.ts`;
  for (const numProcesses of [1, 2]) {
    test(`${name}, killed and resumed on ${numProcesses}, ends as one that was not`, async () => {
      const whole = await firstRun(name, numProcesses === 1 ? undefined : numProcesses);
      const cwd = mkdtempSync(join(tmpdir(), "acc-killed-"));
      try {
        const steps = ["--checkpointing-steps", String(everySteps)];
        await killBehindCheckpoint(cwd, killBehind, [
          ...["launch", "--num-processes", String(numProcesses)],
          ...[join(FOLDER, path), ...steps],
        ]);
        const resumed = await runIn(cwd, path, numProcesses, [
          ...[...steps, "--resume-from-checkpoint", "latest"],
        ]);
        assert.is(resumed.code, 0, resumed.output);
        assert.match(resumed.stdout, /^going on from step [1-9]/);
        const epochs = resumed.stdout.split("\n").slice(1).join("\n");
        assert.ok(accuracyIn(epochs) > 0, resumed.stdout);
        assert.ok(whole.endsWith(epochs), `${whole}\n${resumed.stdout}`);
      } finally {
        rmSync(cwd, { recursive: true, force: true });
      }
    });
  }
}

const WRONG: readonly (readonly [args: readonly string[], said: RegExp])[] = [
  [["--num-epochs", "0"], /--num-epochs must be a whole number from 1, got "0"/],
  [["--mixed-precision", "fp16"], /PRECISION_UNSUPPORTED/],
  [["--fp16"], /Unknown option '--fp16'/],
  [["--resume-from-checkpoint", "nowhere"], /CHECKPOINT_MISSING/],
];

for (const [args, said] of WRONG) {
  test(`${args.join(" ")} on two is refused before anything is trained`, async () => {
    const ended = await runInScratch("from-accelerate/nlp-example.ts", 2, args);
    assert.is.not(ended.code, 0);
    assert.match(ended.output, said);
    assert.not.match(ended.stdout, /accuracy/);
  });
}

test("cross-validation with a wrong number of folds is refused", async () => {
  for (const folds of ["1", "41", "x"]) {
    const args = ["--num-folds", folds];
    const ended = await runInScratch("from-accelerate/cross-validation.ts", undefined, args);
    assert.is.not(ended.code, 0);
    assert.match(ended.output, /--num-folds must be/);
  }
});

test("automatic gradient accumulation makes up for a small batch", async () => {
  const script = "from-accelerate/automatic-gradient-accumulation.ts";
  const ended = await runInScratch(script, 2, ["--starting-batch-size", "4"]);
  assert.is(ended.code, 0, ended.output);
  assert.match(ended.stdout, /4 x 4 samples/);
  assert.ok(accuracyIn(ended.stdout) >= 85, ended.stdout);
});

/** Starts `acc`, and kills the process as soon as checkpoint number `index` is complete. */
async function killBehindCheckpoint(
  cwd: string,
  index: number,
  args: readonly string[],
): Promise<void> {
  const child = spawn(process.execPath, [ACC, ...args], { cwd, stdio: "ignore" });
  const ended = new Promise<void>((resolve) => child.on("close", () => resolve()));
  try {
    const checkpoint = join(cwd, `runs/checkpoints/checkpoint_${index}`);
    const limitMs = Date.now() + LIMIT_MS;
    while (!existsSync(checkpoint)) {
      assert.is(child.exitCode, null, "it ended before it could be killed");
      assert.ok(Date.now() < limitMs, `only ${readdirSync(cwd)} after ${LIMIT_MS} ms`);
      await pause(5);
    }
  } finally {
    child.kill("SIGKILL");
    await ended;
  }
}

test.run();
