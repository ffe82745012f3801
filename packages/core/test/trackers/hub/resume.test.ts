import { suite } from "@acc/test-kit/suite";
import * as assert from "uvu/assert";
import { ends, range, withService } from "./attempts.ts";

const test = suite("a run that goes on from a checkpoint");

test("each value is at the same run once, although it had values behind the checkpoint (accelerate #2653, tango #152, wandb #6728, mlflow #2973 #4248)", () =>
  withService(async (run) => {
    await run.attempt({ from: 0, to: 10, checkpoints: [4], end: "kill" });
    assert.equal(run.service.numbers, range(10));
    const first = run.place;
    const { stderr } = await run.attempt({ resume: 4, from: 5, to: 15, end: "success" });
    assert.equal(run.service.numbers, range(15));
    assert.equal(run.place, first, "it is the same run");
    assert.equal(ends(run), ["success"]);
    assert.is(stderr, "");
  }));

test.slow("the same if acc sync delivers it all", () =>
  withService(async (run) => {
    run.service.mode = { kind: "status", status: 503 };
    const part = { deliveryTimeoutMs: 0 } as const;
    await run.attempt({ ...part, from: 0, to: 700, checkpoints: [4, 99], end: "failure" });
    await run.attempt({ ...part, resume: 99, from: 100, to: 900, checkpoints: [199], end: "kill" });
    await run.attempt({ ...part, resume: 4, from: 5, to: 950, end: "success" });
    run.service.mode = { kind: "good" };
    const { code, stdout } = await run.sync();
    assert.is(code, 0, stdout);
    assert.equal(run.service.numbers, range(950));
    assert.equal(ends(run), ["success"]);
  }),
);

test("a value that is not what it was is said once; the tracker keeps the first", () =>
  withService(async (run) => {
    await run.attempt({ from: 0, to: 10, checkpoints: [4], end: "kill" });
    const { stderr } = await run.attempt({
      resume: 4,
      from: 5,
      to: 12,
      shift: 0.5,
      end: "success",
    });
    assert.match(stderr, '"i" of step 5 was 5 before the interruption and is 5.5 now');
    assert.match(stderr, "Of 5 values that were logged again after the interruption, 5 differ");
    assert.is(stderr.trim().split("\n").length, 2, stderr);
    assert.equal(run.service.numbers, [...range(10), 10.5, 11.5]);
  }));

test.run();
