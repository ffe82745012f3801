import type { Test } from "uvu";
import * as assert from "uvu/assert";
import type { ReduceOp } from "../../src/collective/collective.ts";
import { contribution } from "./contribution.ts";
import type { Outcome, Step } from "./fixtures/rank.ts";
import { everywhere, runRanks } from "./run-ranks.ts";

export const OPS: readonly ReduceOp[] = ["sum", "mean", "max", "min"];
const SIZES = [0, 1, 3, 17, 1000, 100_003];

export const resultOf = (outcome: Outcome | undefined): unknown => {
  if (outcome && "value" in outcome) return outcome.value;
  throw new Error(`failed: ${JSON.stringify(outcome)}`);
};

/** In rank order, in float32, then divided: what every rank must end with. */
export function reference(worldSize: number, length: number, op: ReduceOp): Float32Array {
  const ranks = Array.from({ length: worldSize }, (_, rank) => contribution(rank, length));
  const [first = new Float32Array(), ...others] = ranks;
  const result = first.slice();
  for (const other of others) {
    for (let i = 0; i < length; i++) {
      const [a, b] = [result[i] as number, other[i] as number];
      result[i] = op === "max" ? Math.max(a, b) : op === "min" ? Math.min(a, b) : a + b;
    }
  }
  return op === "mean" ? result.map((value) => value / worldSize) : result;
}

export function sameBits(a: Float32Array, b: Float32Array): boolean {
  return Buffer.from(a.buffer, a.byteOffset, a.byteLength).equals(
    Buffer.from(b.buffer, b.byteOffset, b.byteLength),
  );
}

/** Tests what moves numbers and objects among so many ranks. */
export function testMoves(test: Test, worldSize: number): void {
  test(`reduces to the same bits on all of ${worldSize} ranks`, async () => {
    const steps: Step[] = SIZES.flatMap((length) =>
      OPS.flatMap((op) => [
        { do: "allReduce", length, op } as const,
        { do: "allReduce", length, op, allocated: true } as const,
      ]),
    );
    const ranks = await runRanks(everywhere(worldSize, ...steps));
    for (const [index, step] of steps.entries()) {
      const { length, op } = step as { length: number; op: ReduceOp };
      const expected = reference(worldSize, length, op);
      for (const outcomes of ranks) {
        assert.ok(
          sameBits(resultOf(outcomes[index]) as Float32Array, expected),
          `${op} of ${length}`,
        );
      }
    }
  });

  test(`gathers, broadcasts and sends objects among ${worldSize} ranks`, async () => {
    const last = worldSize - 1;
    const steps = Array.from({ length: worldSize }, (_, rank): Step[] => [
      { do: "allGather", length: 1001 },
      { do: "broadcast", length: 77, from: last },
      { do: "gatherObject", value: { rank, list: new Array(rank * 1000).fill("x") } },
      { do: "broadcastObject", value: new Map([["rank", rank]]), from: last },
      { do: "barrier" },
    ]);
    const all = Array.from({ length: worldSize }, (_, rank) => contribution(rank, 1001));
    const objects = steps.map((_, rank) => ({ rank, list: new Array(rank * 1000).fill("x") }));
    for (const outcomes of await runRanks(steps)) {
      assert.equal(resultOf(outcomes[0]), all);
      assert.equal(resultOf(outcomes[1]), contribution(last, 77));
      assert.equal(resultOf(outcomes[2]), objects);
      assert.equal(resultOf(outcomes[3]), new Map([["rank", last]]));
      assert.is(resultOf(outcomes[4]), undefined);
    }
  });
}
