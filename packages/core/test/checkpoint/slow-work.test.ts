import { setTimeout as pause } from "node:timers/promises";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { reportSlow } from "../../src/checkpoint/slow-work.ts";

const test = suite("work on a checkpoint that takes long");
const LIMITS = { firstMs: 20, everyMs: 30 };

async function linesOf(call: () => Promise<unknown>): Promise<string[]> {
  const { warn } = console;
  const lines: string[] = [];
  console.warn = (line: string) => lines.push(line);
  try {
    await call();
  } finally {
    console.warn = warn;
  }
  return lines;
}

test("is said now and then, and at its end", async () => {
  const slow = pause(200, "read");
  const lines = await linesOf(async () => {
    assert.is(await reportSlow("loading", slow, LIMITS), "read");
    await pause(60); // nothing is said afterwards
  });
  assert.ok(lines.length >= 3, lines.join("\n"));
  assert.match(lines[0] ?? "", /^loading: \d\.\d s so far\.$/);
  assert.match(lines.at(-1) ?? "", /^loading: over after \d\.\d s\.$/);
});

test("is not said if it is quick, and not kept from failing", async () => {
  const quick = await linesOf(async () => {
    assert.is(await reportSlow("loading", Promise.resolve(1)), 1);
    const failing = reportSlow("loading", Promise.reject(new Error("no disk")), LIMITS);
    assert.is(await failing.catch((error: Error) => error.message), "no disk");
  });
  assert.equal(quick, []);
});

test.run();
