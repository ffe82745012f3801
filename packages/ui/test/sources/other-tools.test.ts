import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { takeSnapshot } from "../../src/export/take-snapshot.ts";
import { LocalLibrary } from "../../src/index/local-library.ts";
import type { RunDetail, RunSummary } from "../../src/wire/schema.ts";
import { newFolder } from "../index/make-journal.ts";

const test = suite("files of other tools");
const LOG = fileURLToPath(new URL("fixtures/log.ts", import.meta.url));
const LIMIT_MS = 120_000;
let folder = "";

test.before(() => {
  folder = newFolder();
  const result = spawnSync(process.execPath, [...process.execArgv, LOG, "."], {
    ...{ encoding: "utf8", timeout: LIMIT_MS, cwd: folder },
  });
  assert.is(result.status, 0, result.stderr);
});

async function opened(directory: string): Promise<LocalLibrary> {
  const library = new LocalLibrary(directory, { isLive: false });
  await library.whole();
  return library;
}

function filesBelow(directory: string, pattern: RegExp): string[] {
  return readdirSync(directory, { recursive: true, encoding: "utf8" })
    .filter((name) => pattern.test(name))
    .map((name) => join(directory, name));
}

async function valuesOf(library: LocalLibrary, run: RunSummary, key: string): Promise<number[]> {
  return [...((await library.points(run.id, key))?.values ?? [])];
}

test("a run that the journal has is shown once, though its trackers wrote files too", async () => {
  const library = await opened(folder);
  const { runs } = await library.runs();
  assert.equal(
    runs.map(({ kind, status }) => [kind, status]),
    [["journal", "done"]],
  );
});

test("TensorBoard and W&B files have the values, texts and images that were logged", async () => {
  rmSync(join(folder, ".acc"), { recursive: true });
  const library = await opened(folder);
  const { runs, unsearched } = await library.runs();
  assert.equal(unsearched, []);
  const [tensorboard, wandb] = ["tensorboard", "wandb"].map((kind) =>
    runs.find((run) => run.kind === kind),
  );
  assert.ok(tensorboard && wandb, JSON.stringify(runs.map(({ kind, folder }) => [kind, folder])));
  const losses = [1, 1 / 2, 1 / 3, 1 / 4, 1 / 5];
  assert.equal(await valuesOf(library, tensorboard, "loss"), losses.map(Math.fround));
  assert.equal(await valuesOf(library, wandb, "loss"), losses);
  for (const run of [tensorboard, wandb]) {
    assert.equal(await valuesOf(library, run, "train/accuracy"), [0, 1, Number.NaN, 3, 4]);
    assert.equal(run.keys["train/accuracy"]?.nonFinite, 1);
    assert.equal(
      (await library.texts(run.id, 0))?.lines.map(({ text }) => text),
      ["warm"],
    );
    const detail = await library.run(run.id);
    const item = detail?.media.find(({ kind }) => kind === "image");
    assert.ok(item, run.kind);
    const content = await library.media(run.id, item);
    const bytes =
      content?.kind === "bytes"
        ? content.bytes
        : readFileSync((content as { readonly path: string }).path);
    assert.equal([...bytes.subarray(1, 4)], [...Buffer.from("PNG")]);
  }
  const files = (await library.run(wandb.id))?.media.map(({ kind, key }) => `${kind} ${key}`);
  assert.equal(files, ["image sample", ...Array(3).fill("image batch")]);
  for (const run of [tensorboard, wandb]) {
    const detail = (await library.run(run.id)) as RunDetail;
    const { runs: copies } = await takeSnapshot(library, detail, []);
    const types = copies[0]?.media.map(({ type }) => type) ?? [];
    assert.is(types.length, detail.media.length, `${run.kind} as one file`);
    assert.ok(types.every((type) => type === "image/png"));
  }
  assert.equal(wandb.config, { lr: 0.1, "optimizer.name": "adam" });
  assert.equal([wandb.project, wandb.status, tensorboard.status], ["digits", "done", "unknown"]);
});

test("files that grow give every value once; cut off and damaged ones what is before", async () => {
  for (const path of [...filesBelow(folder, /tfevents/), ...filesBelow(folder, /\.wandb$/)]) {
    const whole = readFileSync(path);
    truncateSync(path, Math.floor(whole.length / 2));
    const library = new LocalLibrary(folder, {});
    try {
      await library.whole();
      writeFileSync(path, whole);
      const limit = performance.now() + 20_000;
      for (;;) {
        const { runs } = await library.runs();
        if (runs.every(({ keys }) => keys.loss?.count === 5)) break;
        assert.ok(performance.now() < limit, `${path} was not followed`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    } finally {
      await library.close();
    }
    const half = Math.floor(whole.length / 2);
    for (const bytes of [whole.subarray(0, 20), Buffer.from(whole).fill(0xff, half)]) {
      writeFileSync(path, bytes);
      const damaged = await opened(folder);
      for (const { keys } of (await damaged.runs()).runs) {
        assert.ok((keys.loss?.count ?? 0) <= 5);
      }
    }
    writeFileSync(path, whole);
  }
});

test.run();
