import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { readInbox } from "./read-inbox.ts";
import { Recording } from "./recording.ts";
import { refused, serverSuite } from "./server-suite.ts";

const test = serverSuite("Trackio: a run that goes on with an earlier one");

test('with "allow" behind its last step, as the same run; with "never" beside it', async ({
  server,
}) => {
  const first = Recording.at(server);
  for (const step of [0, 1, 6]) first.log({ m: step }, step);
  await first.complete(await first.open());
  const beside = Recording.at(server);
  beside.log({ m: 0 });
  await beside.complete(await beside.open());
  const next = Recording.at(server, { resume: "allow" });
  next.log({ m: 7 });
  await next.complete(await next.open());
  const other = Recording.at(server, { resume: "allow", name: "other" });
  other.log({ m: 0 });
  await other.complete(await other.open());
  const rows = [...server.rows.values()].map(({ run_id, step }) => [run_id, step]);
  assert.equal(rows, [
    [first.id, 0],
    [first.id, 1],
    [first.id, 6],
    [beside.id, 0],
    [beside.id, 1],
    [other.id, 0],
  ]);
});

test('with "must" it waits until there is one', async ({ server }) => {
  const run = Recording.at(server, { resume: "must" });
  run.log({ m: 1 });
  const error = await refused(run.deliver(await run.open()));
  assert.ok(error.permanent, error.message);
  assert.match(error.message, /no run "run 1" in the project "proj"/);
});

test("does not find itself where its first delivery broke off", async ({ server }) => {
  const first = Recording.at(server);
  first.log({ m: 3 }, 3);
  await first.complete(await first.open());
  const next = Recording.at(server, { resume: "allow" });
  next.log({ m: 4 });
  next.log({ m: 5 });
  server.fault = ({ path }) => (path === "/api/bulk_log" ? "reset after" : undefined);
  const tracker = await next.open();
  await refused(next.deliver(tracker));
  await refused(next.deliver(tracker));
  server.fault = undefined;
  await next.complete(await next.open(true)); // another process
  assert.equal(
    [...server.rows.values()].map(({ step }) => step),
    [3, 4, 5],
  );
});

test("is found in the inbox, which nobody has imported yet", async () => {
  const first = new Recording();
  for (const step of [0, 4]) first.log({ m: step }, step);
  await first.complete(await first.open());
  const next = new Recording({ dir: first.dir, resume: "must" });
  next.log({ m: 5 });
  await next.complete(await next.open());
  const rows = readInbox(first.dir).map(({ run_id, step }) => [run_id, step]);
  assert.equal(rows.sort(), [
    [first.id, 0],
    [first.id, 4],
    [first.id, 5],
  ]);
});

test("a database that cannot be read, or not with this Node.js, is said", async () => {
  const run = new Recording({ resume: "allow" });
  mkdirSync(run.dir);
  writeFileSync(join(run.dir, "proj.db"), "no database");
  run.log({ m: 1 });
  const error = await refused(run.deliver(await run.open()));
  assert.match(error.message, /proj\.db/);
  const [major = 0] = process.versions.node.split(".").map(Number);
  if (major < 22) assert.match(error.message, "Node.js 22.13 or newer");
});

test.run();
