import { serialize } from "node:v8";
import * as assert from "uvu/assert";
import { launchCalls } from "../launch/launch-calls.ts";
import { launchHosts } from "./launch-hosts.ts";

const CALL_EACH = new URL("../launch/fixtures/call-each.ts", import.meta.url);
const TIMEOUT_MS = 60_000;

/**
 * Requires that calls of a script give on hosts what they give on one host, to the bit. All share two launches.
 *
 * @param entry as `launchCalls` takes it.
 * @returns for every call what it gave on every rank.
 */
export async function compareHosts<T>(
  script: URL,
  replicasOf: readonly number[],
  calls: readonly (readonly unknown[])[],
  entry: URL = CALL_EACH,
): Promise<T[][]> {
  const ranks = replicasOf.reduce((sum, replicas) => sum + replicas, 0);
  const one = await launchCalls<T>(script, ranks, calls, entry);
  const args = [script.href, calls];
  const hosts = await launchHosts(entry, replicasOf, { args, timeoutMs: TIMEOUT_MS });
  const results = hosts.flatMap(({ values, error, stderr }) => {
    assert.is(error, undefined, `${error?.message}\n${stderr}`);
    return values as T[][];
  });
  for (const [index, call] of calls.entries()) {
    for (const [rank, expected] of (one[index] as T[]).entries()) {
      const label = `${JSON.stringify(call)} on rank ${rank}`;
      const actual = results[rank]?.[index] as T;
      assert.equal(actual, expected, label);
      assert.ok(serialize(actual).equals(serialize(expected)), `the bits of ${label}`);
    }
  }
  return one;
}
