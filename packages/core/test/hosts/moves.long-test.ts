import { suite } from "uvu";
import * as assert from "uvu/assert";
import { chunkBytesOf } from "../../src/hosts/chunks.ts";
import { testMovesOverHosts } from "./test-moves-over-hosts.ts";

const moves = suite("moves over many hosts");

for (const hosts of [2, 3, 4]) {
  for (const replicas of [1, 2, 3, 4]) {
    testMovesOverHosts(
      moves,
      Array.from({ length: hosts }, () => replicas),
    );
  }
}
testMovesOverHosts(moves, [1, 3, 2], [0, 5, 1000, 60_001]);
testMovesOverHosts(moves, [4, 1], [0, 5, 1000, 60_001]);
testMovesOverHosts(moves, [1, 1, 1, 1, 1, 1], [0, 5, 1000, 60_001]);

// 0, 4, 12, 16, 20 bytes over a whole number of chunks, and over the 16 MiB that are copied at a time.
const chunk = chunkBytesOf(2 ** 22) / 4;
assert.is(chunk * 4, 2 ** 19);
testMovesOverHosts(
  moves,
  [1, 2],
  [0, 1, 3, 4, 5].map((over) => 8 * chunk + over),
);
testMovesOverHosts(
  moves,
  [2, 1],
  [0, 1, 3, 4, 5].map((over) => 2 ** 22 + over),
);

moves.run();
