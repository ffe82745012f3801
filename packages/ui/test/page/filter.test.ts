import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parseFilter } from "../../src/page/model/filter.ts";
import { makeKey, makeRun } from "./make-run.ts";

const test = suite("filter of runs");

const runs = [
  makeRun("adam-warm", {
    name: "warm start",
    status: "done",
    config: { "model.lr": 0.01, optimizer: "adam", nesterov: true },
    keys: { "train/loss": makeKey({ last: 0.2 }), "test/accuracy": makeKey({ last: 0.97 }) },
    tags: ["good"],
  }),
  makeRun("sgd", {
    status: "failed",
    config: { "model.lr": 0.5, optimizer: "sgd" },
    keys: { "train/loss": makeKey({ last: "NaN" }) },
    note: "blew up (again)",
  }),
  makeRun("empty", { status: "running" }),
];

function found(text: string): string {
  const { matches } = parseFilter(text);
  return runs
    .filter(matches)
    .map(({ id }) => id)
    .join(" ");
}

for (const [text, expected] of [
  ["", "adam-warm sgd empty"],
  ["ADAM", "adam-warm"],
  ["optimizer=sgd", "sgd"],
  ["-adam", "sgd empty"],
  ['"warm start"', "adam-warm"],
  ["warm nothing", ""],
  ["/lr=0\\.\\d/", "adam-warm sgd"],
  ["-/lr=0\\.5/", "adam-warm empty"],
  ["status:failed", "sgd"],
  ["-status:done", "sgd empty"],
  ["has:accuracy", "adam-warm"],
  ["tag:good", "adam-warm"],
  ["lr>0.01", "sgd"],
  ["lr>=0.01", "adam-warm sgd"],
  ["lr<=0.5 lr!=0.5", "adam-warm"],
  ["lr!=0.5", "adam-warm empty"],
  ["loss<0.3", "adam-warm"],
  ["loss=NaN", "sgd"],
  ["nesterov=true", "adam-warm"],
  ["r>0", ""],
  ["(again)", "sgd"],
] as const) {
  test(`"${text}" finds ${expected || "nothing"}`, () => assert.is(found(text), expected));
}

test("an expression that is none is said, and hides nothing", () => {
  const { problem, matches } = parseFilter("/(/");
  assert.match(problem ?? "", "no regular expression");
  assert.ok(runs.every(matches));
});

test.run();
