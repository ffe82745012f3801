import type { DeliveredEvent } from "@acc/core";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { LeftOut } from "../src/left-out.ts";
import { recordEvents, type Translator } from "../src/record-events.ts";

const test = suite("recordEvents");
type State = { count: number };

/** One operation per value; texts are left out. */
class Counter implements Translator<State, string> {
  readonly operations: string[] = [];
  readonly state: State;
  readonly #leaveOut: (what: string, advice: string) => void;

  constructor(state: State, leaveOut: (what: string, advice: string) => void) {
    this.state = state;
    this.#leaveOut = leaveOut;
  }

  add(event: DeliveredEvent): void {
    if (event.type !== "metrics") return;
    for (const [key, value] of Object.entries(event.values)) {
      if (typeof value === "string") this.#leaveOut(key, "log a number");
      else this.operations.push(`${this.state.count++} ${key}=${value}`);
    }
  }
}

const events: DeliveredEvent[] = [
  { type: "metrics", values: { a: 1, note: "x" }, context: {}, sequence: 0 },
  { type: "metrics", values: { b: 2 }, context: {}, sequence: 1 },
];

function setUp() {
  const warnings: string[] = [];
  const leftOut = new LeftOut("Test", (message) => warnings.push(message));
  const state = { count: 5 };
  const transaction = {
    state,
    translator: (draft: State, leaveOut: (what: string, advice: string) => void) =>
      new Counter(draft, leaveOut),
    leftOut,
  };
  return { warnings, leftOut, state, transaction };
}

test("sends the operations of all events, and gives the state after them", async () => {
  const { state, transaction, warnings } = setUp();
  const sent: string[] = [];
  const next = await recordEvents(events, transaction, async (attempt) => {
    sent.push(...attempt.operations);
    attempt.leaveOut("c", "it was refused");
  });
  assert.equal(sent, ["5 a=1", "6 b=2"]);
  assert.equal(next, { count: 7 });
  assert.equal(state, { count: 5 });
  assert.equal(warnings, [
    "Test cannot hold note: log a number",
    "Test cannot hold c: it was refused",
  ]);
});

test("an attempt that fails changes nothing and counts nothing", async () => {
  const { state, transaction, warnings, leftOut } = setUp();
  const attempts: (readonly string[])[] = [];
  for (const isLast of [false, true]) {
    const attempt = recordEvents(events, transaction, async ({ operations }) => {
      attempts.push(operations);
      if (!isLast) throw new Error("down");
    });
    await attempt.then(
      () => assert.ok(isLast),
      (error) => assert.is(error.message, "down"),
    );
    assert.equal(state, { count: 5 });
    assert.is(warnings.length, isLast ? 1 : 0);
  }
  assert.equal(attempts[0], attempts[1]);
  leftOut.report();
  assert.match(warnings[1] ?? "", "note 1 times");
});

test.run();
