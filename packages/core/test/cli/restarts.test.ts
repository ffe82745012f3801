import { suite } from "@acc/test-kit/suite";
import * as assert from "uvu/assert";
import { launch, SCRIPT, timesIn, whenTraining } from "./acc-launch.ts";

const test = suite("acc launch: restarts and signals");

test("a failure is tried again as often as allowed; the exit code is that of the script", async () => {
  const { code, output } = await launch([
    "--num-processes",
    "1",
    "--max-restarts",
    "1",
    SCRIPT,
    "throw",
    "3",
  ]);
  assert.is(code, 1);
  assert.is(timesIn(output, "the failure under test\n"), 2 * 2, output); // the message and the stack, twice
  assert.match(output, "restart 1 of 1 in 1 s");
  assert.match(output, "1 restarts did not help");
});

test("a wrong option is not tried again", async () => {
  const { code, output } = await launch(["--max-restarts", "3", "--num-process", "1", SCRIPT]);
  assert.is(code, 2);
  assert.not.match(output, "restart 1");
  const half = await launch(["--max-restarts", "0.5", SCRIPT]);
  assert.match(half.output, "--max-restarts needs an integer of at least 0, got 0.5");
  for (const [wrong, message] of [
    [["--max-restarts", "abc"], '--max-restarts needs a number, got "abc"'],
    [["--max-restarts=-1"], "--max-restarts needs an integer of at least 0, got -1"],
    [["--max-restarts", "2", "--num-processes", "0"], "numProcesses must be an integer"],
    [["--max-restarts", "2", "--resume="], '--resume needs "latest" or the folder'],
  ] as const) {
    const refused = await launch([...wrong, SCRIPT]);
    assert.is(refused.code, 2, refused.output);
    assert.match(refused.output, message);
    assert.not.match(refused.output, "restart 1");
  }
});

test.slow(
  "SIGTERM ends a run that saves no checkpoints at once, also through the process that restarts it",
  async () => {
    const { code, output } = await launch(
      ["--num-processes", "1", "--max-restarts", "3", SCRIPT, "never", "0"],
      whenTraining((child) => child.kill("SIGTERM")),
    );
    assert.is(code, 143, output);
    assert.not.match(output, "restart 1");
  },
);

test.slow("SIGINT does so too", async () => {
  const act = whenTraining((child) => child.kill("SIGINT"));
  const { code, output } = await launch(["--num-processes", "1", SCRIPT, "never", "0"], act);
  assert.is(code, 130, output);
});

test.run();
