import { appendFileSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "@acc/test-kit/suite";
import * as assert from "uvu/assert";
import { RunLock } from "../../../core/src/journal/run-lock.ts";
import { openLibrary } from "../../src/index/library.ts";
import type { LibraryChange } from "../../src/wire/schema.ts";
import { HEADER, logged, newFolder, runFolder, writeJournal } from "./make-journal.ts";
import { Libraries, until, valuesOf } from "./open-library.ts";

const test = suite("library of runs that are recorded");
const libraries = new Libraries(test);

test("a run is followed while it is recorded, and its end is seen", async () => {
  const directory = newFolder();
  const folder = runFolder(directory, "r");
  const whole = readFileSync(
    await writeJournal(folder, [
      ...Array.from({ length: 6 }, (_, i) => logged({ loss: i }, i)),
      { type: "finish", status: "failure" },
    ]),
  );
  const ends = [...whole.toString("latin1").matchAll(/\{"type":/g)].map(({ index }) => index - 8);
  writeFileSync(join(folder, "journal"), whole.subarray(0, (ends[3] as number) + 20));
  const lock = await RunLock.acquire(folder);
  assert.ok(lock instanceof RunLock);
  const library = libraries.add(await openLibrary(directory)); // in a thread of its own
  await library.whole();
  const changes: LibraryChange[] = [];
  library.onChange((change) => changes.push(change));
  assert.equal(await valuesOf(library, HEADER.id), [0, 1]);
  assert.is((await library.runs()).runs[0]?.status, "running");
  const before = (await library.runs()).runs[0]?.version;
  appendFileSync(
    join(folder, "journal"),
    whole.subarray((ends[3] as number) + 20, ends[6] as number),
  );
  await until("the growth", async () =>
    changes.some(({ grown }) => grown[0]?.keys.loss?.last === 4),
  );
  assert.equal(await valuesOf(library, HEADER.id), [0, 1, 2, 3, 4]);
  assert.is.not((await library.runs()).runs[0]?.version, before);
  await lock.release();
  await until("killed", async () => (await library.runs()).runs[0]?.status === "killed");
  appendFileSync(join(folder, "journal"), whole.subarray(ends[6] as number));
  await until("failed", async () => (await library.runs()).runs[0]?.status === "failed");
  assert.equal(await valuesOf(library, HEADER.id), [0, 1, 2, 3, 4, 5]);
});

test.slow("runs that come, go, and are replaced are noticed", async () => {
  const directory = newFolder();
  const [first, second] = [runFolder(directory, "first"), join(directory, ".acc", "second")];
  await writeJournal(first, [logged({ loss: 1 }, 0)]);
  const library = await libraries.open(directory, {});
  const aside = runFolder(newFolder(), "aside");
  await writeJournal(aside, [logged({ loss: 2 }, 0)], { id: "2".repeat(32), startedMs: 2_000_000 });
  renameSync(aside, second);
  // A run is listed before its journal is read, which says when it began.
  await until(
    "the second run, before the first",
    async () => (await library.runs()).runs[0]?.id === "2".repeat(32),
  );
  assert.is((await library.runs()).runs.length, 2);
  await writeJournal(runFolder(newFolder(), "x"), []);
  rmSync(join(second, "journal"));
  await writeJournal(second, [logged({ loss: 3 }, 0)], { id: "2".repeat(32) });
  await until("another journal", async () => {
    const values = await valuesOf(library, "2".repeat(32));
    return values.length === 1 && values[0] === 3;
  });
  rmSync(first, { recursive: true });
  await until("no first run", async () => (await library.runs()).runs.length === 1);
});

test.run();
