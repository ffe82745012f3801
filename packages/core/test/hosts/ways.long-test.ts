import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compareHosts } from "./compare-hosts.ts";
import type { Way, WayResult } from "./fixtures/ways.ts";

const ways = suite("ways of training over hosts");

const WAYS: readonly Way[] = [
  { name: "local", samples: 112, local: { localSgdSteps: 3 } },
  {
    ...{ name: "local", samples: 112, backend: "wasm" },
    local: { localSgdSteps: 3, outer: { learningRate: 0.7, momentum: 0.9 } },
  },
  { name: "local", samples: 112, local: { enabled: false } },
  { name: "local", samples: 112, accumulation: 2, local: { localSgdSteps: 2, outer: {} } },
  { name: "clip", samples: 112, clip: "norm", accumulation: 3 },
  { name: "clip", samples: 112, clip: "value", accumulation: 2, backend: "wasm" },
  // The last of four ranks has a batch less than the others; then also a smaller one.
  { name: "uneven", samples: 108 },
  { name: "uneven", samples: 102, accumulation: 2 },
  { name: "uneven", samples: 37, clip: "norm" },
  // The last two ranks, which is all of the second host, have no batch at all.
  { name: "uneven", samples: 7 },
  { name: "metrics", samples: 102 },
  { name: "metrics", samples: 97, backend: "wasm" },
];

for (const replicasOf of [
  [2, 2],
  [1, 3],
]) {
  ways(`hosts with ${replicasOf.join(" + ")} replicas train in every way as one host`, async () => {
    const script = new URL("./fixtures/ways.ts", import.meta.url);
    const calls = WAYS.map((way) => [way]);
    const results = await compareHosts<WayResult>(script, replicasOf, calls);
    for (const [index, way] of WAYS.entries()) checkWay(way, results[index] as WayResult[]);
  });
}

/** The comparison has something to compare. */
function checkWay(way: Way, ranks: readonly WayResult[]): void {
  const label = JSON.stringify(way);
  for (const { weights, norms, gathered } of ranks) {
    assert.equal(weights, ranks[0]?.weights, label);
    assert.is(norms.length > 0, way.clip === "norm", label);
    if (way.name !== "metrics") continue;
    const ids = gathered.flat().sort((a, b) => a - b);
    const twice = Array.from({ length: 2 * way.samples }, (_, i) => i >> 1);
    assert.equal(ids, twice, label);
  }
  const batches = ranks.map((rank) => rank.batches);
  assert.is(new Set(batches).size > 1, way.name === "uneven", `${label}: ${batches}`);
  assert.ok(new Set(ranks.map(({ losses }) => losses[0])).size > 1, label);
}

ways("the methods of tf.layers train on hosts as on one host", async () => {
  const script = new URL("../fit/fixtures/fit-cases.ts", import.meta.url);
  await compareHosts(
    script,
    [2, 2],
    [
      [{ batchNorm: true, validation: "split" }],
      [{ method: "fitDataset", optimizer: "adam", validation: "dataset", backend: "wasm" }],
      [{ method: "trainOnBatch", regularizer: true }],
      [{ accumulation: 2, scaler: true, functional: true }],
    ],
  );
});

ways("what ends localSgd on one host ends it on hosts, with the same words", async () => {
  const uneven = new URL("../train/fixtures/local-sgd-uneven.ts", import.meta.url);
  const told = await compareHosts<{ code: string }>(
    uneven,
    [2, 2],
    [
      [2, 7],
      [3, [4, 4, 4, 2]],
    ],
  );
  for (const { code } of told.flat()) assert.is(code, "COLLECTIVE_MISMATCH");
});

ways.run();
