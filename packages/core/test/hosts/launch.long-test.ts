import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Fault } from "./fixtures/places.ts";
import { type HostResult, launchHosts } from "./launch-hosts.ts";

const launches = suite("launch on hosts");

const script = new URL("./fixtures/places.ts", import.meta.url);
const folder = mkdtempSync(join(tmpdir(), "acc-hosts-"));
launches.after(() => rmSync(folder, { recursive: true, force: true }));

let runs = 0;
async function run(fault?: Fault): Promise<{ hosts: HostResult[]; project: string }> {
  runs += 1;
  const project = join(folder, String(runs));
  const hosts = await launchHosts(script, [2, 1], { timeoutMs: 30_000, args: [project, fault] });
  return { hosts, project };
}

launches("every replica knows its place; each host prints once, and names itself", async () => {
  const { hosts, project } = await run();
  const [first, second] = hosts as [HostResult, HostResult];
  const place = (processIndex: number, localProcessIndex: number): unknown => ({
    ...{ processIndex, localProcessIndex, numProcesses: 3, first: processIndex },
    onLocal: localProcessIndex === 1,
    isMainProcess: processIndex === 0,
    isLocalMainProcess: localProcessIndex === 0,
    isLastProcess: processIndex === 2,
  });
  assert.equal(first.values, [place(0, 0), place(1, 1)], `${first.error?.message}`);
  assert.equal(second.values, [place(2, 0)]);
  assert.match(first.stdout, /^hello of 0$/m);
  assert.not.match(first.stdout, /hello of 1|\[node/);
  assert.match(second.stdout, /^\[nodeB\] hello of 2$/m);
  assert.match(second.stdout, /^\[nodeB\] line of 2\n\[nodeB\] and another$/m);
  assert.is(readdirSync(join(project)).length, 1, "one run is recorded, by the first host");
});

for (const [kind, own, others] of [
  ["throws", /^Replica 2 on nodeB failed: boom$/, /Replica 2 on nodeB failed: boom$/],
  [
    "exits",
    /^Replica 2 on nodeB failed: the script ended with exit code 3/,
    /on nodeB failed: the script/,
  ],
] as const) {
  launches(`a replica that ${kind} ends the run on every host, with its text`, async () => {
    const { hosts } = await run({ rank: 2, kind });
    const [first, second] = hosts as [HostResult, HostResult];
    assert.is(second.error?.code, "REPLICA_FAILED");
    assert.match(second.error?.message as string, own);
    assert.is(first.error?.code, "COLLECTIVE_ABORTED");
    assert.match(first.error?.message as string, others);
  });
}

launches("replicas that disagree end the run on every host, with both calls", async () => {
  const { hosts } = await run({ rank: 2, kind: "calls another" });
  for (const { error } of hosts) {
    assert.match(error?.code as string, /^COLLECTIVE_(MISMATCH|ABORTED)$/);
    const calls = /ranks 0, 1 called waitForEveryone\(\); rank 2 called broadcastObject/;
    assert.match(error?.message as string, calls);
  }
});

for (const interrupted of [[0, 1], [1]]) {
  launches(
    `SIGTERM on host ${interrupted.join(" and ")} saves a checkpoint and ends all`,
    async () => {
      const project = join(folder, `signal-${interrupted.join("-")}`);
      const preempted = new URL("./fixtures/preempted.ts", import.meta.url);
      const options = { timeoutMs: 30_000, args: [project] };
      const hosts = await launchHosts(preempted, [1, 2], options, interrupted);
      for (const { error } of hosts) {
        assert.is(error?.code, "PREEMPTED", error?.message);
        assert.match(error?.message as string, "The run got SIGTERM and has saved ");
      }
      const saved = readdirSync(join(project, "checkpoints"));
      assert.equal(
        saved.filter((name) => name.startsWith("checkpoint_")),
        ["checkpoint_0"],
      );
    },
  );
}

launches("the checks of acc test pass on hosts", async () => {
  const checks = new URL("../../src/self-test/script.ts", import.meta.url);
  const args = [join(folder, "self-test")];
  const hosts = await launchHosts(checks, [1, 2], { timeoutMs: 60_000, args });
  for (const { values, error } of hosts) {
    assert.is(error, undefined, error?.message);
    for (const passed of values ?? []) assert.is(passed, 4);
  }
});

launches.run();
