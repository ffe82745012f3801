import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { JournalReader } from "../../../core/src/journal/journal-reader.ts";
import { LocalLibrary } from "../../src/index/local-library.ts";
import { HEADER, logged, newFolder, runFolder, writeJournal } from "./make-journal.ts";
import { Libraries, valuesOf } from "./open-library.ts";

fc.configureGlobal({ seed: Number(process.env.SEED ?? 1) }); // the same cases in every run

const test = suite("library of unsound runs");
const libraries = new Libraries(test);

test("journals that are damaged anywhere show what a reader of core finds", async () => {
  const directory = newFolder();
  const folder = runFolder(directory, "r");
  const path = await writeJournal(
    folder,
    Array.from({ length: 40 }, (_, i) => logged({ loss: i % 5 === 0 ? Number.NaN : i }, i)),
  );
  const whole = readFileSync(path);
  const change = fc.record({ at: fc.nat(whole.length), length: fc.nat(400), byte: fc.nat(255) });
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
      let bytes = whole;
      for (const { at, length, byte } of changes) {
        const start = Math.max(260, at); // the header stays
        bytes = Buffer.concat([
          bytes.subarray(0, start),
          Buffer.of(byte),
          bytes.subarray(start + length),
        ]);
      }
      writeFileSync(path, bytes);
      const reader = await JournalReader.open(path);
      const expected: number[] = [];
      for await (const { entries } of reader.portions()) {
        for (const { entry } of entries) {
          if (entry.type === "metrics") expected.push(entry.values.loss as number);
        }
      }
      await reader.close();
      const library = new LocalLibrary(directory, { isLive: false });
      await library.whole();
      const found = await valuesOf(library, HEADER.id);
      await library.close();
      assert.equal(found, expected);
    }),
    { numRuns: 40 },
  );
});

test("what a stranger wrote leads nowhere and breaks nothing", async () => {
  const directory = newFolder();
  const secret = join(newFolder(), "secret.txt");
  writeFileSync(secret, "secret");
  const folder = runFolder(directory, "evil");
  mkdirSync(join(folder, "artifacts"));
  symlinkSync(secret, join(folder, "artifacts/link"));
  symlinkSync(secret, join(folder, "ui.json"));
  const artifact = (path: string): object => ({
    ...{ type: "artifact", artifact: { name: path, path }, context: { wallTimeMs: 1 } },
  });
  await writeJournal(folder, [
    logged(JSON.parse('{"__proto__": 1, "constructor": 2, "loss\\u001b[2J": 3, "": 4}'), 0),
    ...["artifacts/link", "../../../etc/passwd", secret].map(artifact),
    { type: "metrics", values: null, context: null },
    { type: "images", values: { x: { data: "no", shape: "no" } }, context: {} },
    {
      ...{ type: "media", context: { wallTimeMs: 1 } },
      values: {
        path: { kind: "video", format: "mp4", path: secret },
        script: { kind: "html", format: "../../x", data: Uint8Array.of(1) },
        odd: { kind: "__proto__", format: "wav", data: "no" },
      },
    },
    { type: "media", values: { none: null }, context: {} },
    { type: "config", values: [[[]]] },
    { type: "future", what: 1 },
    logged({ loss: 5 }, Number.NaN),
  ]);
  writeFileSync(join(runFolder(directory, "none"), "journal"), "ACCJRNL\u0009");
  mkdirSync(join(directory, "locked"));
  chmodSync(join(directory, "locked"), 0);
  symlinkSync(directory, join(directory, "circle"));
  const library = await libraries.open(directory);
  const { runs, unsearched } = await library.runs();
  assert.is(runs.length, 1);
  assert.ok(unsearched.some((line) => line.includes("none")));
  const detail = await library.run(HEADER.id);
  assert.equal(
    Object.keys(detail?.run.keys ?? {}).sort(),
    [...["", "__proto__", "constructor", "loss", "loss\u001b[2J"]].sort(),
  );
  assert.match(detail?.run.damage ?? "", "makes no sense");
  const kinds = detail?.media.map(({ key, kind }) => `${key}: ${kind}`) ?? [];
  for (const expected of ["path: video", "script: file", "odd: file"]) {
    assert.ok(kinds.includes(expected), `${expected} among ${kinds}`);
  }
  for (const item of detail?.media.filter(({ key }) => !["script", "x"].includes(key)) ?? []) {
    assert.is(await library.media(HEADER.id, item), undefined);
  }
});

test.run();
