import { existsSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { sharedLaunches } from "../launch/launch-calls.ts";
import type { ByHand } from "./fixtures/apart-by-hand.ts";
import { scratch } from "./scratch-folder.ts";

const test = suite("a checkpoint of replicas that a script trains apart by itself");
const script = new URL("./fixtures/apart-by-hand.ts", import.meta.url);
const root = scratch();

type Seen = { readonly values: number[][]; readonly warnings: string[] };
/** Between two means; at one, where only the moments differ; on another backend; where one rank alone has changed something. */
const CASES: Readonly<Record<string, { readonly savedAt: number } & ByHand>> = {
  apart: { savedAt: 2 },
  averaged: { savedAt: 4 },
  wasm: { savedAt: 3, backend: "wasm" },
  "assigned on one rank": { savedAt: 2, assignsAlone: true },
};
const loading = ({ savedAt: _, ...rest }: ByHand): ByHand => ({ ...rest, loads: true });
const run = sharedLaunches<Seen>(script, {
  2: Object.entries(CASES).flatMap(([name, options]) => [
    [join(root, name), options],
    [join(root, name), loading(options)],
  ]),
});

for (const [name, options] of Object.entries(CASES)) {
  test(`${name}: each rank goes on with the bits that it had, and rank 0 says once that they differ`, async () => {
    const folder = join(root, name);
    const whole = await run(2, folder, options);
    const resumed = await run(2, folder, loading(options));
    for (const [rank, { values }] of whole.entries()) {
      assert.equal(resumed[rank]?.values, values.slice(options.savedAt), `rank ${rank}`);
    }
    const [first, second] = whole.map(({ warnings }) => warnings);
    assert.is(first?.length, 1, String(first));
    assert.match(first?.[0] ?? "", /the replicas differ: rank 1 in /);
    assert.equal(second, []);
    assert.ok(existsSync(join(folder, "rank_1.safetensors")));
  });
}

test.run();
