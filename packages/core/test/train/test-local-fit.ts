import type { Test } from "uvu";
import * as assert from "uvu/assert";
import { launch } from "../../src/index.ts";

const script = new URL("./fixtures/local-fit.ts", import.meta.url);

export const codesOf = (numProcesses: number): Promise<(string | undefined)[][]> =>
  launch<(string | undefined)[]>(script, { numProcesses, timeoutMs: 30_000 });

export function testRefusal(test: Test, numProcesses: number): void {
  test(`is refused on each of ${numProcesses} replicas, until the model is freed`, async () => {
    const refused = new Array(4).fill("STATE_INVALID");
    for (const codes of await codesOf(numProcesses)) {
      assert.equal(codes, [...refused, undefined, undefined]);
    }
  });
}
