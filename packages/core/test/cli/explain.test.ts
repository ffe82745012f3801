import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { runAcc } from "./run-acc.ts";

const test = suite("acc launch: where replicas stand");
const STALL = fileURLToPath(new URL("./fixtures/stall.ts", import.meta.url));

if (process.platform !== "win32") {
  for (const restarts of [[], ["--max-restarts", "0"]]) {
    test(`SIGUSR2 prints where each rank stands, and the run goes on ${restarts.join(" ")}`, async () => {
      let isAsked = false;
      const args = ["launch", ...restarts, "--num-processes", "3", STALL, "2000"];
      const { code, stderr } = await runAcc(args, {
        act: (child, output) => {
          if (isAsked || output.split("stalls").length <= 3) return;
          isAsked = true;
          setTimeout(() => child.kill("SIGUSR2"), 500);
        },
      });
      assert.is(code, 0, stderr);
      assert.match(stderr, "Where the replicas stand:\n  rank 0, ");
      for (const rank of [0, 2]) {
        assert.match(
          stderr,
          new RegExp(
            `rank ${rank}, before its first step: waits in gather\\(float32\\[2\\]\\) for .*, at \\S*stall\\.ts:14:`,
          ),
        );
      }
      assert.match(stderr, /rank 1, .*: has been in no collective for .*; its last one was reduce/);
    });
  }
}

test("--debug names the lines of all ranks where one does not arrive", async () => {
  const options = ["--debug", "--timeout-ms", "3000", "--num-processes", "2"];
  const { code, stderr } = await runAcc(["launch", ...options, STALL, "60000"]);
  assert.is(code, 1);
  assert.match(stderr, "[COLLECTIVE_TIMEOUT]");
  assert.match(stderr, /rank 0 called gather\(float32\[2\]\) at \S*stall\.ts:14:/);
  assert.match(stderr, /rank 1 has been in no collective .*, at \S*stall\.ts:10:/);
});

test.run();
