import { suite } from "uvu";
import * as assert from "uvu/assert";
import { nearestName } from "../../src/options/nearest-name.ts";

const test = suite("nearestName");
const NAMES = ["batchSize", "shuffle", "seed", "dropLast", "numWorkers", "prefetch", "shard"];

for (const [written, meant] of [
  ["batch_size", "batchSize"],
  ["batchsize", "batchSize"],
  ["BATCH-SIZE", "batchSize"],
  ["batch", "batchSize"],
  ["batchSizes", "batchSize"],
  ["batchSzie", "batchSize"],
  ["shufle", "shuffle"],
  ["sede", "seed"],
  ["drop_last", "dropLast"],
  ["numworker", "numWorkers"],
  ["pin_memory", undefined],
  ["x", undefined],
  ["", undefined],
] as const) {
  test(`takes ${JSON.stringify(written)} for ${meant ?? "nothing"}`, () => {
    assert.is(nearestName(written, NAMES), meant);
  });
}

test.run();
