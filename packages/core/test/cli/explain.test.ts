import { suite } from "uvu";
import * as assert from "uvu/assert";
import { runAcc } from "./run-acc.ts";
import { STALL } from "./test-explain.ts";

const test = suite("acc launch: where replicas stand");

test("--debug names the lines of all ranks where one does not arrive", async () => {
  const options = ["--debug", "--timeout-ms", "5000", "--num-processes", "2"];
  const { code, stderr } = await runAcc(["launch", ...options, STALL, "/nowhere/at/all"]);
  assert.is(code, 1);
  assert.match(stderr, "[COLLECTIVE_TIMEOUT]");
  assert.match(stderr, /rank 0 called gather\(float32\[2\]\) at \S*stall\.ts:15:/);
  assert.match(stderr, /rank 1 has been in no collective .*, at \S*stall\.ts:12:/);
});

test.run();
