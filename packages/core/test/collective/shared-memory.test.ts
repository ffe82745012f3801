import { suite } from "@acc/test-kit/suite";
import * as assert from "uvu/assert";
import { abortGroup } from "../../src/collective/shared-group.ts";
import { contribution } from "./contribution.ts";
import type { Outcome, Step } from "./fixtures/rank.ts";
import { everywhere, runRanks } from "./run-ranks.ts";
import { OPS, reference, resultOf, sameBits, testMoves } from "./test-moves.ts";

const test = suite("collectives in shared memory");

const errorOf = (outcome: Outcome | undefined): { code: string; message: string } => {
  if (outcome && "code" in outcome) return outcome;
  throw new Error(`should have failed: ${JSON.stringify(outcome)}`);
};

for (const worldSize of [1, 2, 3]) testMoves(test, worldSize);

test("reduces int32 exactly and refuses its mean", async () => {
  const steps: Step[] = [
    { do: "allReduce", length: 101, op: "sum", dtype: "int32" },
    { do: "allReduce", length: 101, op: "max", dtype: "int32" },
    { do: "allReduce", length: 101, op: "mean", dtype: "int32" },
  ];
  const ints = [0, 1, 2].map((rank) =>
    contribution(rank, 101).map((value) => Math.round(value * 1000)),
  );
  for (const [sum, max, mean] of await runRanks(everywhere(3, ...steps))) {
    const at = (i: number) => ints.map((values) => values[i] as number);
    assert.equal(
      [...(resultOf(sum) as Int32Array)],
      Array.from({ length: 101 }, (_, i) => at(i).reduce((a, b) => a + b)),
    );
    assert.equal(
      [...(resultOf(max) as Int32Array)],
      Array.from({ length: 101 }, (_, i) => Math.max(...at(i))),
    );
    assert.is(errorOf(mean).code, "OPTION_INVALID");
  }
});

test("gives the numbers of Accelerate's reduce", async () => {
  const steps = (worldSize: number) =>
    Array.from({ length: worldSize }, (_, rank): Step[] =>
      (["sum", "mean", "max"] as const).map((op) => ({
        do: "values",
        values: [rank + 1, 2 * (rank + 1)],
        op,
      })),
    );
  const bits = (...values: number[]) => new Uint32Array(Float32Array.from(values).buffer);
  const expected = {
    2: [bits(3, 6), bits(1.5, 3), bits(2, 4)],
    3: [bits(6, 12), bits(2, 4), bits(3, 6)],
  };
  for (const [worldSize, values] of Object.entries(expected)) {
    for (const outcomes of await runRanks(steps(Number(worldSize)))) {
      assert.equal(outcomes.map(resultOf), values);
    }
  }
});

test("the scalar kernel gives the bits of the SIMD kernel, also of NaN, infinities and -0", async () => {
  const odd = [
    Number.NaN,
    1,
    -0,
    0,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    1e-45,
    3.4e38,
  ];
  const steps = [0, 1, 2].map((rank): Step[] =>
    OPS.map((op) => ({
      do: "values",
      op,
      values: odd.map((_, i) => odd[(i * (rank + 1) + rank) % odd.length] as number),
    })),
  );
  const simd = await runRanks(steps);
  const scalar = await runRanks(steps, { scalar: true });
  for (const [rank, outcomes] of simd.entries()) {
    for (const [index, outcome] of outcomes.entries()) {
      const bits = canonical(resultOf(outcome) as Uint32Array);
      assert.equal(canonical(resultOf(scalar[rank]?.[index]) as Uint32Array), bits, OPS[index]);
      assert.equal(resultOf(simd[0]?.[index]), resultOf(outcome), "bit-equal between ranks");
    }
  }
});

test("stays in step over thousands of small operations", async () => {
  for (const outcomes of await runRanks(everywhere(3, { do: "reduceMany", rounds: 2000 }))) {
    assert.is(resultOf(outcomes[0]), "all right");
  }
});

test.slow("moves more than its scratch memory holds", async () => {
  const length = 5_000_000; // 20 MB per rank, in rounds of 16 MiB
  const steps: Step[] = [
    { do: "allReduce", length, op: "sum" },
    { do: "broadcast", length, from: 1 },
  ];
  for (const [sum, sent] of await runRanks(everywhere(2, ...steps))) {
    assert.ok(sameBits(resultOf(sum) as Float32Array, reference(2, length, "sum")));
    assert.ok(sameBits(resultOf(sent) as Float32Array, contribution(1, length)));
  }
});

