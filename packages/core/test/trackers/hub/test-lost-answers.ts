import type { Test } from "uvu";
import * as assert from "uvu/assert";
import { range, withService } from "./attempts.ts";

/** Tests a run that is killed twice while the service takes everything and its answers are lost. */
export function testLostAnswers(test: Test, withoutSteps: boolean): void {
  const how = withoutSteps ? "without steps" : "with steps";
  test(`what several killed attempts may have delivered is there once (${how})`, () =>
    withService(async (run) => {
      // It takes what it is sent, and its answers are lost: nobody knows what it has.
      run.service.mode = { kind: "lost-answer" };
      await run.attempt({ withoutSteps, from: 0, to: 10, checkpoints: [4], end: "kill" });
      await run.attempt({ withoutSteps, resume: 4, from: 5, to: 12, end: "kill" });
      run.service.mode = { kind: "good" };
      await run.attempt({ withoutSteps, resume: 4, from: 5, to: 15, end: "success" });
      assert.equal(run.service.numbers, range(15));
    }));
}
