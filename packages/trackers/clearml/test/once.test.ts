import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "@acc/test-kit/suite";
import * as assert from "uvu/assert";
import { type Call, ClearMLServer, type Fault } from "./clearml-server.ts";
import { sampleEvents } from "./events.ts";
import { Recording } from "./recording.ts";

const test = suite("ClearML tracker, delivered again");
let server: ClearMLServer;
test.before.each(async () => {
  server = await ClearMLServer.start();
});
test.after.each(() => server.close());

const root = mkdtempSync(join(tmpdir(), "acc-clearml-once-"));
writeFileSync(join(root, "note.txt"), "some text\n");
mkdirSync(join(root, "folder"));
writeFileSync(join(root, "folder/x.json"), "{}");
const events = sampleEvents(join(root, "note.txt"), join(root, "folder"));

function newRun(): Recording {
  const hosts = { apiHost: server.url, webHost: server.url, filesHost: server.url };
  const options = { ...hosts, accessKey: "k", secretKey: "s", offline: false, tags: ["t0"] };
  const run = new Recording({ options });
  run.post(...events);
  return run;
}

/** Everything the server holds, without the ids and the zip file's times. */
function holdings(run: Recording): object {
  const { id, ...task } = server.onlyTask;
  const text = JSON.stringify({
    task: { ...task, comment: task.comment?.replace(run.id, "<run>") },
    projects: server.projects.map(({ name }) => name),
    events: [...server.events.values()].map((event) => JSON.stringify(event)).sort(),
    files: [...server.files].map(([path, file]) =>
      path.endsWith("zip") ? path : [path, `${file}`],
    ),
  });
  const project = server.projects[0]?.id ?? "";
  const anonymous = text
    .replaceAll(id, "<task>")
    .replaceAll(project, "<project>")
    .replaceAll(run.id.slice(0, 8), "<run>")
    .replaceAll(server.url, "<server>");
  const { task: fields, ...rest } = JSON.parse(anonymous);
  for (const artifact of fields.execution.artifacts) {
    if (artifact.type === "archive") artifact.hash = "<hash>";
  }
  return { fields, ...rest };
}

async function undisturbed(): Promise<{ readonly held: object; readonly calls: readonly Call[] }> {
  const run = newRun();
  const tracker = await run.open();
  await run.deliver(tracker);
  await tracker.finish("success");
  const result = { held: holdings(run), calls: [...server.calls] };
  await server.close();
  server = await ClearMLServer.start();
  return result;
}

test.slow(
  "holds the same after a death at any request, whether it was carried out or not",
  async () => {
    const { held, calls } = await undisturbed();
    for (const fault of ["reset", "reset after"] as const) {
      for (let at = 0; at < calls.length; at += 1) {
        const run = newRun();
        server.fault = (): Fault | undefined =>
          server.calls.length === at + 1 ? fault : undefined;
        const dying = await run.open();
        const error = await run
          .deliver(dying)
          .then(() => dying.finish("success"))
          .catch((reason: Error) => reason);
        assert.is((error as Error)?.name, "TrackerUnreachableError", `${fault} at ${at}`);
        server.fault = undefined;
        const half = Math.floor(events.length / 2);
        const replay = await run.open(true);
        if (run.delivered === 0) await run.deliver(replay, { from: 0, to: half });
        await run.deliver(await run.open(true), { from: run.delivered });
        await replay.finish("success");
        assert.equal(holdings(run), held, `${fault} at ${at}: ${calls[at]?.action}`);
        await server.close();
        server = await ClearMLServer.start();
      }
    }
  },
);

test.slow("holds the same when the same process delivers again in other portions", async () => {
  const { held, calls } = await undisturbed();
  for (let at = 0; at < calls.length - 1; at += 1) {
    const run = newRun();
    server.fault = () => (server.calls.length === at + 1 ? "reset after" : undefined);
    const tracker = await run.open();
    await run.deliver(tracker).catch(() => {});
    for (let from = 0; from < events.length; from += 3) {
      await run.deliver(tracker, { from: from, to: Math.min(from + 3, events.length) });
    }
    await tracker.finish("success");
    assert.equal(holdings(run), held, `at ${at}: ${calls[at]?.action}`);
    await server.close();
    server = await ClearMLServer.start();
  }
});

test("sends console lines in doubt only if the server lacks them, over several pages", async () => {
  const run = new Recording({
    options: {
      ...{ apiHost: server.url, filesHost: server.url, accessKey: "k", secretKey: "s" },
      offline: false,
    },
  });
  const count = 12_000;
  const context = { wallTimeMs: 5 };
  for (let i = 0; i < count; i++) run.post({ type: "metrics", values: { same: "line" }, context });
  let batches = 0;
  server.fault = ({ action }) => {
    if (action !== "events.add_batch") return undefined;
    batches += 1;
    return batches === 11 ? "reset after" : undefined; // eleven thousand lines are there
  };
  const error = await run.deliver(await run.open()).catch((reason: Error) => reason);
  assert.is((error as Error)?.name, "TrackerUnreachableError");
  assert.is(server.stored("log").length, 11_000);
  const replay = await run.open(true);
  await run.deliver(replay);
  assert.is(server.stored("log").length, count);
  assert.is(new Set(server.stored("log").map(({ timestamp }) => timestamp)).size, count);
});

test("keeps the neighbours of an event that the server refuses", async () => {
  const run = newRun();
  const tracker = await run.open();
  await run.deliver(tracker, { from: 0, to: 1 });
  const { id } = server.onlyTask;
  server.fault = ({ body, action }) => {
    const lines = (body.lines ?? []) as Record<string, unknown>[];
    // The server drops what it cannot index, and says how many.
    for (const line of lines)
      if (action === "events.add_batch" && line.metric === "ok") line.task = "gone";
    return undefined;
  };
  const failed: number[] = [];
  await run.deliver(tracker, { from: 1, to: events.length }).catch(async (reason: Error) => {
    assert.is(reason.name, "ServiceError");
    for (let at = 1; at < events.length; at++) {
      await run.deliver(tracker, { from: at, to: at + 1 }).catch(() => failed.push(at));
    }
  });
  assert.equal(failed, [2]);
  const kept = server
    .stored("training_stats_scalar")
    .map(({ metric, variant }) => [metric, variant]);
  assert.equal(kept.length, 6);
  assert.is(server.stored("log").length, 4);
  assert.ok(id);
});

test.run();
