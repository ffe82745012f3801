import { createServer, request as forward } from "node:http";
import { TrackerUnreachableError } from "@acc/core/tracker";
import { pythonOf } from "@acc/test-kit/peers/python";
import { listen } from "@acc/test-kit/servers/listen";
import { type MlflowServer, startMlflowServer } from "@acc/test-kit/servers/mlflow-server";
import { readRuns } from "@acc/test-kit/servers/read-mlflow";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { MlflowOptions } from "../src/options.ts";
import { Recording } from "./recording.ts";

const test = suite("MLflow authentication");
const python = pythonOf("packages/trackers/mlflow/test/fixtures/requirements.txt");
const run = python ? test : test.skip;
const PASSWORD = "a long enough pass:word";
let server: MlflowServer;

test.before(async () => {
  if (!python) return;
  server = await startMlflowServer(python, {
    args: ["--app-name", "basic-auth"],
    env: { MLFLOW_FLASK_SERVER_SECRET_KEY: "test", MLFLOW_AUTH_ADMIN_PASSWORD: PASSWORD },
  });
});
test.after(async () => {
  await server?.remove();
});

/** Logs one value, a text and thereby a file. */
async function logOnce(projectName: string, options: MlflowOptions): Promise<unknown> {
  const recording = new Recording();
  const tracker = await recording.open(options, { projectName });
  recording.log({ type: "metrics", values: { loss: 1, note: "text" }, context: {} });
  const error = await recording.deliver(tracker).then(
    () => tracker.finish("success"),
    (error: unknown) => error,
  );
  const kept = JSON.stringify([recording.state, recording.warnings, String(error)]);
  assert.not(
    kept.includes(PASSWORD) || kept.includes("secret-token"),
    "no key is written anywhere",
  );
  return error;
}

const readAsAdmin = (experiment: string) =>
  readRuns(python as string, server.uri, experiment, {
    MLFLOW_TRACKING_USERNAME: "admin",
    MLFLOW_TRACKING_PASSWORD: PASSWORD,
  });

run("a user name and password open the server, its artifacts too", async () => {
  const trackingUri = server.uri;
  assert.is(
    await logOnce("basic", { trackingUri, username: "admin", password: PASSWORD }),
    undefined,
  );
  const [found] = await readAsAdmin("basic");
  assert.is(found?.latest.loss, 1);
  assert.equal(
    found?.artifacts.map(({ path }) => path),
    ["texts/note/step_0_0.txt"],
  );
});

run("so they do in the server's address in the environment", async () => {
  const url = new URL(server.uri);
  url.username = "admin";
  url.password = PASSWORD;
  process.env.MLFLOW_TRACKING_URI = url.href;
  try {
    assert.is(await logOnce("address", {}), undefined);
  } finally {
    delete process.env.MLFLOW_TRACKING_URI;
  }
  assert.is((await readAsAdmin("address")).length, 1);
});

run("without them, and with wrong ones, it says what to set and keeps everything", async () => {
  for (const options of [{}, { username: "admin", password: "wrong" }, { token: "secret-token" }]) {
    const error = await logOnce("closed", { trackingUri: server.uri, ...options });
    assert.instance(error, TrackerUnreachableError);
    assert.ok((error as TrackerUnreachableError).permanent);
    assert.match((error as Error).message, /401.*MLFLOW_TRACKING_USERNAME.*acc sync/);
  }
});

run("a token opens a server behind a gate", async () => {
  const basic = `Basic ${Buffer.from(`admin:${PASSWORD}`).toString("base64")}`;
  const gate = createServer((incoming, outgoing) => {
    if (incoming.headers.authorization !== "Bearer secret-token") {
      outgoing.writeHead(403).end("no entry");
      return;
    }
    const headers = { ...incoming.headers, authorization: basic, host: new URL(server.uri).host };
    const passed = forward(`${server.uri}${incoming.url}`, { method: incoming.method, headers });
    passed.on("response", (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    passed.on("error", () => outgoing.destroy());
    incoming.pipe(passed);
  });
  const trackingUri = `http://127.0.0.1:${await listen(gate)}`;
  try {
    const refused = await logOnce("gate", { trackingUri, token: "other" });
    assert.match((refused as Error).message, /403.*no entry.*MLFLOW_TRACKING_TOKEN/);
    assert.is(await logOnce("gate", { trackingUri, token: "secret-token" }), undefined);
  } finally {
    gate.closeAllConnections();
    gate.close();
  }
  assert.is((await readAsAdmin("gate"))[0]?.latest.loss, 1);
});

test.run();
