import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { pythonOf } from "@acc/test-kit/peers/python";
import { STEPS, trainKilled } from "@acc/test-kit/resume/killed-run";
import { suite } from "uvu";
import * as assert from "uvu/assert";

const test = suite("a run that was killed and resumed, in TensorBoard");
const python = pythonOf("packages/trackers/tensorboard/test/fixtures/requirements.txt") as string;
const run = python ? test : test.skip; // the installer has reported what could not be installed
const reader = fileURLToPath(new URL("fixtures/vectors/read.py", import.meta.url));

function read(folder: string, ...args: string[]) {
  const output = execFileSync(python, [reader, join(folder, "runs"), "--no-time", ...args], {
    ...{ encoding: "utf8", timeout: 120_000, maxBuffer: 1 << 26 },
  });
  return JSON.parse(output);
}

run("has each value once, by both loaders of the server and by EventAccumulator", async () => {
  const whole = await trainKilled("tensorboard", { isKilled: false });
  const killed = await trainKilled("tensorboard", { isKilled: true });
  const steps = Array.from({ length: STEPS }, (_, step) => step);
  for (const fast of ["true", "false"]) {
    const expected = read(whole, "--http", fast).scalars;
    assert.equal(
      expected.killed.half,
      steps.map((step) => [step, step / 2]),
    );
    assert.is(expected.killed.seen.length, STEPS);
    assert.equal(read(killed, "--http", fast).scalars, expected, `--load_fast ${fast}`);
  }
  const { killed: seen } = read(killed, "--view");
  const points = seen.half.points as { step: number; values: number[] }[];
  assert.equal(
    points.map(({ step, values }) => [step, values[0]]),
    steps.map((step) => [step, step / 2]),
  );
});

test.run();
