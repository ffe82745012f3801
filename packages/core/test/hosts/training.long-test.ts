import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { launch } from "../../src/launch/launch.ts";
import type { TrainResult } from "./fixtures/train.ts";
import { type HostResult, launchHosts } from "./launch-hosts.ts";

const training = suite("training over hosts");

const script = new URL("./fixtures/train.ts", import.meta.url);
const folder = mkdtempSync(join(tmpdir(), "acc-hosts-"));
training.after(() => rmSync(folder, { recursive: true, force: true }));
const timeoutMs = 60_000;

let one: TrainResult[] = [];

training("one host gives the bits that hosts must give", async () => {
  process.env.ACC_ONNX_THREADS = "1";
  one = await launch<TrainResult>(script, {
    numProcesses: 4,
    args: [join(folder, "one")],
    timeoutMs,
  });
  for (const { hash, again } of one) assert.equal([hash, again], [one[0]?.hash, one[0]?.hash]);
});

for (const replicasOf of [
  [2, 2],
  [3, 1],
  [1, 1, 1, 1],
]) {
  const layout = replicasOf.join(" + ");
  training(`hosts with ${layout} replicas train, save and load as one host with 4`, async () => {
    const args = [join(folder, replicasOf.join("-"))];
    const hosts = await launchHosts(script, replicasOf, { args, timeoutMs });
    const results = hosts.flatMap((host) => valuesOf(host));
    assert.equal(
      results.map(({ rank }) => rank),
      [0, 1, 2, 3],
    );
    for (const { hash, again, losses } of results) {
      assert.is(hash, one[0]?.hash);
      assert.is(again, one[0]?.hash);
      assert.equal(losses, one[0]?.losses);
    }
  });
}

training(
  "weights that differ from host to host are saved, and come back where they were",
  async () => {
    const apart = new URL("./fixtures/apart.ts", import.meta.url);
    const hosts = await launchHosts(apart, [2, 2], { args: [join(folder, "apart")], timeoutMs });
    const results = hosts.flatMap(({ values, error }) => values ?? [error?.message]);
    assert.equal(results, [1, 1, 12, 13]);
  },
);

training("a checkpoint of hosts is loaded by one host, and goes on to the same bits", async () => {
  const args = [join(folder, "2-2"), true];
  const results = await launch<TrainResult>(script, { numProcesses: 4, args, timeoutMs });
  for (const { again } of results) assert.is(again, one[0]?.hash);
});

function valuesOf({ values, error, stderr }: HostResult): TrainResult[] {
  assert.is(error, undefined, `${error?.message}\n${stderr}`);
  return values as TrainResult[];
}

training.run();
