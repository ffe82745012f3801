import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { openLibrary } from "../../src/index/library.ts";
import { HEADER, logged, newFolder, runFolder, writeJournal } from "./make-journal.ts";
import { Libraries, valuesOf } from "./open-library.ts";

const test = suite("library");
const libraries = new Libraries(test);
const QUERY = { key: "loss", x: "step", width: 50, smooth: 0 } as const;

const SAMPLE = {
  ...{ cpuPercent: 50, cores: [40, 60], loadAverage: 1.5 },
  memory: { totalBytes: 400, availableBytes: 100 },
  disk: { totalBytes: 10, freeBytes: 8 },
  process: { cpuPercent: 120, rssBytes: 2 << 20, threads: 7 },
  replicas: [{ rank: 0, cpuPercent: 90 }],
  paces: [{ batchesPerSecond: 40, waitingPercent: 12.5, loadingPercent: 3 }],
};

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
      values: {
        sample: { data: Uint8Array.of(1, 2, 3, 4), shape: [2, 2], caption: "c".repeat(400) },
      },
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
  const library = await libraries.open(directory);
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
  assert.equal(detail?.media[1]?.captions, ["c".repeat(300)]);
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
  const library = await libraries.open(directory, { isLive: false, memoryMb: 0.5 });
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
  const library = await libraries.open(directory);
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
  const library = await libraries.open(directory);
  await library.note(HEADER.id, { name: "warm start", tags: ["a", "b"], color: "#12ab34" });
  const run = await library.note(HEADER.id, { note: "better", tags: [] });
  assert.equal(
    [run?.name, run?.note, run?.tags, run?.color],
    ["warm start", "better", [], "#12ab34"],
  );
  const again = await libraries.open(directory);
  assert.equal((await again.runs()).runs[0], run);
  assert.equal(readFileSync(path), before);
  assert.is(await library.note("nothing", { name: "x" }), undefined);
});

test("ten thousand keys, and two copies of a run, are answered", async () => {
  const directory = newFolder();
  const keys = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`k/${i}`, i]));
  const entries = [logged({ ...keys, loss: 1 }, 0)];
  for (const name of ["a", "b", "c"]) await writeJournal(runFolder(directory, name), entries);
  const library = await libraries.open(directory);
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

test("the load of the machine and the console do not move the steps of the user", async () => {
  const directory = newFolder();
  const folder = runFolder(directory, "20260101-000000-00000000");
  const place = (wallTimeMs: number) => ({ to: [], context: { wallTimeMs } });
  const line = (text: string, isError: boolean, timeMs: number, rank?: number) => ({
    ...{ text, isError, timeMs },
    ...(rank !== undefined && { rank }),
  });
  await writeJournal(folder, [
    logged({ loss: 2 }, 5, 1_001_000),
    { type: "system", sample: SAMPLE, ...place(1_002_000) },
    {
      ...{ type: "console", ...place(1_002_500) },
      lines: [line("one", false, 1_002_200), line("two", true, 1_002_500, 1)],
    },
    logged({ loss: 1 }, undefined, 1_003_000),
    { type: "system", sample: { ...SAMPLE, cpuPercent: 60 }, ...place(1_012_000) },
    { type: "finish", status: "success" },
  ]);
  const library = await libraries.open(directory);
  const [run] = (await library.runs()).runs;
  assert.ok(run);
  assert.equal(run.keys.loss?.lastStep, 6, "one after the last that was given");
  assert.equal([run.status, run.lastMs], ["done", 1_012_000]);
  const load = Object.entries(run.keys).filter(([key]) => key.startsWith("system/"));
  assert.equal(
    load.map(([key, { count, max }]) => [key, count, max]),
    [
      ["system/cpu %", 2, 60],
      ["system/memory %", 2, 75],
      ["system/load average", 2, 1.5],
      ["system/process cpu %", 2, 120],
      ["system/process memory MB", 2, 2],
      ["system/replica 0 cpu %", 2, 90],
      ["system/replica 0 waiting %", 2, 12.5],
      ["system/replica 0 loading %", 2, 3],
      ["system/replica 0 batches/s", 2, 40],
      ["system/disk %", 2, 20],
    ],
  );
  assert.equal(await valuesOf(library, run.id, "system/cpu %"), [50, 60]);
  assert.equal((await library.run(run.id))?.numConsoleLines, 2);
  assert.equal(await library.console(run.id, 0), {
    lines: [
      { sequence: 0, key: "stdout", step: 5, timeMs: 1_002_200, text: "one" },
      { sequence: 1, key: "stderr", step: 5, timeMs: 1_002_500, text: "[rank 1] two" },
    ],
    end: 2,
  });
  assert.equal((await library.console(run.id, 1))?.lines.length, 1);
  assert.equal((await library.texts(run.id, 0))?.lines, []);
});

test.run();
