import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { get, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { LibraryChange } from "../../src/wire/schema.ts";
import { beginRun } from "../record-run.ts";
import { type OpenPage, openPage, TOKEN } from "./open-page.ts";

const test = suite("events of the server");
const LIMIT_MS = 20_000;
const MAX_STREAMS = 16;
const folder = mkdtempSync(join(tmpdir(), "acc-ui-events-"));
let page: OpenPage;

test.before(async () => {
  page = await openPage(folder);
});

test.after(async () => {
  await page?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function openStream(): Promise<IncomingMessage> {
  const headers = { "x-acc-token": TOKEN };
  const request = get({ port: page.port, path: "/api/events", headers, agent: false });
  const [response] = (await once(request, "response")) as [IncomingMessage];
  return response;
}

/** What is told until something is found in it. */
async function heard(
  stream: IncomingMessage,
  isFound: (change: LibraryChange) => boolean,
): Promise<LibraryChange> {
  const signal = AbortSignal.timeout(LIMIT_MS);
  for (let text = ""; ; ) {
    const [part] = (await once(stream, "data", { signal })) as [Buffer];
    text += part;
    const events = text.split("\n\n");
    text = events.pop() ?? "";
    for (const event of events) {
      const data = /^event: change\ndata: (.*)$/m.exec(event)?.[1];
      if (data === undefined) continue;
      const change = JSON.parse(data) as LibraryChange;
      if (isFound(change)) return change;
    }
  }
}

test("a training that starts and grows is told while it runs", async () => {
  const stream = await openStream();
  assert.is(stream.headers["content-type"], "text/event-stream");
  const began = heard(stream, ({ added }) => added.length > 0);
  const accelerator = await beginRun(folder, { config: { lr: 1 } });
  const [id] = (await began).added;
  const grew = heard(stream, ({ grown }) => grown.some(({ keys }) => keys.loss?.lastStep === 9));
  const startedMs = performance.now();
  for (let step = 0; step < 10; step++) accelerator.log({ loss: 10 - step }, { step });
  const [growth] = (await grew).grown;
  assert.ok(performance.now() - startedMs < 5_000);
  assert.equal([growth?.id, growth?.status, growth?.keys.loss?.last], [id, "running", 1]);
  const ended = heard(stream, ({ grown }) => grown.some(({ status }) => status === "done"));
  await accelerator.endTraining();
  await ended;
  stream.destroy();
});

test("one stream more than there may be is refused; a place that is left can be taken", async () => {
  const streams: IncomingMessage[] = [];
  try {
    for (let index = 0; index < MAX_STREAMS; index++) streams.push(await openStream());
    assert.is((await openStream()).statusCode, 429);
    streams.pop()?.destroy();
    for (const endMs = Date.now() + LIMIT_MS; Date.now() < endMs; ) {
      const next = await openStream();
      streams.push(next);
      if (next.statusCode === 200) return;
    }
    assert.unreachable("no place was free again");
  } finally {
    for (const stream of streams) stream.destroy();
  }
});

test.run();