const MISMATCHES: [string, Step, Step, RegExp][] = [
  [
    "another operation",
    { do: "allGather", length: 4, call: "gather" },
    { do: "allReduce", length: 4, op: "sum", call: "reduce" },
    /rank 0 called gather\(float32\[4\]\).*ranks 1, 2 called reduce\(float32\[4\]\) with op "sum"/,
  ],
  [
    "another length",
    { do: "allGather", length: 4 },
    { do: "allGather", length: 5 },
    /float32\[4\].*float32\[5\]/,
  ],
  [
    "another dtype",
    { do: "allReduce", length: 4, op: "sum" },
    { do: "allReduce", length: 4, op: "sum", dtype: "int32" },
    /float32.*int32/,
  ],
  [
    "another op",
    { do: "allReduce", length: 4, op: "sum" },
    { do: "allReduce", length: 4, op: "max" },
    /"sum".*"max"/,
  ],
  [
    "another root",
    { do: "broadcast", length: 4, from: 0 },
    { do: "broadcast", length: 4, from: 1 },
    /from rank 0.*from rank 1/,
  ],
  ["a barrier", { do: "barrier" }, { do: "allGather", length: 4 }, /barrier\(\).*allGather/],
];
for (const [name, first, second, message] of MISMATCHES) {
  test(`all ranks throw when one makes ${name}, and the next calls work`, async () => {
    // Three in a row: headers are kept in two sets that take turns.
    const disagreements = [0, 1, 2];
    const next: Step[] = [
      { do: "allReduce", length: 4, op: "sum" },
      { do: "gatherObject", value: 5 },
      { do: "allReduce", length: 40, op: "max", allocated: true },
    ];
    const steps = (step: Step): Step[] => [...disagreements.map(() => step), ...next];
    for (const outcomes of await runRanks([steps(first), steps(second), steps(second)])) {
      for (const index of disagreements) {
        assert.is(errorOf(outcomes[index]).code, "COLLECTIVE_MISMATCH");
        assert.match(errorOf(outcomes[index]).message, message);
        assert.match(errorOf(outcomes[index]).message, /ranks 1, 2/);
      }
      const [sum, objects, max] = outcomes.slice(disagreements.length).map(resultOf);
      assert.ok(sameBits(sum as Float32Array, reference(3, 4, "sum")));
      assert.equal(objects, [5, 5, 5]);
      assert.ok(sameBits(max as Float32Array, reference(3, 40, "max")));
    }
  });
}

for (const worldSize of [2, 3]) {
  for (const lateMs of [0, 400]) {
    test(`a rank that waits for one that leaves ${lateMs} ms later throws, of ${worldSize} ranks`, async () => {
      const started = performance.now();
      const waits: Step[] = [
        { do: "barrier" },
        { do: "allGather", length: 3, call: "gather" },
        { do: "barrier" },
      ];
      const leaves: Step[] = [{ do: "barrier" }, { do: "sleep", ms: lateMs }, { do: "leave" }];
      const steps = Array.from({ length: worldSize }, (_, rank) => (rank === 1 ? leaves : waits));
      const ranks = await runRanks(steps, { timeoutMs: 15_000 });
      assert.ok(performance.now() - started < 10_000);
      for (const [rank, outcomes] of ranks.entries()) {
        assert.is(resultOf(outcomes[0]), undefined, "the last barrier before it is passed");
        if (rank === 1) continue;
        for (const outcome of outcomes.slice(1)) {
          assert.is(errorOf(outcome).code, "COLLECTIVE_RANK_ENDED");
        }
        const { message } = errorOf(outcomes[1]);
        assert.match(message, /script of rank 1 has ended/);
        assert.match(message, `rank ${rank} called gather(float32[3])`);
        assert.match(errorOf(outcomes[2]).message, `rank ${rank} called barrier()`);
      }
    });
  }
}

test("a barrier that all have reached is passed, however soon a rank leaves behind it", async () => {
  const barriers = Array.from({ length: 200 }, (): Step => ({ do: "barrier" }));
  for (let round = 0; round < 5; round++) {
    const steps = [0, 1, 2].map((): Step[] => [...barriers, { do: "leave" }]);
    for (const outcomes of await runRanks(steps)) {
      for (const outcome of outcomes) assert.is(resultOf(outcome), undefined);
    }
  }
});

test("a rank that stays away is named after the time limit, and the group is dead", async () => {
  const barrier: Step = { do: "barrier" };
  const sleep: Step = { do: "sleep", ms: 4000 };
  const ranks = await runRanks(
    [
      [barrier, barrier, barrier],
      [barrier, sleep, barrier],
      [barrier, barrier, barrier],
    ],
    { timeoutMs: 2000 },
  );
  for (const rank of [0, 2]) {
    assert.is(errorOf(ranks[rank]?.[1]).code, "COLLECTIVE_TIMEOUT");
    assert.match(errorOf(ranks[rank]?.[1]).message, /rank 1 did not arrive within 2000 ms/);
    assert.is(errorOf(ranks[rank]?.[2]).code, "COLLECTIVE_TIMEOUT");
  }
  assert.is(
    errorOf(ranks[1]?.[2]).code,
    "COLLECTIVE_TIMEOUT",
    "the late one throws instead of waiting",
  );
});

test("an abort wakes whoever waits, at once, with the reason", async () => {
  const started = performance.now();
  const wait: Step = { do: "barrier" };
  const ranks = await runRanks([[wait], [{ do: "sleep", ms: 700 }, wait], [wait]], {
    timeoutMs: 15_000,
    meanwhile: (group) => {
      setTimeout(() => abortGroup(group, "replica 1 ran out of luck"), 600);
    },
  });
  assert.ok(performance.now() - started < 10_000);
  for (const outcomes of ranks) {
    const { code, message } = errorOf(outcomes.at(-1));
    assert.is(code, "COLLECTIVE_ABORTED");
    assert.match(message, "ran out of luck");
  }
});

test("all ranks throw when one sends what cannot be cloned", async () => {
  const steps = [false, true, false].map((unclonable): Step[] => [
    { do: "gatherObject", value: 1, unclonable },
    { do: "gatherObject", value: 2 },
  ]);
  for (const [failed, next] of await runRanks(steps)) {
    assert.is(errorOf(failed).code, "VALUE_INVALID");
    assert.match(errorOf(failed).message, /rank 1/);
    assert.equal(resultOf(next), [2, 2, 2], "the group lives on");
  }
});

/** The payload of a NaN is not specified: only that it is a NaN. */
function canonical(bits: Uint32Array): number[] {
  return [...bits].map((word) => ((word & 0x7fffffff) > 0x7f800000 ? 0x7fc00000 : word));
}

test.run();
