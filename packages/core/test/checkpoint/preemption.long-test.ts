import { suite } from "uvu";
import * as assert from "uvu/assert";
import { launchOf, lossesOf, PLAIN, undisturbed, using, weightsOf } from "./interrupted.ts";
import { testSigterm } from "./test-sigterm.ts";

const test = suite("a run that is interrupted in other ways goes on too");

testSigterm(test, "preempted-fit.ts");

test("a run that is killed is started again by --max-restarts, and ends with the same bits", async () => {
  const expected = await undisturbed(launchOf(2));
  await using(async (run) => {
    const ended = await run.run(launchOf(2, "--max-restarts", "2"), ["33"]);
    assert.is(ended.code, 0, ended.output);
    assert.match(ended.output, "restart 1 of 2");
    assert.match(ended.output, /resumed at step (21|28)/);
    assert.is(weightsOf(ended), expected.weights);
    assert.equal(lossesOf(run), expected.losses);
  });
});

test("the same under plain node: Ctrl-C, then again", async () => {
  const expected = await undisturbed(PLAIN);
  await using(async (run) => {
    const ended = await run.run(PLAIN, ["-1", "30"], (kill) =>
      setTimeout(() => kill("SIGINT"), 400),
    );
    assert.is(ended.code, 130, ended.output);
    const again = await run.run(PLAIN, []);
    assert.is(again.code, 0, again.output);
    assert.is(weightsOf(again), expected.weights);
    assert.equal(lossesOf(run), expected.losses);
  });
});

test("SIGUSR1 saves and goes on", async () => {
  await using(async (run) => {
    const ended = await run.run(launchOf(2), ["-1", "10"], (kill) =>
      setTimeout(() => kill("SIGUSR1"), 300),
    );
    assert.is(ended.code, 0, ended.output);
    assert.match(ended.output, "weights");
  });
});

test.run();
