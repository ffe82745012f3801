import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { launch } from "@acc/core";
import type { Test } from "uvu";
import * as assert from "uvu/assert";
import { type Event, readRun } from "./read-events.ts";

const script = new URL("./fixtures/track.ts", import.meta.url);
const temporary = () => mkdtempSync(join(tmpdir(), "acc-tensorboard-"));

/** What every run of the script records, however it ends. */
function requireEverything(events: Event[]): void {
  const points = events.flatMap(({ step, points }) => points.map((point) => ({ ...point, step })));
  const scalars = (tag: string) =>
    points.filter((point) => point.tag === tag).map(({ step, value }) => [step, value]);
  const steps = Array.from({ length: 100 }, (_, step) => step);
  assert.equal(
    scalars("loss"),
    steps.map((step) => [step, step / 2]),
  );
  assert.equal(
    scalars("rank"),
    steps.map((step) => [step, 0]),
    "rank 0 alone is recorded",
  );
  assert.equal(scalars("by/hand"), [[3, 7]]);
  assert.equal(scalars("targeted"), [[4, 1]]);
  assert.is(points.filter((point) => point.kind === "image").length, 1);
  assert.equal(points.find((point) => point.tag === "_hparams_/session_start_info")?.value, {
    lr: 0.1,
    "nested/deep": "[1,2]",
  });
}

const statusOf = (events: Event[]) =>
  events
    .flatMap((event) => event.points)
    .find((point) => point.tag === "_hparams_/session_end_info")?.value;

/** Tests a script that ends its training, or forgets it. */
export function testWholeRun(test: Test, end: "end" | "forget"): void {
  test(`records everything when the script ${end === "end" ? "ends" : "forgets to end"} training`, async () => {
    const directory = temporary();
    const [main, other] = await launch(script, { numProcesses: 2, args: [directory, end] });
    const events = readRun(join(directory, "run"));
    requireEverything(events);
    assert.equal(statusOf(events), { status: 1 });
    if (end === "end") assert.equal(main, { start: 1, config: 1, log: 100, finish: 1 });
    assert.equal(
      other,
      { start: 0, config: 0, log: 0, finish: 0 },
      "nothing starts on other ranks",
    );
  });
}

export function testFailure(test: Test): void {
  test("records everything that was logged before a replica failed, and the failure", async () => {
    const directory = temporary();
    const run = launch(script, { numProcesses: 2, args: [directory, "fail"] });
    assert.match(
      await run.then(
        () => "no error",
        (error: Error) => error.message,
      ),
      "the run fails",
    );
    const events = readRun(join(directory, "run"));
    requireEverything(events);
    assert.equal(statusOf(events), { status: 2 });
  });
}
