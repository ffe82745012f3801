import type { Test } from "uvu";
import * as assert from "uvu/assert";
import { launch } from "../../src/launch/launch.ts";
import { watchThreads } from "./watch-threads.ts";

const threads = watchThreads();
const script = new URL("./fixtures/results.ts", import.meta.url);

export function testResults(test: Test, numProcesses: number): void {
  test(`returns one result per rank, in rank order, for ${numProcesses} replicas`, async () => {
    const args = ["--epochs", 3];
    const results = await launch(script, { numProcesses, args });
    const expected = Array.from({ length: numProcesses }, (_, processIndex) => ({
      processIndex,
      numProcesses,
      args,
      argv: ["--epochs", "3"],
    }));
    assert.equal(results, expected);
    assert.is(threads.alive.size, 0);
  });
}
