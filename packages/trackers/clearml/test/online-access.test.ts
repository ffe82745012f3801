import { tmpdir } from "node:os";
import { join } from "node:path";
import { TrackerUnreachableError } from "@acc/core/tracker";
import * as assert from "uvu/assert";
import { newRun, onlineSuite } from "./online-suite.ts";
import { Recording } from "./recording.ts";

const test = onlineSuite("ClearML tracker: access to a server");

test("renews its token before it ends, and asks for another where the server refuses it", async ({
  server,
}) => {
  const run = newRun(server);
  const tracker = await run.open();
  const send = async () => {
    const step = run.events.length;
    run.post({ type: "metrics", values: { loss: step }, context: { step, wallTimeMs: step } });
    await run.deliver(tracker, { from: step });
  };
  await send();
  await send();
  assert.is(server.logins, 1);
  server.forgetTokens();
  server.tokenSeconds = 1; // of the next ones
  await send();
  const { logins } = server;
  assert.ok(logins > 1);
  await new Promise((resolve) => setTimeout(resolve, 600));
  await send();
  assert.ok(server.logins > logins, "half of its life is over");
  assert.is(server.stored("training_stats_scalar").length, 4);
  await tracker.finish("success");
});

test("speaks the server's version of the API where that is older", async ({ server }) => {
  server.apiVersion = "2.9";
  const run = newRun(server);
  const tracker = await run.open();
  await run.deliver(tracker);
  assert.ok(server.calls.every(({ path }) => path.startsWith("/v2.9/")));
  server.apiVersion = "3.0";
  const other = newRun(server);
  await other.deliver(await other.open());
  assert.ok(server.calls.at(-1)?.path.startsWith("/v2.23/"));
});

async function refused(promise: Promise<unknown>): Promise<TrackerUnreachableError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.instance(error, TrackerUnreachableError);
  return error as TrackerUnreachableError;
}

test("says what is missing when there are no keys or wrong ones, and does not tell them", async ({
  server,
}) => {
  const saved = { ...process.env };
  process.env.CLEARML_CONFIG_FILE = join(tmpdir(), "acc-no-such-clearml.conf");
  try {
    const none = new Recording({ options: { apiHost: server.url, offline: false } });
    const missing = await refused(none.deliver(await none.open()));
    assert.ok(missing.permanent);
    assert.match(missing.message, "CLEARML_API_ACCESS_KEY");
  } finally {
    process.env = saved;
  }
  const wrong = newRun(server, { accessKey: "AK", secretKey: "   wrong" });
  server.fault = undefined;
  const error = await refused(wrong.deliver(await wrong.open()));
  assert.ok(error.permanent);
  assert.not.match(error.message, "AK:");
  assert.not.match(JSON.stringify(wrong.state), /AK|wrong/);
});

test("is unreachable, and not failed, while the server is down or another program answers", async ({
  server,
}) => {
  const run = newRun(server);
  const tracker = await run.open();
  const faults = [
    { status: 503, headers: { "retry-after": "2" } },
    { status: 429 },
    { status: 500 },
    { status: 200, body: "<html>" },
    { status: 200, body: "null" },
    "reset",
    "reset after",
  ] as const;
  for (const fault of faults) {
    server.fault = () => fault;
    const error = await refused(run.deliver(tracker));
    assert.not(error.permanent, error.message);
    if (fault === faults[0]) assert.is(error.retryAfterMs, 2000);
  }
  server.fault = () => "hang";
  await refused(tracker.deliver([], AbortSignal.timeout(100)));
  server.fault = undefined;
  await run.deliver(tracker);
  await tracker.finish("failure");
  assert.is(server.onlyTask.status, "failed");
});

test.run();
