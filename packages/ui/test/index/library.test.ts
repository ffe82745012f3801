import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { JournalReader } from "../../../core/src/journal/journal-reader.ts";
import { RunLock } from "../../../core/src/journal/run-lock.ts";
import { type Library, openLibrary } from "../../src/index/library.ts";
import { LocalLibrary } from "../../src/index/local-library.ts";
import type { LibraryChange } from "../../src/wire/schema.ts";
import { HEADER, logged, newFolder, runFolder, writeJournal } from "./make-journal.ts";

fc.configureGlobal({ seed: Number(process.env.SEED ?? 1) }); // the same cases in every run
const test = suite("library");
const LIMIT_MS = 20_000;
const libraries: Library[] = [];

test.after.each(async () => {
  for (const library of libraries.splice(0)) await library.close();
});

/** A library in this thread: in one of its own it does the same, and takes longer to start. */
async function opened(directory: string, options: object = { isLive: false }): Promise<Library> {
  const library = new LocalLibrary(directory, options);
  libraries.push(library);
  await library.whole();
  return library;
}

const QUERY = { key: "loss", x: "step", width: 50, smooth: 0 } as const;

async function valuesOf(library: Library, run: string, key = "loss"): Promise<number[]> {
  return [...((await library.points(run, key))?.values ?? [])];
}

