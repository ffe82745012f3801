import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { decodeFrame } from "../../src/wire/frame.ts";
import type { Point, RunDetail, RunList, RunSummary, TextPage } from "../../src/wire/schema.ts";
import { recordRun } from "../record-run.ts";
import { type OpenPage, openPage } from "./open-page.ts";

const test = suite("the server of the page");
const folder = mkdtempSync(join(tmpdir(), "acc-ui-"));
const NUM_STEPS = 5000;
const PEAK = 3210;
let page: OpenPage;
let run: RunSummary;

test.before(async () => {
  const weights = join(folder, "weights.json");
  writeFileSync(weights, '{"bias":1}');
  await recordRun(folder, { config: { lr: 0.25, optimizer: "adam" } }, (accelerator) => {
    for (let step = 0; step < NUM_STEPS; step++) {
      const loss = step === PEAK ? 99 : step === 100 ? Number.NaN : 1 / (step + 1);
      accelerator.log({ "train/loss": loss }, { step });
    }
    const pixels = Uint8Array.from({ length: 2 * 4 * 3 * 3 }, (_, index) => index);
    accelerator.logImages({ sample: { data: pixels, shape: [2, 4, 3, 3] } }, { step: 7 });
    accelerator.logTable(
      { errors: { columns: ["id", "share"], rows: [[1, Number.NaN]] } },
      { step: 8 },
    );
    accelerator.log({ note: "warming up" }, { step: 9 });
    accelerator.logArtifact(weights);
  });
  page = await openPage(folder);
  run = ((await page.json("/api/runs")) as RunList).runs[0] as RunSummary;
});

test.after(async () => {
  await page?.close();
  rmSync(folder, { recursive: true, force: true });
});

test("the page is small, may be kept by its hash, and opens without a token", async () => {
  const index = await page.ask("/", { headers: { "x-acc-token": undefined } });
  assert.is(index.status, 200);
  assert.is(index.headers["cache-control"], "no-store");
  const names = [...String(index.body).matchAll(/(?:src|href)="([^"]+)"/g)].map(([, name]) => name);
  assert.is(names.length, 3);
  let bytes = index.body.length;
  for (const name of names) {
    const zipped = await page.ask(`/${name}`, { headers: { "accept-encoding": "gzip" } });
    const plain = await page.ask(`/${name}`);
    assert.equal(gunzipSync(zipped.body), plain.body);
    if (name !== "icon.svg") assert.match(String(plain.headers["cache-control"]), "immutable");
    bytes += zipped.body.length;
  }
  assert.ok(bytes < 60_000, `${bytes} bytes`);
  const licences = String((await page.ask("/third-party.txt")).body);
  assert.match(licences, /preact[\s\S]*MIT[\s\S]*uplot[\s\S]*MIT/i);
});

test("runs: what they are, and what they logged", async () => {
  assert.equal(run.config, { lr: 0.25, optimizer: "adam" });
  assert.is(run.status, "done");
  const { count, max, maxStep, nonFinite } = run.keys["train/loss"] ?? {};
  assert.equal([count, max, maxStep, nonFinite], [NUM_STEPS, 99, PEAK, 1]);
  const detail = (await page.json(`/api/run/${run.id}`)) as RunDetail;
  assert.equal(detail.media.map(({ kind }) => kind).sort(), ["file", "image", "table"]);
  const { lines, end } = (await page.json(`/api/text/${run.id}?from=0`)) as TextPage;
  assert.equal([end, lines.map(({ key, text }) => `${key}: ${text}`)], [1, ["note: warming up"]]);
});

test("series: the peak of one point is there at every width, and NaN is said", async () => {
  for (const width of [1, 37, 800, 2500]) {
    const query = `run=${run.id}&run=none&key=train/loss&width=${width}`;
    const { status, body } = await page.ask(`/api/series?${query}`);
    assert.is(status, 200);
    const [series, none] = decodeFrame(Uint8Array.from(body).buffer);
    assert.is(none, undefined);
    if (!series) throw new Error("no series");
    const values =
      series.layout === "raw" ? series.y : series.max.map((value) => value + series.base);
    assert.is(Math.max(...[...values].filter((value) => !Number.isNaN(value))), 99, `${width}`);
    assert.equal([series.count, series.nonFinite], [NUM_STEPS, 1]);
    assert.is(series.marks.filter((bits) => bits & 1).length, 1);
  }
});

test("a value that is read is the one that was logged", async () => {
  const ask = (at: number): Promise<Point> =>
    page.json(`/api/point?run=${run.id}&key=train/loss&x=step&at=${at}`);
  const point = await ask(2.4);
  assert.equal([point.step, point.value, point.index], [2, 1 / 3, 2]);
  assert.is((await ask(100)).value, "NaN");
  assert.is((await ask(1e9)).step, NUM_STEPS - 1);
});

