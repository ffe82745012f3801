import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ServiceProject } from "./service-project.ts";
import { testKills } from "./test-kills.ts";
import { runFolder, stopped, testWrongCursors, undelivered } from "./undelivered.ts";

const test = suite("acc sync");
const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

testKills(test, "acc launch", 2);

test("goes on where it was killed, and two at once deliver once", async () => {
  const service = await stopped();
  const project = await undelivered(service, { COUNT: "3000" });
  await service.start();
  service.mode = { kind: "slow", delayMs: 60 };
  const env = { SERVICE_URL: service.url };
  const first = project.start(
    [join(project.folder, "node_modules/@acc/core/bin/acc.mjs"), "sync"],
    env,
  );
  setTimeout(() => first.child.kill("SIGKILL"), 450);
  await first.finished;
  const { requests } = service;
  const both = await Promise.all([project.acc(["sync"], env), project.acc(["sync"], env)]);
  assert.match(both.map(({ stdout }) => stdout).join(), /in use by process|complete/);
  const last = await project.acc(["sync"], env);
  assert.is(last.code, 0, last.stdout);
  assert.equal(service.numbers, range(3000));
  assert.ok(service.requests - requests <= 12, "what was delivered is not delivered again");
  await service.stop();
});

test("leaves a run alone that is still going on", async () => {
  const service = await stopped();
  const project = new ServiceProject();
  const env = { SERVICE_URL: service.url, COUNT: "1000", PAUSE: "10" };
  const { child, finished } = project.start(["log.mjs"], env);
  await new Promise((resolve) => child.stdout?.once("data", resolve));
  const sync = await project.acc(["sync"], env);
  assert.match(sync.stdout, `skipped, in use by process ${child.pid}`);
  assert.is(sync.code, 1);
  child.kill("SIGKILL");
  await finished;
});

test("--watch delivers what comes up, until it is interrupted", async () => {
  const service = await stopped();
  const project = await undelivered(service);
  const acc = join(project.folder, "node_modules/@acc/core/bin/acc.mjs");
  const args = [acc, "sync", "--watch", "--timeout-ms", "300"];
  const { child, finished } = project.start(args, { SERVICE_URL: service.url });
  await new Promise((resolve) => child.stdout?.once("data", resolve)); // the first round found nobody
  await service.start();
  const limit = Date.now() + 20_000;
  while (service.finished.size === 0 && Date.now() < limit) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  child.kill("SIGINT");
  assert.is((await finished).code, 0);
  assert.equal(service.numbers, range(20));
  await service.stop();
});

test("of a damaged journal delivers what is sound, says what is lost, and closes no run", async () => {
  const service = await stopped();
  const project = await undelivered(service);
  const journal = join(runFolder(project), "journal");
  const bytes = readFileSync(journal);
  const at = bytes.indexOf('"i":12');
  bytes[at + 4] = "9".charCodeAt(0);
  writeFileSync(journal, bytes);
  await service.start();
  const env = { SERVICE_URL: service.url };
  const list = await project.acc(["sync", "--list"]);
  assert.match(list.stdout, /damaged at offset \d+ to \d+ \(its checksum is wrong\): 1 event is/);
  // Again and again: what is lost is not forgotten with the next cursor.
  for (let times = 0; times < 2; times++) {
    const sync = await project.acc(["sync"], env);
    assert.is(sync.code, 5, sync.stdout);
    const [, offset] = /damaged at offset (\d+)/.exec(sync.stdout) ?? [];
    assert.ok(Number(offset) <= at && Number(offset) > at - 200);
    assert.match(sync.stdout, "not complete: events are lost");
    assert.equal(
      service.numbers,
      range(20).filter((i) => i !== 12),
    );
    assert.is(service.finished.size, 0);
  }
  bytes[7] = 9;
  writeFileSync(journal, bytes);
  const newer = await project.acc(["sync"], env);
  assert.match(newer.stdout, "a journal of format 9; this version reads format 1");
  assert.is(newer.code, 1);
  await service.stop();
});

// One with a wrong place, one with a wrong end, one with a wrong type; the long tests have more.
testWrongCursors(test, [{ sequence: 7, offset: 1e9 }, { isComplete: true }, { delivered: "many" }]);

test("refuses options it does not know", async () => {
  const project = new ServiceProject();
  const { code, stderr } = await project.acc(["sync", "--nonsense"]);
  assert.is(code, 2);
  assert.match(stderr, "OPTION_INVALID");
  assert.match((await project.acc(["sync", "."])).stdout, "no runs");
});

test.run();
