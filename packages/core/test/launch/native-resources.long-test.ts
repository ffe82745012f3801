import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { AcceleratorError } from "../../src/errors.ts";
import { launch } from "../../src/launch/launch.ts";
import type { Way } from "./fixtures/hold-resources.ts";

const test = suite("native code in replicas");

const hold = new URL("./fixtures/hold-resources.ts", import.meta.url);
const uninterrupted = new URL("./fixtures/uninterrupted.ts", import.meta.url);

const outcomeOf = (script: URL, args: readonly unknown[]) =>
  launch(script, { numProcesses: 2, args }).then(
    () => "success",
    (error: AcceleratorError) => error.code,
  );

const words = (length: number) => new Int32Array(new SharedArrayBuffer(4 * length));

const WAYS: readonly (readonly [Way, string])[] = [
  ["return", "success"],
  ["throw", "REPLICA_FAILED"],
  ["exit", "REPLICA_FAILED"],
];

for (const [way, code] of WAYS) {
  test(`what replicas that ${way} have left is released once, after their last line`, async () => {
    const registers = [words(3), words(3)];
    assert.is(await outcomeOf(hold, [way, registers]), code);
    for (const [count, numReleases, countThen] of registers) {
      assert.is(numReleases, 1);
      assert.is(count, countThen, "the thread went on after the release");
    }
  });
}

test("what cannot be released is a warning", async () => {
  const { write } = process.stderr;
  let printed = "";
  process.stderr.write = (text: string | Uint8Array) => {
    printed += text;
    return true;
  };
  const outcome = await outcomeOf(hold, ["missing", [words(3), words(3)]]).finally(() => {
    process.stderr.write = write;
  });
  assert.is(outcome, "success");
  assert.match(printed, /Warning: what file:\/\/\/no\/such\/module\.mjs releases stays in memory/);
});

test("a replica is not killed in the middle of what must not be interrupted, and does not begin it anew", async () => {
  const notes = words(3);
  assert.is(await outcomeOf(uninterrupted, [notes]), "REPLICA_FAILED");
  assert.equal([...notes], [1, 1, 0]);
});

test.run();
