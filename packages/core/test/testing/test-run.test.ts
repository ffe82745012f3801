import { suite } from "uvu";
import * as assert from "uvu/assert";
import { TestRun } from "../../src/testing/index.ts";
import { PostingTracker } from "../../src/tracker-contract/posting-tracker.ts";
import type { DeliveredEvent } from "../../src/tracker-contract/tracker-event.ts";
import type { TrackerState } from "../../src/tracker-contract/tracker-options.ts";
import type { TrackerRun } from "../../src/tracker-contract/tracker-plugin.ts";

const test = suite("a tracker driven without a hub");

/** Counts in its state how many events it has seen, and keeps them. */
class CountingTracker extends PostingTracker {
  readonly name = "counting";
  readonly requiresLoggingDirectory = false;
  readonly tracker = undefined;
  readonly portions: (readonly DeliveredEvent[])[] = [];
  readonly run: TrackerRun;
  #count: number;

  constructor(run: TrackerRun) {
    super(run.post);
    this.run = run;
    this.#count = (run.state?.count as number | undefined) ?? 0;
  }

  override async deliver(events: readonly DeliveredEvent[]): Promise<void> {
    if (events.some(({ type }) => type === "artifact")) throw new Error("refused");
    this.portions.push(events);
    this.#count += events.length;
  }

  override state(): TrackerState {
    return { count: this.#count, when: new Date(0) };
  }
}

const sequencesOf = ({ portions }: CountingTracker) =>
  portions.map((events) => events.map(({ sequence }) => sequence));

test("delivers what was posted, in portions, and saves as JSON what the tracker says", async () => {
  const run = new TestRun();
  const tracker = new CountingTracker(run.attach());
  for (let step = 0; step < 5; step++) tracker.log({ loss: step }, { step });
  assert.ok(run.events.every(({ target }) => target === "counting"));
  await run.deliver(tracker, { to: 4, portion: 3 });
  assert.equal(sequencesOf(tracker), [[0, 1, 2], [3]]);
  assert.is(run.delivered, 4);
  assert.equal(run.state, { count: 4, when: "1970-01-01T00:00:00.000Z" });
  await run.deliver(tracker);
  await run.deliver(tracker); // nothing is left
  assert.equal(sequencesOf(tracker).slice(2), [[4], []]);
});

test("another tracker goes on from what was saved, or from an earlier state", async () => {
  const run = new TestRun({ state: { count: 10 } });
  run.post({ type: "config", values: { lr: 1 } }, { type: "metrics", values: {}, context: {} });
  await run.deliver(new CountingTracker(run.attach()), { to: 1 });
  const saved = run.state;
  await run.deliver(new CountingTracker(run.attach({ isReplay: true })));
  assert.is(run.state?.count, 12);
  run.state = saved;
  const again = new CountingTracker(run.attach({ isReplay: true }));
  assert.ok(again.run.isReplay);
  await run.deliver(again, { from: 1 });
  assert.equal(sequencesOf(again), [[1]]);
  assert.is(run.state?.count, 12);
});

test("a refused portion is neither marked nor saved; warnings are kept once", async () => {
  const run = new TestRun();
  const tracker = new CountingTracker(run.attach());
  tracker.log({ loss: 1 });
  tracker.logArtifact({ name: "weights", path: "weights.bin" });
  const error = await run.deliver(tracker, { portion: 1 }).catch((reason: Error) => reason);
  assert.is((error as Error).message, "refused");
  assert.is(run.delivered, 1);
  assert.is(run.state?.count, 1);
  for (const message of ["a", "b", "a"]) tracker.run.warn(message);
  assert.equal(run.warnings, ["a", "b"]);
  await tracker.run.save({ count: 7 });
  assert.is(run.stateText, '{"count":7}');
});

test.run();
