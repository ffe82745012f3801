import { suite } from "uvu";
import * as assert from "uvu/assert";
import { progress } from "../../src/index.ts";
import { Terminal } from "../../src/progress/terminal.ts";

const test = suite("terminal");

const CURSOR_UP_AND_CLEAR = new RegExp(
  `^${String.fromCharCode(27)}\\[(\\d+)A${String.fromCharCode(27)}\\[0J`,
);

/** A stream that shows what a person would see: understands what the terminal sends to move and clear. */
class Screen {
  readonly isTTY: boolean;
  readonly lines: string[] = [""];

  constructor(isTTY: boolean) {
    this.isTTY = isTTY;
  }

  write(text: string): boolean {
    const up = CURSOR_UP_AND_CLEAR.exec(text);
    const rest = up ? text.slice(up[0].length) : text;
    if (up) this.lines.splice(this.lines.length - 1 - Number(up[1]), Number(up[1]));
    const [first = "", ...others] = rest.split("\n");
    this.lines[this.lines.length - 1] += first;
    this.lines.push(...others);
    return true;
  }
}

const bar = (current: number, done = false) => ({
  ...{
    id: "0",
    description: "epoch 1",
    current,
    total: 4,
    elapsedMs: 2000,
    postfix: "loss 0.5",
    done,
  },
});

test("keeps the bar below what replicas print, and leaves its last state", () => {
  const screen = new Screen(true);
  const terminal = new Terminal(screen, screen);
  terminal.progress(bar(1));
  terminal.print("stdout", "a line\n");
  terminal.print("stderr", "another\n");
  assert.is(screen.lines.length, 4);
  assert.equal(screen.lines.slice(0, 2), ["a line", "another"]);
  assert.match(
    screen.lines[2] ?? "",
    /^epoch 1 {2}█{6}░{18} {3}25 % {2}1\/4 {2}2.0 s {2}0.5\/s {2}loss 0.5$/,
  );
  terminal.progress(bar(4, true));
  terminal.print("stdout", "the end\n");
  assert.match(screen.lines[2] ?? "", /100 % {2}4\/4/);
  assert.equal(screen.lines.slice(3), ["the end", ""]);
});

test("prints a few lines per bar where there is no terminal", () => {
  const screen = new Screen(false);
  const terminal = new Terminal(screen, screen);
  for (let current = 0; current < 100; current++)
    terminal.progress({ ...bar(current), total: 100 });
  terminal.progress({ ...bar(100, true), total: 100 });
  assert.equal(
    screen.lines.map((line) => /(\d+) %/.exec(line)?.[1]),
    ["25", "50", "75", "100", undefined],
  );
});

test("progress passes items on and closes what it iterates", async () => {
  let closed = 0;
  async function* source() {
    try {
      for (let i = 0; i < 5; i++) yield i;
    } finally {
      closed += 1;
    }
  }
  const seen: number[] = [];
  const items = progress(source(), { description: "test", total: 5 });
  for await (const item of items) {
    items.postfix({ item, text: "x" });
    seen.push(item);
    if (item === 2) break;
  }
  assert.equal(seen, [0, 1, 2]);
  assert.is(closed, 1);
  assert.throws(() => progress(5 as never), /OPTION_INVALID|iterate/);
});

test.run();
