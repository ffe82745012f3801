import { suite } from "uvu";
import { chunkBytesOf } from "../../src/hosts/chunks.ts";
import type { Step } from "../collective/fixtures/rank.ts";
import { testMovesOverHosts, testSteps } from "./test-moves-over-hosts.ts";

const moves = suite("moves over many hosts");

for (const hosts of [2, 3, 4]) {
  for (const replicas of [1, 2, 3, 4]) {
    // Many threads on few cores: every operation takes long, so there are fewer.
    const ranks = hosts * replicas;
    const lengths = ranks > 8 ? [60_001] : ranks > 4 ? [0, 5, 60_001] : undefined;
    testMovesOverHosts(moves, Array<number>(hosts).fill(replicas), lengths);
  }
}
for (const replicasOf of [
  [1, 3, 2],
  [4, 1],
  [1, 1, 1, 1, 1, 1],
])
  testMovesOverHosts(moves, replicasOf, [0, 5, 60_001]);

/** Floats over a whole number of chunks: 0, 4, 12, 16 and 20 bytes. */
const OVER = [0, 1, 3, 4, 5];
const chunk = chunkBytesOf(2 ** 22) / 4;

testSteps(
  moves,
  [1, 2],
  OVER.flatMap((over): Step[] => [
    { do: "allReduce", length: 8 * chunk + over, op: "mean", allocated: true },
    { do: "allReduce", length: 8 * chunk + over, op: "max", dtype: "int32" },
    { do: "averageHalf", length: 8 * chunk + over, format: "bf16" },
    { do: "broadcast", length: 8 * chunk + over, from: 1 },
  ]),
);
// More than the 16 MiB that are copied at a time.
testSteps(
  moves,
  [2, 1],
  [0, 1, 4].flatMap((over): Step[] => [
    { do: "allReduce", length: 2 ** 22 + over, op: "mean" },
    { do: "broadcast", length: 2 ** 22 + over, from: 2 },
    { do: "averageHalf", length: 2 ** 22 + over, format: "fp16" },
    { do: "allGather", length: ((2 ** 22) >> 1) + over },
  ]),
);

moves.run();
