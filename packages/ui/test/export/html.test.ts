import { createHash } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { exportRun } from "../../src/export/export-run.ts";
import { openLibrary } from "../../src/index/library.ts";
import type { RunDetail } from "../../src/wire/schema.ts";
import { decodeSnapshot, type Snapshot } from "../../src/wire/snapshot.ts";
import { logged, newFolder, runFolder, writeJournal } from "../index/make-journal.ts";

const test = suite("a run as one file");
const SCRIPT = "</script><script>alert(1)</script><!--";

/** A run as a page, and what is in it. */
async function exported(
  entries: readonly object[],
  keys?: readonly string[],
): Promise<{ html: string; snapshot: Snapshot }> {
  const directory = newFolder();
  await writeJournal(runFolder(directory, "a"), entries, { id: "a".repeat(32) });
  const library = await openLibrary(directory, { isLive: false });
  try {
    await library.whole();
    const detail = (await library.run("a".repeat(32))) as RunDetail;
    const html = [...(await exportRun(library, detail, "html", keys))].join("");
    return { html, snapshot: snapshotIn(html) };
  } finally {
    await library.close();
  }
}

function snapshotIn(html: string): Snapshot {
  const [, data = ""] = /id="snapshot">([^<]*)</.exec(html) ?? [];
  return decodeSnapshot(new Uint8Array(gunzipSync(Buffer.from(data, "base64"))).buffer);
}

test("holds every value, texts, tables and images, and nothing of this computer", async () => {
  const values = [0.1, -0, Number.NaN, Number.POSITIVE_INFINITY, 5e-324];
  const { html, snapshot } = await exported([
    { type: "config", values: { lr: 0.5 } },
    ...values.map((loss, step) => logged({ loss }, step)),
    logged({ note: "fine", "__proto__ or so": 1 }, 5),
    {
      ...{ type: "tables", context: { step: 5, wallTimeMs: 1_000_000 } },
      values: { t: { columns: ["a"], rows: [[1], ["x"]] } },
    },
    {
      ...{ type: "images", context: { step: 5, wallTimeMs: 1_000_000 } },
      values: { i: { data: new Uint8Array(2 * 4), shape: [2, 2, 2, 1] } },
    },
    { type: "finish", status: "success" },
  ]);
  const [run] = snapshot.runs;
  const loss = run?.points.get("loss");
  assert.ok(values.every((value, index) => Object.is(loss?.values[index], value)));
  assert.equal([...(loss?.steps ?? [])], [0, 1, 2, 3, 4]);
  assert.equal([...(run?.points.keys() ?? [])], ["loss", "__proto__ or so"]);
  assert.equal(
    run?.texts.map(({ text }) => text),
    ["fine"],
  );
  assert.equal(run?.media.map(({ type, picture }) => [type, picture]).sort(), [
    ["application/json", 0],
    ["image/png", 0],
    ["image/png", 1],
  ]);
  assert.is(snapshot.list.runs[0]?.status, "done");
  assert.not.match(html, /\/tmp\/|\/home\/me/);
  assert.not.match(JSON.stringify([snapshot.list, run?.detail]), /\/tmp\/|\/home\/me/);
});

test("has only the keys that were chosen", async () => {
  const { snapshot } = await exported([logged({ a: 1, b: 2 }, 0)], ["b"]);
  const [run] = snapshot.runs;
  assert.equal([...(run?.points.keys() ?? [])], ["b"]);
  assert.equal(Object.keys(snapshot.list.runs[0]?.keys ?? {}), ["b"]);
});

test("runs its own script and no other, whatever a run holds", async () => {
  const { html, snapshot } = await exported([
    { type: "config", values: { [SCRIPT]: SCRIPT } },
    logged({ [SCRIPT]: SCRIPT, [`${SCRIPT}2`]: 1 }, 0),
  ]);
  assert.is(snapshot.runs[0]?.texts[0]?.text, SCRIPT);
  assert.not.match(html, /alert\(1\)/);
  const scripts = [...html.matchAll(/<script type="module">([\s\S]*?)<\/script>/g)];
  assert.is(scripts.length, 1);
  for (const [part, pattern] of [
    ["script-src", /<script type="module">([\s\S]*?)<\/script>/],
    ["style-src", /<style>([\s\S]*?)<\/style>/],
  ] as const) {
    const hash = createHash("sha256")
      .update(pattern.exec(html)?.[1] ?? "")
      .digest("base64");
    assert.ok(html.includes(`${part} 'sha256-${hash}'`), part);
  }
  assert.not.match(html, /(?:src|href)="(?!data:)/, "nothing is loaded");
});

test.run();
