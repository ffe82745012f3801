import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { progress } from "../../src/progress/progress.ts";
import { runAcc } from "../cli/run-acc.ts";

const test = suite("progress");
const SCRIPT = fileURLToPath(new URL("./fixtures/nested-loops.ts", import.meta.url));

test("passes items on and closes what it iterates", async () => {
  let closed = 0;
  async function* source() {
    try {
      for (let i = 0; i < 5; i++) yield i;
    } finally {
      closed += 1;
    }
  }
  const seen: number[] = [];
  const items = progress(source(), { description: "test", total: 5, disable: true });
  for await (const item of items) {
    items.postfix({ item, text: "x" });
    seen.push(item);
    if (item === 2) break;
  }
  assert.equal(seen, [0, 1, 2]);
  assert.is(closed, 1);
  for (const wrong of [5, true]) assert.throws(() => progress(wrong as never), "to iterate");
});

test("a bar of each loop of the main process; of all ranks when asked for", async () => {
  const { code, stderr } = await runAcc(["launch", "--num-processes", "2", SCRIPT], {});
  assert.is(code, 0, stderr);
  const lines = stderr.split("\n").filter((line) => line.includes(" % "));
  assert.equal(
    lines.map((line) => line.replace(/ {2,}█.*%/, "").replace(/0:0\d.*(each|s) {2}/, "")).sort(),
    [
      "[rank 0] all  2/2  loss 0.5000",
      "[rank 1] all  2/2  loss 0.5000",
      "epoch 1  3/3  loss 0.1000",
      "epoch 2  3/3  loss 0.2000",
    ],
  );
});

test("ACC_PROGRESS hides all bars, and another word is refused", async () => {
  const run = (value: string) =>
    runAcc(["launch", "--num-processes", "1", SCRIPT], { env: { ACC_PROGRESS: value } });
  const off = await run("off");
  assert.is(off.code, 0, off.stderr);
  assert.not.match(off.stderr, "%");
  const wrong = await run("no");
  assert.is(wrong.code, 2, wrong.stderr);
  assert.match(wrong.stderr, 'ACC_PROGRESS must be one of bars, lines, off, got "no"');
});

test.run();
