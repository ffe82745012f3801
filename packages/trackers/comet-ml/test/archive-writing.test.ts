import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { goldenCalls } from "./golden-calls.ts";
import { readArchive } from "./read-archive.ts";
import { recordOffline } from "./record-offline.ts";

const test = suite("how Comet archives are written");

test("a recording that is killed at any moment ends as if it had not been", async () => {
  const undisturbed = recordOffline();
  goldenCalls(undisturbed.recording);
  await undisturbed.recording.finish();
  const withoutTimes = ({ archives }: { archives: string }) => {
    const { experiment, messages, files, name } = readArchive(archives);
    for (const { payload } of messages) delete payload.local_timestamp;
    const contents = Object.entries(files).map(([path, bytes]) => [path, [...bytes].join()]);
    const entries = Object.fromEntries(contents.sort());
    return { name, messages, entries, experiment: { ...experiment, stop_time: 0 } };
  };
  const wanted = withoutTimes(undisturbed);
  for (const [first, second] of [
    [1, 3],
    [4, 1],
    [7, 10],
  ] as const) {
    const disturbed = recordOffline();
    const { recording } = disturbed;
    goldenCalls(recording);
    const batch = (from: number, to: number) => structuredClone(recording.events.slice(from, to));
    const { signal } = new AbortController();
    // What is delivered and not saved is lost with the process; its bytes stay.
    await recording.tracker.deliver(batch(0, first), signal);
    recording.restart();
    await recording.deliverRest(second);
    await recording.tracker.deliver(batch(0, first), signal);
    const messages = join(recording.folder, "run", "archive", "messages.json");
    assert.ok(existsSync(messages));
    appendFileSync(messages, '{"half a li');
    recording.restart();
    await recording.finish();
    assert.equal(withoutTimes(disturbed), wanted);
  }
});

test("ends twice without a difference, also in another process", async () => {
  const { recording, archives } = recordOffline();
  goldenCalls(recording);
  await recording.finish("failure");
  const [name] = readdirSync(archives);
  const before = readFileSync(join(archives, name as string));
  await recording.tracker.finish("failure");
  recording.restart();
  await recording.tracker.finish("success");
  assert.ok(before.equals(readFileSync(join(archives, name as string))));
  assert.not.ok(existsSync(join(recording.folder, "run", "archive")));
});

test("`end` of the experiment writes the archive at once, and later values are added", async () => {
  const { recording, archives } = recordOffline();
  recording.tracker.tracker.logMetric("m", 1);
  recording.tracker.tracker.end();
  await recording.deliverRest();
  assert.is(readArchive(archives).messages.length, 2);
  recording.tracker.tracker.logMetric("m", 2);
  await recording.finish();
  assert.is(readArchive(archives).messages.length, 3);
});

test("an archive that cannot be written yet gives a warning, and no line is there twice", async () => {
  const { recording, archives } = recordOffline();
  rmSync(archives, { recursive: true });
  writeFileSync(archives, "in the way");
  recording.tracker.tracker.logMetric("m", 1);
  recording.tracker.tracker.end();
  await recording.deliverRest();
  assert.match(recording.warnings[0] ?? "", /cannot be written now/);
  rmSync(archives);
  await recording.finish();
  assert.is(readArchive(archives).messages.length, 2);
});

test("a run without a value is an archive, too", async () => {
  const { recording, archives } = recordOffline({ name: "empty", tags: ["a", "a"] });
  await recording.finish();
  const { messages, experiment } = readArchive(archives);
  assert.equal(
    messages.map(({ payload }) => payload.key),
    ["offline_experiment", "Name"],
  );
  assert.equal(experiment.tags, ["a"]);
  assert.is(experiment.resume_strategy, "get_or_create");
});

test("a call that Comet does not have is the only one that fails", async () => {
  const { recording } = recordOffline();
  recording.post({ type: "call", method: "fly", args: [], context: {} });
  await recording.deliverRest().then(
    () => assert.unreachable(),
    (error) => assert.match(error.message, /no method "fly"/),
  );
});

test.run();
