import type { Test } from "uvu";
import * as assert from "uvu/assert";
import { launch } from "../../src/launch/launch.ts";
import type { Held } from "./fixtures/hold-tensors.ts";

const COUNTED = Array.from({ length: 12 }, (_, i) => i);
const MEANS = [0, 0.5, ...Array.from({ length: 10 }, (_, i) => i + 1)];

/** The samples of an epoch, in ascending order. */
function expectedSamples(kind: string): number[] {
  if (kind.startsWith("windows")) return MEANS;
  if (kind.startsWith("one tensor")) return COUNTED.map(() => 1);
  if (kind.includes("mapAsync")) return COUNTED.flatMap((i) => [i, i]);
  return COUNTED;
}

/** Tests that a script of `hold-tensors.ts` gets every sample and leaves no tensor. */
export function testHolding(test: Test, script: URL, backend: string, numProcesses: number): void {
  test(`may be held by the dataset, and leave nothing: ${backend}, ${numProcesses} replicas`, async () => {
    expectHeld(await launch<Record<string, Held>>(script, { numProcesses, args: [backend] }));
  });
}

/**
 * Asserts that every epoch brought all samples, and that no epoch left more tensors than the one before.
 *
 * @param ranks what each rank saw.
 */
function expectHeld(ranks: readonly Record<string, Held>[]): void {
  const [first = {}] = ranks;
  assert.ok(Object.keys(first).length > 10);
  for (const kind of Object.keys(first)) {
    const held = ranks.map((rank) => rank[kind] as Held);
    for (const epoch of [0, 1, 2]) {
      const seen = held.flatMap(({ epochs }) => epochs[epoch] as number[]).sort((a, b) => a - b);
      assert.equal(seen, expectedSamples(kind), `${kind}, epoch ${epoch}`);
    }
    for (const { tensors, bytes } of held) {
      const [leftAtFirst = 0] = tensors;
      const [bytesAtFirst = 0] = bytes;
      assert.ok(Math.max(...tensors) <= leftAtFirst, `${kind}: tensors left: ${tensors}`);
      assert.ok(Math.max(...bytes) <= bytesAtFirst, `${kind}: bytes left: ${bytes}`);
    }
  }
}
