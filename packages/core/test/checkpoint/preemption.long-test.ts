import { suite } from "uvu";
import * as assert from "uvu/assert";
import { launchOf, lossesOf, PLAIN, undisturbed, using, weightsOf } from "./interrupted.ts";
import { testSigterm } from "./test-sigterm.ts";

const test = suite("a run that is interrupted in other ways goes on too");

testSigterm(test, "preempted.ts", 2, 60);
testSigterm(test, "preempted-fit.ts", 2, 60);

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

test("a replica that runs out of memory ends the run, which goes on with --max-restarts to the same bits", async () => {
  const expected = await undisturbed(launchOf(2));
  await using(async (run) => {
    const small = ["--max-old-space-size=100", ...launchOf(2, "--max-restarts", "2")];
    const ended = await run.run(small, ["-1", "0", "heap"]);
    assert.is(ended.code, 0, ended.output);
    assert.match(ended.output, /out of memory|heap/i);
    assert.match(ended.output, "restart 1 of 2");
    assert.match(ended.output, "resumed at step 14");
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

const PLACES = ["forward", "exchange", "between backward and step", "save", "evaluation"];

test("SIGTERM anywhere in a step: the checkpoint is complete, and the next run ends with the same bits", async () => {
  const expected = await undisturbed(launchOf(2));
  for (const place of PLACES) {
    await using(async (run) => {
      const ended = await run.run(launchOf(2), ["-1", "0", place]);
      assert.is(ended.code, 143, `${place}: ${ended.output}`);
      assert.match(ended.output, "has saved", place);
      if (place === "forward") assert.match(ended.output, "should stop");
      const again = await run.run(launchOf(2), []);
      assert.is(again.code, 0, again.output);
      assert.match(again.output, /resumed at step [2-5]\d/, place);
      assert.is(weightsOf(again), expected.weights, place);
      assert.equal(lossesOf(run), expected.losses, place);
    });
  }
});

test("a second SIGTERM ends at once, and the next run goes on from the checkpoint before", async () => {
  await using(async (run) => {
    const started = performance.now();
    const ended = await run.run(launchOf(2), ["-1", "0", "twice"]);
    assert.is(ended.code, null, "the signal itself ends it, which a shell shows as 143");
    assert.not.match(ended.output, "has saved");
    assert.ok(performance.now() - started < 55_000, "it does not wait for the step");
    const again = await run.run(launchOf(2), []);
    assert.match(again.output, "resumed at step 14");
    assert.is(again.code, 0, again.output);
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
