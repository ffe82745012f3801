import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { keyHeaders } from "../src/client/connection.ts";
import { Recording } from "./recording.ts";
import { refused, serverSuite } from "./server-suite.ts";
import { TOKEN } from "./trackio-server.ts";

const test = serverSuite("Trackio: access to a server");

test("says what is missing where there is no token or a wrong one, and does not tell it", async ({
  server,
}) => {
  const none = Recording.at(server, { writeToken: "" });
  const missing = await refused(none.complete(await none.open()));
  assert.ok(missing.permanent);
  assert.match(missing.message, "TRACKIO_WRITE_TOKEN");
  const wrong = Recording.at(server, { writeToken: "wrong-token-of-mine" });
  wrong.log({ m: 1 });
  const error = await refused(wrong.complete(await wrong.open()));
  assert.ok(error.permanent);
  assert.match(error.message, "write_token is required");
  assert.match(error.message, "acc sync");
  assert.not.match(error.message + wrong.stateText, "wrong-token-of-mine");
});

test("is unreachable, and not failed, while the server is down, paused, or another program", async ({
  server,
}) => {
  const run = Recording.at(server);
  run.log({ m: 1 }, 0);
  const tracker = await run.open();
  const faults = [
    { status: 503, body: '{"error": "This Trackio Space is finishing an upgrade"}' },
    { status: 500, body: '{"error": "disk I/O error"}' },
    { status: 502, body: "<html>Bad gateway" },
    { status: 200, body: '{"error": "no"}' },
    { status: 200, body: '{"data": {"done": true}}' },
    { status: 200, body: "<html>" },
    { status: 400, body: "Bad Request" },
    "reset",
  ] as const;
  for (const fault of faults) {
    server.fault = () => fault;
    const error = await refused(run.deliver(tracker));
    assert.not(error.permanent, error.message);
  }
  server.fault = undefined;
  await run.complete(tracker);
  assert.is(server.rows.size, 1);
});

test("an older interface, and a Space that may not be written to, wait for acc sync", async ({
  server,
}) => {
  server.apiVersion = 2;
  const run = Recording.at(server);
  run.log({ m: 1 }, 0);
  const other = await refused(run.deliver(await run.open()));
  assert.ok(other.permanent);
  assert.match(other.message, "interface 2");
  server.apiVersion = 1;
  const body = '{"error": "Expected the provided hf_token to provide write access to the space"}';
  server.fault = ({ path }) => (path === "/api/bulk_log" ? { status: 500, body } : undefined);
  const denied = await refused(run.deliver(await run.open()));
  assert.ok(denied.permanent, denied.message);
});

const REFUSALS = { "in its own words": 400, "as too large for a proxy": 413 };
for (const [how, status] of Object.entries(REFUSALS)) {
  test(`what the server refuses ${how} is an error of its events alone`, async ({ server }) => {
    const run = Recording.at(server);
    run.log({ m: 1 }, 0);
    run.log({ poison: 1 }, 1);
    run.log({ m: 2 }, 2);
    const tracker = await run.open();
    server.fault = ({ text }) =>
      text.includes("poison")
        ? { status, body: status === 400 ? '{"error": "no"}' : "<html>" }
        : undefined;
    const failed: number[] = [];
    for (let at = 0; at < 3; at++) {
      await run.deliver(tracker, { from: at, to: at + 1 }).catch((error: Error) => {
        assert.is(error.name, "ServiceError");
        failed.push(at);
      });
    }
    assert.equal(failed, [1]);
    assert.equal(
      [...server.rows.values()].map(({ metrics }) => metrics.m),
      [1, 2],
    );
  });
}

test("the token comes from the options, the address that trackio show prints, or the environment", () => {
  const server = { mode: "server", baseUrl: "http://127.0.0.1:7860" } as const;
  const env = {
    TRACKIO_SERVER_URL: "http://127.0.0.1:7860/?write_token=of-the-address",
    TRACKIO_WRITE_TOKEN: "of-the-environment",
  };
  const tokens = [
    keyHeaders(server, { writeToken: TOKEN }, env),
    keyHeaders(server, {}, env),
    keyHeaders(server, {}, { TRACKIO_WRITE_TOKEN: "of-the-environment" }),
  ].map((headers) => headers["x-trackio-write-token"]);
  assert.equal(tokens, [TOKEN, "of-the-address", "of-the-environment"]);
});

test("that of a Space comes from the options, the environment, or the file of hf auth login", () => {
  const space = { mode: "space", baseUrl: "https://user-space.hf.space" } as const;
  const HF_HOME = mkdtempSync(join(tmpdir(), "acc-trackio-hf-"));
  assert.throws(() => keyHeaders(space, {}, { HF_HOME }), /HF_TOKEN/);
  writeFileSync(join(HF_HOME, "token"), "hf_file\n");
  const keys = [
    keyHeaders(space, { hfToken: "hf_option" }, { HF_HOME, HF_TOKEN: "hf_env" }),
    keyHeaders(space, {}, { HF_HOME, HF_TOKEN: "hf_env" }),
    keyHeaders(space, {}, { HF_HOME }),
  ];
  assert.equal(
    keys.map(({ authorization }) => authorization),
    ["Bearer hf_option", "Bearer hf_env", "Bearer hf_file"],
  );
});

test.run();
