import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { ProgressState } from "../../src/context/progress-state.ts";
import { Terminal } from "../../src/progress/terminal.ts";
import { Screen } from "./screen.ts";

const test = suite("terminal");

const bar = (current: number, more: Partial<ProgressState> = {}): ProgressState => ({
  ...{ id: "0", description: "epoch 1", current, total: 4, elapsedMs: 2000, rate: 0.5 },
  ...{ postfix: "loss 0.5", done: false, leave: true },
  ...more,
});

/** A terminal on one screen. */
function shown(isTTY: boolean, columns?: number, rows?: number): [Terminal, Screen] {
  const screen = new Screen(isTTY, columns, rows);
  return [new Terminal(screen, screen, isTTY ? "bars" : "lines"), screen];
}

test("keeps the bar below what replicas print, and leaves its last state", () => {
  const [terminal, screen] = shown(true);
  terminal.progress(bar(1));
  terminal.print("stdout", "a line\n");
  terminal.print("stderr", "another\n");
  assert.is(screen.lines.length, 4);
  assert.equal(screen.lines.slice(0, 2), ["a line", "another"]);
  assert.match(
    screen.lines[2] ?? "",
    /^epoch 1 {2}█{6}░{18} {3}25 % {2}1\/4 {2}0:02, 0:06 left {2}2.0 s each {2}loss 0.5$/,
  );
  terminal.progress(bar(4, { done: true }));
  terminal.print("stdout", "the end\n");
  assert.match(screen.lines[2] ?? "", /100 % {2}4\/4 {2}0:02 {2}/);
  assert.equal(screen.lines.slice(3), ["the end", ""]);
});

test("what the process itself writes goes above the bar, and its streams are its own again afterwards", () => {
  const [terminal, screen] = shown(true);
  const { write } = screen;
  terminal.progress(bar(1));
  screen.write("one line\n");
  screen.write("begun, ");
  screen.write(new TextEncoder().encode("ended\n"));
  assert.equal(screen.lines.slice(0, 2), ["one line", "begun, ended"]);
  assert.match(screen.lines[2] ?? "", /^epoch 1/);
  terminal.progress(bar(4, { done: true }));
  assert.is(screen.write, write);
  screen.write("later\n");
  assert.equal(screen.lines.slice(3), ["later", ""]);
});

test("nested loops have a bar each; one that leaves nothing is gone", () => {
  const [terminal, screen] = shown(true);
  terminal.progress(bar(0, { id: "outer", description: "epochs" }));
  for (const epoch of [1, 2]) {
    const inner = { id: `inner ${epoch}`, description: `epoch ${epoch}`, leave: epoch === 1 };
    terminal.progress(bar(1, inner));
    terminal.print("stdout", `in ${epoch}\n`);
    assert.match(screen.lines.at(-3) ?? "", /^epochs/);
    assert.match(screen.lines.at(-2) ?? "", new RegExp(`^epoch ${epoch}`));
    terminal.progress(bar(4, { ...inner, done: true }));
  }
  assert.equal(
    screen.lines.map((line) => line.split("  ")[0]),
    ["in 1", "epoch 1", "in 2", "epochs", ""],
  );
});

test("a bar fits into the columns of the terminal, and bars into its rows", () => {
  for (const columns of [100, 70, 50, 30, 10]) {
    const [terminal, screen] = shown(true, columns);
    terminal.progress(bar(1, { postfix: "accuracy 0.9876" }));
    const [line = ""] = screen.lines;
    assert.ok(line.length < columns, line);
    assert.is(line.includes("█"), columns > 70, line);
    assert.ok(columns > 70 || columns > 50 || line.endsWith("…"), line);
    terminal.close();
  }
  const [unknown, wide] = shown(true, 0, 0); // some terminals do not say
  unknown.progress(bar(1));
  assert.match(wide.lines[0] ?? "", /25 %/);
  unknown.close();
  const [terminal, screen] = shown(true, 100, 6);
  for (let rank = 0; rank < 8; rank++) terminal.progress(bar(1, { id: `${rank}.0` }));
  terminal.print("stdout", "x\n");
  assert.equal(
    screen.lines.map((line) => line.split("  ")[0]),
    ["x", "epoch 1", "epoch 1", "epoch 1", "… and 5 more", ""],
  );
});

test("text that commands a terminal is written without its commands, wide text takes its columns", () => {
  const [terminal, screen] = shown(true, 60);
  terminal.progress(bar(1, { description: "\x1b[2J世界", postfix: "a\nb" }));
  assert.equal(screen.lines.length, 2);
  assert.match(screen.lines[0] ?? "", /^ \[2J世界 {3}25 % .* {2}a b$/);
});

test("the time of a bar goes on while its loop is in a long step", async () => {
  const [terminal, screen] = shown(true);
  terminal.progress(bar(1));
  const limit = Date.now() + 20_000;
  while (!screen.lines[0]?.includes("0:03")) {
    assert.ok(Date.now() < limit, screen.lines.join("\n"));
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  terminal.close();
});

test("where there is no terminal, a long bar writes a line now and then, and each bar its last", () => {
  const [terminal, screen] = shown(false);
  for (let current = 0; current < 100; current++) terminal.progress(bar(current, { total: 100 }));
  assert.equal(screen.lines, [""]);
  terminal.progress(bar(50, { id: "long", total: 100, elapsedMs: 11_000 }));
  terminal.progress(bar(51, { id: "long", total: 100, elapsedMs: 11_100 }));
  assert.match(screen.lines[0] ?? "", / {2}50 % {2}50\/100 {2}/);
  terminal.progress(bar(100, { total: 100, done: true }));
  terminal.progress(bar(100, { id: "long", total: 100, done: true, leave: false }));
  assert.equal(
    screen.lines.map((line) => /(\d+) %/.exec(line)?.[1]),
    ["50", "100", undefined],
  );
});

test("nothing is shown where progress is off", () => {
  for (const isTTY of [true, false]) {
    const screen = new Screen(isTTY);
    const terminal = new Terminal(screen, screen, "off");
    terminal.progress(bar(1));
    terminal.progress(bar(4, { done: true }));
    assert.equal(screen.lines, [""]);
  }
});

test.run();
