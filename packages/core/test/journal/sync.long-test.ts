import { cpSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { FAULTS, runFolder, stopped, testWrongCursors, undelivered } from "./undelivered.ts";

const test = suite(
  "acc sync with many cursors that do not fit, a copied folder, an end that is lost",
);
const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

testWrongCursors(test, FAULTS);

test("works from a copy of the folder on another machine", async () => {
  const service = await stopped();
  const project = await undelivered(service);
  const elsewhere = mkdtempSync(join(tmpdir(), "acc-elsewhere-"));
  cpSync(join(project.folder, "runs"), join(elsewhere, "runs"), { recursive: true });
  cpSync(join(project.folder, "node_modules"), join(elsewhere, "node_modules"), {
    recursive: true,
  });
  await service.start();
  const sync = await project.acc(["sync", "runs"], { SERVICE_URL: service.url }, elsewhere);
  assert.is(sync.code, 0, sync.stdout);
  assert.equal(service.numbers, range(20));
  await service.stop();
});

test("events that are missing before the end of the run stay lost, sync after sync", async () => {
  const service = await stopped();
  const project = await undelivered(service);
  const journal = join(runFolder(project), "journal");
  const bytes = readFileSync(journal);
  const from = bytes.indexOf('{"type":"metrics","values":{"i":17') - 8;
  const to = bytes.indexOf('{"type":"finish"') - 8;
  assert.ok(from > 0 && to > from);
  writeFileSync(journal, Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]));
  await service.start();
  for (let times = 0; times < 2; times++) {
    const sync = await project.acc(["sync"], { SERVICE_URL: service.url });
    assert.is(sync.code, 5, sync.stdout);
    assert.match(sync.stdout, "3 events are lost");
    assert.equal(service.numbers, range(17));
  }
  await service.stop();
});

test.run();
