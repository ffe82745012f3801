import type { Test } from "uvu";
import * as assert from "uvu/assert";
import { launchOf, lossesOf, undisturbed, using, weightsOf } from "./interrupted.ts";

/**
 * @param script of the fixtures, in `fixtures`.
 * @param losses how many a whole run logs.
 */
export function testSigterm(test: Test, script: string, replicas: number, losses: number): void {
  test(`SIGTERM saves a checkpoint and ends with 143; the same command goes on (${script} on ${replicas}; accelerate #3400 #1918)`, async () => {
    const expected = await undisturbed(launchOf(replicas), script);
    assert.is(expected.losses.length, losses);
    await using(async (run) => {
      const slow = ["-1", "30"];
      const ended = await run.run(launchOf(replicas), slow, (kill) =>
        setTimeout(() => kill("SIGTERM"), 400),
      );
      assert.is(ended.code, 143, ended.output);
      assert.match(
        ended.output,
        /\[PREEMPTED\] The run got SIGTERM and has saved .*checkpoint_\d+/,
      );
      const again = await run.run(launchOf(replicas), []);
      assert.is(again.code, 0, again.output);
      assert.match(again.output, /resumed at step [1-9]/);
      assert.is(weightsOf(again), expected.weights);
      assert.equal(lossesOf(run), expected.losses);
      assert.equal([...run.service.finished.values()], ["success"]);
    }, script);
  });
}
