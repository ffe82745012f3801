import { type ReadRun, runOfficial } from "@acc/test-kit/servers/aim-server";
import * as assert from "uvu/assert";
import { createTracker, deliver, metrics, Recording } from "./recording.ts";
import { readRun, servedSuite } from "./served-suite.ts";

const { test, peer } = servedSuite("runs of Aim taken up again");

const stepsOf = (run: ReadRun, name: string) =>
  run.sequences.find((sequence) => sequence.name === name)?.points.map(({ step }) => step);

peer("goes on with a run of the official client, and it with ours", async ({ server }) => {
  const hash = (
    await runOfficial(
      server,
      `
run = aim.Run(repo=url, **quiet)
run["seed"] = 42
for value in (1, 2): run.track(value, name="ints")
run.track(0.5, name="floats", step=10)
run.track(aim.Text("a"), name="note")
print(run.hash)
run.close()`,
    )
  ).trim();
  const run = new Recording();
  const tracker = createTracker(run, { repo: server.url, runHash: hash });
  await deliver(tracker, run, [
    metrics({ ints: 0.5, floats: 0.25, note: "b" }),
    { type: "config", values: { lr: 1 } },
  ]);
  await tracker.finish("success");
  assert.equal(run.warnings, []);
  let read = await readRun(server, hash);
  assert.equal(read.params, { seed: 42, hparams: { lr: 1 } });
  assert.equal(stepsOf(read, "ints"), [0, 1, 2]);
  assert.equal(stepsOf(read, "floats"), [10, 11]);
  assert.equal(stepsOf(read, "note"), [0, 1]);
  const { dtype, min, max, last_step } = read.sequences.find((s) => s.name === "ints")?.info ?? {};
  assert.equal([dtype, min, max, last_step], ["number", 0.5, 2, 2]);
  await runOfficial(
    server,
    `
run = aim.Run("${hash}", repo=url, **quiet)
run.track(0.125, name="floats")
run.close()`,
  );
  read = await readRun(server, hash);
  assert.equal(stepsOf(read, "floats"), [10, 11, 12]);
  assert.is(read.active, false);
});

peer("records under a hash that the repository does not have, and says so", async ({ server }) => {
  const run = new Recording();
  const hash = run.id.slice(8);
  const tracker = createTracker(run, { repo: server.url, runHash: hash });
  await deliver(tracker, run, [metrics({ loss: 1 })]);
  await tracker.finish("success");
  assert.match(run.warnings.join(), `no run ${hash}`);
  assert.equal(stepsOf(await readRun(server, hash), "loss"), [0]);
});

peer(
  "does not count twice what a process delivered before it died without saving",
  async ({ server }) => {
    const hash = (
      await runOfficial(
        server,
        `run = aim.Run(repo=url, **quiet); run.track(0.5, name="m"); print(run.hash); run.close()`,
      )
    ).trim();
    const first = new Recording();
    const options = { repo: server.url, runHash: hash };
    const events = [metrics({ m: 1 }), metrics({ m: 2 })];
    await deliver(createTracker(first, options), first, []);
    const opened = first.state; // saved as soon as the run was open
    await deliver(createTracker(new Recording(first.id, opened), options), new Recording(), events);
    const second = new Recording(first.id, opened);
    const tracker = createTracker(second, options);
    await deliver(tracker, second, events);
    await tracker.finish("success");
    assert.equal(stepsOf(await readRun(server, hash), "m"), [0, 1, 2]);
  },
);

test.run();