test("images come as PNG, one of a batch at a time; tables and files as they were logged", async () => {
  const { media } = (await page.json(`/api/run/${run.id}`)) as RunDetail;
  const pathOf = (kind: string): string => {
    const item = media.find((candidate) => candidate.kind === kind);
    return `/api/media/${run.id}/${item?.offset}/${item?.index}`;
  };
  const pictures = await Promise.all(
    [0, 1].map((picture) => page.ask(`${pathOf("image")}?picture=${picture}`)),
  );
  for (const { status, headers, body } of pictures) {
    assert.equal([status, headers["content-type"]], [200, "image/png"]);
    assert.equal([body.readUInt32BE(16), body.readUInt32BE(20)], [3, 4]);
  }
  assert.not.equal(pictures[0]?.body, pictures[1]?.body);
  assert.is((await page.ask(`${pathOf("image")}?picture=2`)).status, 404);
  assert.equal(await page.json(pathOf("table")), {
    ...{ columns: ["id", "share"], rows: [[1, "NaN"]], numRows: 1 },
  });
  const file = await page.ask(pathOf("file"));
  assert.is(String(file.body), '{"bias":1}');
  assert.is(file.headers["content-type"], "application/octet-stream");
  assert.match(String(file.headers["content-disposition"]), /^attachment; filename="weights.json"/);
});

test("a run as CSV and as JSON has every value, with all its digits", async () => {
  const csv = await page.ask(`/api/export/${run.id}?format=csv`);
  const lines = String(csv.body).trimEnd().split("\r\n");
  assert.is(lines.length, NUM_STEPS + 1);
  assert.is(lines[0], "run,key,step,time,value");
  assert.match(String(lines[3]), new RegExp(`^${run.id},train/loss,2,[\\d-]+T[\\d:.]+Z,${1 / 3}$`));
  assert.match(String(csv.headers["content-disposition"]), "attachment");
  const { points } = (await page.json(`/api/export/${run.id}?format=json`)) as {
    readonly points: { readonly [key: string]: { readonly values: readonly unknown[] } };
  };
  const values = points["train/loss"]?.values ?? [];
  assert.equal([values.length, values[2], values[100]], [NUM_STEPS, 1 / 3, "NaN"]);
  for (const wrong of ["exe", "constructor", "__proto__", ""]) {
    assert.is((await page.ask(`/api/export/${run.id}?format=${wrong}`)).status, 400, wrong);
  }
});

test("what the user says about a run is kept beside it, and the journal stays", async () => {
  const body = JSON.stringify({ name: "first", tags: ["a", "b"], note: "good" });
  const saved = await page.ask(`/api/note/${run.id}`, { method: "POST", body });
  assert.is(saved.status, 200, String(saved.body));
  const [noted] = ((await page.json("/api/runs")) as RunList).runs;
  assert.equal([noted?.name, noted?.tags, noted?.note], ["first", ["a", "b"], "good"]);
  for (const bad of ["[]", "{", '{"name":1}', '{"tags":"a"}', '{"color":"red"}']) {
    const { status } = await page.ask(`/api/note/${run.id}`, { method: "POST", body: bad });
    assert.is(status, 400, bad);
  }
});

test("questions without meaning are answered with what is wrong", async () => {
  for (const [path, status, words] of [
    ["/api/series", 400, "1 to 200 runs"],
    ["/api/series?run=a", 400, "width"],
    ["/api/series?run=a&key=k&width=0", 400, "width"],
    ["/api/series?run=a&key=k&width=1e9", 400, "width"],
    ["/api/series?run=a&key=k&width=10&x=moon", 400, "x must be"],
    ["/api/series?run=a&key=k&width=10&smooth=1", 400, "smooth"],
    ["/api/series?run=a&key=k&width=10&x0=NaN", 400, "x0"],
    [`/api/series?key=k&width=10${"&run=a".repeat(201)}`, 400, "200 runs"],
    ["/api/run/none", 404, "no such run"],
    ["/api/text/none", 404, "no such run"],
    [`/api/text/${run.id}?from=-1`, 400, "from"],
    [`/api/media/${run.id}/999999/0`, 404, "no such run"],
    [`/api/media/${run.id}/1e3/0`, 404, "nothing here"],
    ["/api/moon", 404, "nothing here"],
  ] as const) {
    const answer = await page.ask(path);
    assert.is(answer.status, status, `${path}: ${answer.body}`);
    assert.match(String(answer.body), words);
  }
});

test.run();
