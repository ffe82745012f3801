import { suite } from "uvu";
import * as assert from "uvu/assert";
import { MachineLoad } from "../../src/monitoring/machine-load.ts";
import { MonitorSources } from "../../src/monitoring/monitor-sources.ts";
import { nativeThreadId } from "../../src/monitoring/native-thread.ts";

const test = suite("the load of the machine");

test("a thread that computes is busy, and so are its process and the machine", async () => {
  const id = nativeThreadId();
  const load = loadOf(3, id);
  // Other programs may have the cores.
  const before = process.cpuUsage().user;
  while (process.cpuUsage().user - before < 300_000);
  const sample = await load.sample();
  assert.ok(sample.process.cpuPercent > 2, JSON.stringify(sample.process));
  assert.ok(sample.cpuPercent > 0 && sample.cpuPercent <= 100);
  assert.ok(sample.cores.length > 0 && sample.cores.every((busy) => busy >= 0 && busy <= 100));
  assert.ok(sample.process.rssBytes > 10 << 20);
  assert.ok(sample.memory.availableBytes < sample.memory.totalBytes);
  assert.ok(sample.disk && sample.disk.freeBytes <= sample.disk.totalBytes);
  if (id === undefined) assert.equal(sample.replicas, []);
  else {
    assert.equal(
      sample.replicas.map(({ rank }) => rank),
      [3],
    );
    const [{ cpuPercent } = { cpuPercent: 0 }] = sample.replicas;
    assert.ok(cpuPercent > 2 && cpuPercent <= 100, String(cpuPercent));
  }
  assert.ok(JSON.stringify(sample).length < 2000, "a sample is small");
});

test("a thread that has ended is left out", async () => {
  const { replicas } = await loadOf(0, 2 ** 30).sample();
  assert.equal(replicas, []);
});

function loadOf(rank: number, thread: number | undefined): MachineLoad {
  const sources = new MonitorSources([]);
  if (thread !== undefined) sources.threads.set(rank, thread);
  return new MachineLoad(sources);
}

test.run();