/** Waits until something is true. */
async function until(what: string, check: () => Promise<boolean>): Promise<void> {
  const limit = performance.now() + LIMIT_MS;
  while (!(await check())) {
    assert.ok(performance.now() < limit, `${what} did not come`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test("a run is shown with its configuration, values, texts and media", async () => {
  const directory = newFolder();
  const folder = runFolder(directory, "20260101-000000-00000000");
  mkdirSync(join(folder, "artifacts/0"), { recursive: true });
  writeFileSync(join(folder, "artifacts/0/model.bin"), "weights");
  await writeJournal(folder, [
    { type: "config", values: { lr: 0.1, optimizer: { name: "adam", betas: [0.9, 0.99] } } },
    logged({ loss: 2, deep: { accuracy: 0.5, flag: true }, note: "warm" }, 0),
    logged({ loss: Number.NaN }, 1, 1_001_000),
    logged({ loss: 1, weights: Float32Array.of(1, 2, 3) }, 2, 1_002_000),
    {
      ...{ type: "images", context: { step: 2, wallTimeMs: 1_003_000 } },
      values: { sample: { data: Uint8Array.of(1, 2, 3, 4), shape: [2, 2] } },
    },
    {
      ...{ type: "tables", context: { step: 2, wallTimeMs: 1_003_000 } },
      values: { worst: { columns: ["a"], rows: [[1], [Number.NaN]] } },
    },
    {
      ...{ type: "artifact", context: { wallTimeMs: 1_004_000 } },
      artifact: { name: "model", path: "artifacts/0/model.bin", type: "weights" },
    },
    { type: "call", method: "addTag", args: ["x"], target: "wandb", context: { wallTimeMs: 1 } },
    { type: "finish", status: "success" },
  ]);
  const library = await opened(directory);
  const { runs, unsearched } = await library.runs();
  assert.equal(unsearched, []);
  const [run] = runs;
  assert.ok(run);
  const { keys, config, version, bytes, ...rest } = run;
  assert.equal(config, { lr: 0.1, "optimizer.name": "adam", "optimizer.betas": [0.9, 0.99] });
  assert.equal(keys.loss, {
    ...{ count: 3, last: 1, lastStep: 2, min: 1, minStep: 2, max: 2, maxStep: 0, nonFinite: 1 },
  });
  assert.equal(Object.keys(keys), ["loss", "deep/accuracy", "deep/flag"]);
  assert.equal(rest, {
    ...{ id: HEADER.id, kind: "journal", folder: ".acc/20260101-000000-00000000", name: "" },
    ...{ project: "project", script: "train.ts", status: "done", startedMs: 1_000_000 },
    ...{ lastMs: 1_004_000, activeMs: 4000, tags: [], note: "", color: null, numKeys: 3 },
    ...{ trackers: [], resumes: 0, damage: null, isComplete: true },
  });
  const detail = await library.run(run.id);
  assert.equal(detail?.config, { lr: 0.1, optimizer: { name: "adam", betas: [0.9, 0.99] } });
  assert.equal(detail?.calls, [{ tracker: "wandb", method: "addTag", timeMs: 1 }]);
  assert.equal(
    detail?.media.map(({ kind, key, step }) => [kind, key, step]),
    [
      ["histogram", "weights", 2],
      ["image", "sample", 2],
      ["table", "worst", 2],
      ["file", "model", 3],
    ],
  );
  const contents = await Promise.all(
    detail?.media.map((item) => library.media(run.id, item)) ?? [],
  );
  assert.equal(contents, [
    { kind: "values", values: [1, 2, 3] },
    { kind: "pixels", data: Uint8Array.of(1, 2, 3, 4), shape: [2, 2] },
    { kind: "table", columns: ["a"], rows: [[1], [Number.NaN]] },
    { kind: "file", name: "model", path: join(folder, "artifacts/0/model.bin") },
  ]);
  assert.is(await library.media(run.id, { offset: 1e9, index: 0 }), undefined);
  assert.equal(
    (await library.texts(run.id, 0))?.lines.map(({ key, text }) => [key, text]),
    [["note", "warm"]],
  );
  assert.equal(await library.texts(run.id, 1), { lines: [], end: 1 });
  assert.is(await library.run("nothing"), undefined);
});

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
  const library = await openLibrary(directory); // in a thread of its own
  libraries.push(library);
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

test("runs that come, go, and are replaced are noticed", async () => {
  const directory = newFolder();
  const [first, second] = [runFolder(directory, "first"), join(directory, ".acc", "second")];
  await writeJournal(first, [logged({ loss: 1 }, 0)]);
  const library = await opened(directory, {});
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

test("points are dropped to keep the budget, and are the same when they are asked for again", async () => {
  const directory = newFolder();
  const series = (run: number): number[] =>
    Array.from({ length: 4000 }, (_, i) => Math.sin(i * run));
  for (let run = 1; run <= 12; run++) {
    await writeJournal(
      runFolder(directory, `r${run}`),
      series(run).map((loss, i) => logged({ loss }, i)),
      { id: String(run % 10).repeat(31) + (run > 9 ? "a" : "b"), startedMs: run },
    );
  }
  const library = await opened(directory, { isLive: false, memoryMb: 0.5 });
  const { runs } = await library.runs();
  assert.is(runs.length, 12);
  for (const run of runs) {
    assert.is(run.keys.loss?.count, 4000);
    assert.equal(await valuesOf(library, run.id), series(run.startedMs));
  }
  // Asked at the same time, and for the same: each is read once, and lists show all of it meanwhile.
  const [same, list, ...again] = await Promise.all([
    valuesOf(library, runs[0]?.id as string),
    library.runs(),
    ...runs.map((run) => valuesOf(library, run.id)),
  ]);
  assert.equal(same, again[0]);
  assert.equal(list.runs, runs);
  const answers = await library.series(runs.map(({ id: run }) => ({ ...QUERY, run })));
  for (const [i, answer] of answers.entries()) {
    if (answer?.layout !== "columns") assert.unreachable();
    else assert.is(Math.max(...answer.max), Math.max(...series(runs[i]?.startedMs as number)));
  }
});

test("a run that goes on from a checkpoint is one line, also if its points were dropped", async () => {
  const directory = newFolder();
  const values = [0, 1, 2].map((i) => logged({ loss: i }, i));
  const entries = [
    ...values,
    { type: "checkpoint", id: "c" },
    logged({ loss: 3 }, 3),
    logged({ loss: 4 }, 4, 1_001_000),
    { type: "resume", from: 4, checkpoint: "c", startedMs: 1_500_000 },
    logged({ loss: 30 }, 3, 1_501_000),
    { type: "finish", status: "success" },
  ];
  await writeJournal(runFolder(directory, "r"), entries);
  const library = await opened(directory);
  assert.equal(await valuesOf(library, HEADER.id), [0, 1, 2, 30]);
  const [run] = (await library.runs()).runs;
  assert.equal([run?.resumes, run?.activeMs, run?.status], [1, 2000, "done"]);
  const [rewound] = await library.series([{ ...QUERY, run: HEADER.id, part: "rewound" }]);
  assert.equal(rewound?.layout === "raw" && [...rewound.y], [3, 4]);
});

test("notes lie beside the journal, which stays as it is, and survive", async () => {
  const directory = newFolder();
  const folder = runFolder(directory, "r");
  const path = await writeJournal(folder, [logged({ loss: 1 }, 0)]);
  const before = readFileSync(path);
  const library = await opened(directory);
  await library.note(HEADER.id, { name: "warm start", tags: ["a", "b"], color: "#12ab34" });
  const run = await library.note(HEADER.id, { note: "better", tags: [] });
  assert.equal(
    [run?.name, run?.note, run?.tags, run?.color],
    ["warm start", "better", [], "#12ab34"],
  );
  const again = await opened(directory);
  assert.equal((await again.runs()).runs[0], run);
  assert.equal(readFileSync(path), before);
  assert.is(await library.note("nothing", { name: "x" }), undefined);
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
    { type: "config", values: [[[]]] },
    { type: "future", what: 1 },
    logged({ loss: 5 }, Number.NaN),
  ]);
  writeFileSync(join(runFolder(directory, "none"), "journal"), "ACCJRNL\u0009");
  mkdirSync(join(directory, "locked"));
  chmodSync(join(directory, "locked"), 0);
  symlinkSync(directory, join(directory, "circle"));
  const library = await opened(directory);
  const { runs, unsearched } = await library.runs();
  assert.is(runs.length, 1);
  assert.ok(unsearched.some((line) => line.includes("none")));
  const detail = await library.run(HEADER.id);
  assert.equal(
    Object.keys(detail?.run.keys ?? {}).sort(),
    [...["", "__proto__", "constructor", "loss", "loss\u001b[2J"]].sort(),
  );
  assert.match(detail?.run.damage ?? "", "makes no sense");
  for (const item of detail?.media.filter(({ kind }) => kind === "file") ?? []) {
    assert.is(await library.media(HEADER.id, item), undefined);
  }
});

test("ten thousand keys, and two copies of a run, are answered", async () => {
  const directory = newFolder();
  const keys = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`k/${i}`, i]));
  const entries = [logged({ ...keys, loss: 1 }, 0)];
  for (const name of ["a", "b", "c"]) await writeJournal(runFolder(directory, name), entries);
  const library = await opened(directory);
  const { runs } = await library.runs();
  assert.is(new Set(runs.map(({ id }) => id)).size, 3);
  assert.equal(
    runs.map(({ numKeys }) => numKeys),
    [10_001, 10_001, 10_001],
  );
  for (const run of runs) {
    assert.ok(run.keys.loss, "losses are among those that are listed");
    assert.ok(Object.keys(run.keys).length < 10_000);
    assert.is(Object.keys((await library.run(run.id))?.run.keys ?? {}).length, 10_001);
  }
});

test("a library that is closed, or of no folder, says so", async () => {
  const library = await openLibrary(newFolder());
  await library.close();
  await library.close();
  for (const [call, expected] of [
    [() => library.runs(), /closed/],
    [() => openLibrary("/nothing/here"), /OPTION_INVALID|no folder/],
    [() => openLibrary(newFolder(), { memoryMb: 0 }), /memoryMb/],
  ] as const) {
    const error = await call().then(
      () => undefined,
      (caught: Error) => caught,
    );
    assert.match(error?.message ?? "no error", expected);
  }
});

test.run();
