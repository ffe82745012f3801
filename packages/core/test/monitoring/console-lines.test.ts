import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ConsoleLines } from "../../src/monitoring/console-lines.ts";

const test = suite("lines of the console");

const textsOf = (lines: ConsoleLines): string[] => lines.take().map(({ text }) => text);

test("are whole, by rank and stream, whatever the portions", () => {
  const lines = new ConsoleLines();
  lines.add({ stream: "stdout", text: "one\r\nhalf ", rank: 1 }, 1);
  lines.add({ stream: "stdout", text: "other\n", rank: 0 }, 2);
  lines.add({ stream: "stderr", text: "error\n", rank: 1 }, 3);
  lines.add({ stream: "stdout", text: "a line\n\nrest", rank: 1 }, 4);
  assert.equal(lines.take(), [
    { text: "one", timeMs: 1, isError: false, rank: 1 },
    { text: "other", timeMs: 2, isError: false, rank: 0 },
    { text: "error", timeMs: 3, isError: true, rank: 1 },
    { text: "half a line", timeMs: 4, isError: false, rank: 1 },
    { text: "", timeMs: 4, isError: false, rank: 1 },
  ]);
  assert.equal(lines.take(), []);
  lines.end(5);
  assert.equal(lines.take(), [{ text: "rest", timeMs: 5, isError: false, rank: 1 }]);
});

test("show what a terminal shows, without colours, and not our own announcement", () => {
  const lines = new ConsoleLines();
  const text = "\u001b[31mred\u001b[0m\nbar 1\rbar 2\rbar 3\nRun 0123abcd is kept. Look at it: x\n";
  lines.add({ stream: "stdout", text }, 1);
  lines.add({ stream: "stdout", text: "10 %\r" }, 1);
  lines.add({ stream: "stdout", text: "20 %\r" }, 1);
  lines.add({ stream: "stdout", text: "30 %" }, 1);
  lines.end(2);
  assert.equal(textsOf(lines), ["red", "bar 3", "30 %"]);
});

test("hide known keys, also one of several lines", () => {
  process.env.LINES_TEST_TOKEN = "first-part\nsecond-part";
  process.env.LINES_TEST_SECRET = "quite-secret";
  const lines = new ConsoleLines();
  lines.add({ stream: "stdout", text: "a quite-secret word\nfirst-part\nsecond-part\nlast\n" }, 1);
  const texts = textsOf(lines);
  delete process.env.LINES_TEST_TOKEN;
  delete process.env.LINES_TEST_SECRET;
  assert.equal([texts[0], texts.at(-1), texts.length], ["a *** word", "last", 4]);
});

test("are cut if they are long, and left out if they come too fast, with their number", () => {
  const lines = new ConsoleLines();
  lines.add({ stream: "stdout", text: `${"x".repeat(10_000)}\n` }, 1);
  assert.is(textsOf(lines)[0]?.length, 4096);
  const [long] = [`${"y".repeat(4000)}\n`];
  for (let i = 0; i < 3000; i++) lines.add({ stream: "stdout", text: long as string }, 1);
  const kept = textsOf(lines).length;
  assert.ok(kept > 500 && kept < 1500, String(kept));
  lines.add({ stream: "stdout", text: "later\n" }, 60_000);
  const [report, later] = textsOf(lines);
  assert.match(report as string, new RegExp(`^… ${3000 - kept} lines are not recorded`));
  assert.is(later, "later");
});

test.run();
