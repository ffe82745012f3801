import { suite } from "uvu";
import * as assert from "uvu/assert";
import { AimServer, python, type ReadRun, readRepo, runOfficial } from "./aim-server.ts";
import { createTracker, deliver, MemoryRun, metrics } from "./memory-run.ts";

const test = suite("runs of Aim taken up again");
const peer = python ? test : test.skip;
let server: AimServer;

test.before(async () => {
  if (python) server = await AimServer.start();
});
test.after(async () => {
  await server?.kill();
});

async function readRun(hash: string): Promise<ReadRun> {
  const [run] = await readRepo(server.repo, "--hash", hash);
  assert.ok(run);
  return run;
}

const stepsOf = (run: ReadRun, name: string) =>
  run.sequences.find((sequence) => sequence.name === name)?.points.map(({ step }) => step);

peer("goes on with a run of the official client, and it with ours", async () => {
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
  const run = new MemoryRun();
  const tracker = createTracker(run, { repo: server.url, runHash: hash });
  await deliver(tracker, run, [
    metrics({ ints: 0.5, floats: 0.25, note: "b" }),
    { type: "config", values: { lr: 1 } },
  ]);
  await tracker.finish("success");
  assert.equal(run.warnings, []);
  let read = await readRun(hash);
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
  read = await readRun(hash);
  assert.equal(stepsOf(read, "floats"), [10, 11, 12]);
  assert.is(read.active, false);
});

peer("records under a hash that the repository does not have, and says so", async () => {
  const run = new MemoryRun();
  const hash = run.id.slice(8);
  const tracker = createTracker(run, { repo: server.url, runHash: hash });
  await deliver(tracker, run, [metrics({ loss: 1 })]);
  await tracker.finish("success");
  assert.match(run.warnings.join(), `no run ${hash}`);
  assert.equal(stepsOf(await readRun(hash), "loss"), [0]);
});

peer("does not count twice what a process delivered before it died without saving", async () => {
  const hash = (
    await runOfficial(
      server,
      `run = aim.Run(repo=url, **quiet); run.track(0.5, name="m"); print(run.hash); run.close()`,
    )
  ).trim();
  const first = new MemoryRun();
  const options = { repo: server.url, runHash: hash };
  const events = [metrics({ m: 1 }), metrics({ m: 2 })];
  await deliver(createTracker(first, options), first, []);
  const opened = first.state; // saved as soon as the run was open
  await deliver(createTracker(new MemoryRun(first.id, opened), options), new MemoryRun(), events);
  const second = new MemoryRun(first.id, opened);
  const tracker = createTracker(second, options);
  await deliver(tracker, second, events);
  await tracker.finish("success");
  assert.equal(stepsOf(await readRun(hash), "m"), [0, 1, 2]);
});

test.run();
