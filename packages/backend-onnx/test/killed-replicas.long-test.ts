import { suite } from "uvu";
import * as assert from "uvu/assert";
import { leaveNothing } from "./many-replicas.ts";

const test = suite("replicas that end in the middle of a run");

const WAYS = ["exit", "throw", "uncaught", "terminate", "heap"];

test("leave no thread, no file, no handle and no session behind, whichever way they end", async () => {
  const outcomes = await leaveNothing(5 * WAYS.length, 2 * WAYS.length, WAYS);
  assert.equal(outcomes, Object.fromEntries(WAYS.map((way) => [way, ["REPLICA_FAILED"]])));
});

test.run();
