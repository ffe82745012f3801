import type { Test } from "uvu";
import * as assert from "uvu/assert";
import type { Outcome, Step } from "../collective/fixtures/rank.ts";
import { everywhere, runRanks } from "../collective/run-ranks.ts";
import { OPS } from "../collective/test-moves.ts";
import { type HostsResult, runHosts } from "./run-hosts.ts";

/** Floats whose bytes lie around the edges of blocks, and some that need a pipeline of chunks. */
const LENGTHS = [0, 1, 3, 4, 5, 17, 1000, 16_384, 16_385, 16_388, 300_001];

/** Every operation of a group. */
export function allMoves(worldSize: number, lengths: readonly number[] = LENGTHS): Step[][] {
  const last = worldSize - 1;
  return Array.from({ length: worldSize }, (_, rank): Step[] => [
    { do: "barrier" },
    ...lengths.flatMap((length) =>
      OPS.flatMap((op) => [
        { do: "allReduce", length, op } as const,
        { do: "allReduce", length, op, allocated: true } as const,
      ]),
    ),
    ...OPS.filter((op) => op !== "mean").flatMap((op) =>
      lengths.map((length) => ({ do: "allReduce", length, op, dtype: "int32" }) as const),
    ),
    ...lengths.flatMap((length) => [
      { do: "averageHalf", length, format: "fp16" } as const,
      { do: "averageHalf", length, format: "bf16" } as const,
      { do: "broadcast", length, from: 0 } as const,
      { do: "broadcast", length, from: last } as const,
      { do: "broadcast", length, from: worldSize >> 1 } as const,
      { do: "allGather", length } as const,
    ]),
    { do: "gatherObject", value: { rank, text: "x".repeat(rank * 1000) } },
    { do: "gatherObject", value: rank === last ? undefined : [rank] },
    { do: "broadcastObject", value: { from: rank, many: "y".repeat(10_000) }, from: last },
    { do: "hold", name: "a", mib: 1 },
    { do: "release", name: "a" },
    { do: "reduceMany", rounds: 20 },
    { do: "cell", value: 11 },
    { do: "notice", value: 12 },
    { do: "gatherObject", value: rank, unclonable: rank === last },
    { do: "barrier" },
  ]);
}

/** What every rank ended with, as text that shows every bit. */
export function bitsOf(outcomes: readonly Outcome[][]): string[][] {
  return outcomes.map((own) => own.map((outcome) => textOf(outcome)));
}

function textOf(outcome: Outcome): string {
  if ("code" in outcome) return `${outcome.code}: ${outcome.message}`;
  return JSON.stringify(outcome.value, (_, value) =>
    ArrayBuffer.isView(value)
      ? Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64")
      : value,
  );
}

export function requireGoodEnd({ errors, aborted, closed }: HostsResult): void {
  assert.equal(errors.filter(Boolean), []);
  assert.is(aborted, 0);
  assert.ok(closed.every(Boolean), "every host has closed its transport");
}

/** Tests that hosts with so many replicas each compute what one host with all of them computes, to the bit. */
export function testMovesOverHosts(
  test: Test,
  replicasOf: readonly number[],
  lengths?: readonly number[],
): void {
  const worldSize = replicasOf.reduce((sum, replicas) => sum + replicas, 0);
  testBits(test, replicasOf, allMoves(worldSize, lengths));
}

/** The same for steps that all ranks make. */
export function testSteps(test: Test, replicasOf: readonly number[], steps: Step[]): void {
  const worldSize = replicasOf.reduce((sum, replicas) => sum + replicas, 0);
  testBits(test, replicasOf, everywhere(worldSize, ...steps));
}

function testBits(test: Test, replicasOf: readonly number[], steps: Step[][]): void {
  test(`gives the bits of one host on hosts with ${replicasOf.join(" + ")} replicas`, async () => {
    const result = await runHosts(replicasOf, steps, { timeoutMs: 60_000 });
    requireGoodEnd(result);
    const one = bitsOf(await runRanks(steps, { timeoutMs: 60_000 }));
    const many = bitsOf(result.outcomes);
    for (const [rank, own] of one.entries()) {
      for (const [index, expected] of own.entries()) {
        const what = `${JSON.stringify(steps[rank]?.[index])} on rank ${rank}`;
        if (steps[rank]?.[index]?.do === "hold") continue; // tells addresses
        assert.is(many[rank]?.[index], expected, what);
      }
    }
  });
}
