/** Values that differ from rank to rank are an error on every rank, which names both, and the group goes on. */
import type { Test } from "uvu";
import * as assert from "uvu/assert";
import { launch } from "../../src/launch/launch.ts";
import { OPERATION_NAMES, type Outcome } from "./fixtures/differ.ts";

const script = new URL("./fixtures/differ.ts", import.meta.url);

export function testDifferences(test: Test, numProcesses: number): void {
  let ranks: Outcome[];
  test.before(async () => {
    ranks = await launch<Outcome>(script, { numProcesses, timeoutMs: 60_000 });
  });

  test(`are refused on each of ${numProcesses} ranks, and the next operation works`, () => {
    const last = numProcesses - 1;
    const all = Array.from({ length: numProcesses }, (_, rank) => rank);
    for (const { differing: seen } of ranks) {
      assert.equal(
        seen.map(({ name }) => name),
        OPERATION_NAMES,
      );
      for (const { name, error, next } of seen) {
        const [call] = name.split(":");
        assert.match(error, /^COLLECTIVE_MISMATCH/, `${name}: ${error}`);
        assert.match(error, new RegExp(`rank ${last} called ${call}`), name);
        assert.equal(next, all, name);
      }
    }
  });

  test(`in nothing that matters are no error, of ${numProcesses}`, () => {
    for (const { alike } of ranks) {
      const [pad, gather, reduce, shape] = alike;
      assert.is(pad, "VALUE_INVALID");
      assert.is(gather, "VALUE_INVALID");
      assert.is(reduce, "OPTION_INVALID");
      assert.is(shape, `${numProcesses * numProcesses},3`);
    }
  });
}
