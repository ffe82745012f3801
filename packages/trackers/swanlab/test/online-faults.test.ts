import * as assert from "uvu/assert";
import { onlineSuite, start } from "./online-suite.ts";
import type { Recording } from "./recording.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const test = onlineSuite("SwanLab online: answers that are no yes");

/** The error of one attempt. */
async function failure(attempt: Promise<unknown>): Promise<Error & { permanent?: boolean }> {
  try {
    await attempt;
  } catch (error) {
    return error as Error;
  }
  throw new Error("it did not fail");
}

const steps = (points: object | undefined): number[] => Object.keys(points ?? {}).map(Number);

test("a run whose beginning was answered to nobody is begun once", async ({ server }) => {
  const recording = await start(server);
  recording.log({ x: 0 });
  let isLost = false;
  server.disturb = ({ path }) => {
    if (isLost || !path.endsWith("/series")) return undefined;
    isLost = true; // the run is there, and its state was saved
    return { status: 502, body: {} };
  };
  const error = await failure(recording.deliverRest());
  assert.is(error.name, "TrackerUnreachableError");
  await recording.restart();
  recording.log({ x: 1 });
  await recording.finish();
  assert.equal(steps(server.experiment.scalars.x), [0, 1]);
});

test("a refused value is the fault of its event alone", async ({ server }) => {
  const recording = await start(server);
  for (const key of ["good", "bad", "fine"]) recording.log({ [key]: 1 });
  server.disturb = ({ path, body }) =>
    path.endsWith("/series") && JSON.stringify(body).includes("bad")
      ? { status: 422, body: { code: "Invalid", message: "no such name" } }
      : undefined;
  const error = await failure(recording.deliverRest());
  assert.equal([error.name, error.message.includes("no such name")], ["ServiceError", true]);
  const failed: number[] = [];
  for (const event of recording.events.slice(0, 3)) {
    await recording.tracker.deliver([event], AbortSignal.timeout(5000)).catch(() => {
      failed.push(event.sequence);
    });
  }
  recording.delivered = 3;
  await recording.finish();
  assert.equal(failed, [1]);
  assert.equal(Object.keys(server.experiment.scalars).sort(), ["fine", "good"]);
});

test("a session that the service has forgotten is opened again", async ({ server }) => {
  const recording = await start(server);
  recording.log({ x: 0 });
  await recording.deliverRest();
  let isForgotten = true;
  server.disturb = ({ path }) => {
    if (path === "/api/login/api_key") isForgotten = false;
    return isForgotten ? { status: 401, body: { message: "session expired" } } : undefined;
  };
  recording.log({ x: 1 });
  await recording.finish();
  assert.equal(steps(server.experiment.scalars.x), [0, 1]);
});

test("a wrong key, a missing key, and a deleted run keep the values waiting", async ({
  server,
}) => {
  const waits = async (recording: Recording, message: RegExp): Promise<void> => {
    const error = await failure(recording.finish());
    assert.equal([error.name, error.permanent], ["TrackerUnreachableError", true]);
    assert.match(error.message, message);
  };
  const { SWANLAB_API_KEY } = process.env;
  const recording = await start(server);
  recording.log({ x: 0 });
  process.env.SWANLAB_API_KEY = "wrong";
  await waits(recording, /check SWANLAB_API_KEY/);
  delete process.env.SWANLAB_API_KEY;
  await waits(recording, /set SWANLAB_API_KEY, or run "swanlab login"/);
  process.env.SWANLAB_API_KEY = SWANLAB_API_KEY;
  await recording.deliverRest();
  server.experiments.clear();
  recording.log({ x: 1 });
  await waits(recording, /Was the run deleted\?/);
});

test("another program that answers yes to everything has nothing", async ({ server }) => {
  const recording = await start(server);
  recording.log({ x: 0 });
  await recording.deliverRest();
  recording.log({ x: 1 });
  server.disturb = () => ({ status: 200, body: {} });
  const error = await failure(recording.deliverRest());
  assert.is(error.name, "TrackerUnreachableError");
  server.disturb = () => undefined;
  await recording.finish();
  assert.equal(steps(server.experiment.scalars.x), [0, 1]);
});

test("what a run must resume has to be there; what it has is not written again", async ({
  server,
}) => {
  const missing = await start(server, { id: "gone", resume: "must" });
  missing.log({ x: 0 });
  const error = await failure(missing.finish());
  assert.match(error.message, /no run "gone" in "proj" to resume/);
  assert.is(server.experiments.size, 0);

  const first = await start(server, { id: "shared" });
  first.log({ x: 0 }, 4);
  first.log({ text: "a" }, 6);
  await first.finish();
  const next = await start(server, { id: "shared", resume: true }, temporaryFolder());
  next.log({ x: 1 }); // after the last step of any series
  next.log({ x: 2 }, 3); // before that of its own
  next.log({ text: "b" }, 6);
  await next.deliverRest(1);
  await next.restart();
  next.log({ x: 3 });
  await next.finish();
  const { scalars, media, state } = server.experiment;
  assert.equal(steps(scalars.x), [4, 7, 8]);
  assert.equal(steps(media.text), [6]);
  assert.is(state, "FINISHED");
  const summaries = server.requests.filter(({ path }) => path.includes("/summaries/"));
  assert.is(summaries.length, 1);
});

test("a resumed run whose first delivery is repeated has each point once", async ({ server }) => {
  const first = await start(server, { id: "shared" });
  first.log({ x: 0 });
  await first.finish();
  const next = await start(server, { id: "shared" }, temporaryFolder());
  next.log({ x: 1 });
  server.disturb = ({ method, path }) =>
    method === "GET" && path.endsWith("/runs/exp-shared") ? { status: 502, body: {} } : undefined;
  const error = await failure(next.deliverRest());
  assert.is(error.name, "TrackerUnreachableError");
  server.disturb = () => undefined;
  await next.restart();
  await next.finish();
  assert.equal(steps(server.experiment.scalars.x), [0, 1]);
});

test.run();
