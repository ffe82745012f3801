import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { takeSnapshot } from "../../src/export/take-snapshot.ts";
import { openLibrary } from "../../src/index.ts";
import type { MediaItem, RunDetail, RunList } from "../../src/wire/schema.ts";
import { recordRun } from "../record-run.ts";
import { type OpenPage, openPage } from "./open-page.ts";

const test = suite("figures in the page");
const folder = mkdtempSync(join(tmpdir(), "acc-ui-"));
let page: OpenPage;
let detail: RunDetail;

test.before(async () => {
  await recordRun(folder, {}, (accelerator) => {
    const layout = { title: "<b>Loss</b> by hand" };
    accelerator.logFigure({ curve: { data: [{ y: [1, 2] }], layout } }, { step: 3 });
    const values = [{ a: "<script>alert(1)</script>" }];
    const encoding = { x: { field: "a" } };
    accelerator.logFigure({ bars: { mark: "bar", data: { values }, encoding } }, { step: 4 });
    accelerator.logFigure({ share: { data: [{ type: "pie", values: [1] }] } }, { step: 5 });
  });
  page = await openPage(folder);
  const [run] = ((await page.json("/api/runs")) as RunList).runs;
  detail = (await page.json(`/api/run/${run?.id}`)) as RunDetail;
});

test.after(async () => {
  await page?.close();
  rmSync(folder, { recursive: true, force: true });
});

function askFor(item: MediaItem | undefined): ReturnType<OpenPage["ask"]> {
  return page.ask(`/api/media/${detail.run.id}/${item?.offset}/${item?.index}`);
}

test("are listed with their step and title", () => {
  assert.equal(
    detail.media.map(({ kind, key, step, title }) => [kind, key, step, title]),
    [
      ["figure", "curve", 3, "Loss by hand"],
      ["figure", "bars", 4, undefined],
      ["figure", "share", 5, undefined],
    ],
  );
});

test("are sent as SVG that runs nothing, or as the reason why there is none", async () => {
  const [curve, bars, share] = detail.media;
  for (const item of [curve, bars]) {
    const { status, headers, body } = await askFor(item);
    assert.equal([status, headers["content-type"]], [200, "image/svg+xml"]);
    assert.match(String(headers["content-security-policy"]), "sandbox; default-src 'none'");
    assert.match(String(body), "prefers-color-scheme:dark");
    assert.not.match(String(body), "<script");
  }
  const { headers, body } = await askFor(share);
  assert.is(headers["content-type"], "text/plain; charset=utf-8");
  assert.match(String(body), '"trace 0" is a trace of the type "pie"');
});

test("are in a page that is one file", async () => {
  const library = await openLibrary(folder, { isLive: false });
  await library.whole();
  const { runs } = await takeSnapshot(library, detail, []);
  await library.close();
  const types = runs[0]?.media.map(({ type }) => type).sort();
  assert.equal(types, ["image/svg+xml", "image/svg+xml", "text/plain; charset=utf-8"]);
});

test.run();
