import { readdirSync, statSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { monitoredEvents } from "@acc/test-kit/contract/monitored-events";
import { figureHtml } from "@acc/tracker-kit";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { comparableRun } from "./comparable-run.ts";
import { python, runPython, sync } from "./fixtures/python.ts";
import { FIGURE, recordSameCalls } from "./fixtures/same-calls.ts";
import { cleanEnvironment } from "./online-suite.ts";
import { Recording } from "./recording.ts";
import { KEY, SwanLabServer } from "./swanlab-server.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const test = suite("SwanLab's own client");
const define = python === undefined ? test.skip : test;
cleanEnvironment();

async function withServer<T>(use: (server: SwanLabServer) => Promise<T>): Promise<T> {
  const server = await SwanLabServer.start();
  try {
    return await use(server);
  } finally {
    await server.stop();
  }
}

const official = (mode: "online" | "offline", cwd: string, apiHost = "http://127.0.0.1:9") =>
  runPython("official.py", [], {
    cwd,
    env: {
      SWANLAB_MODE: mode,
      SWANLAB_API_HOST: apiHost,
      SWANLAB_API_KEY: KEY,
      FIGURE_HTML: figureHtml(FIGURE, "figure"),
    },
  });

define("swanlab sync uploads our offline run with the same result as one of its own", async () => {
  const theirs = await withServer(async (server) => {
    const cwd = temporaryFolder();
    await official("offline", cwd);
    const [name = ""] = readdirSync(join(cwd, "swanlog")).filter((entry) =>
      entry.startsWith("run-"),
    );
    await sync(join(cwd, "swanlog", name), "same", server, cwd);
    return comparableRun(server);
  });
  const ours = await withServer(async (server) => {
    const cwd = temporaryFolder();
    const recording = await recordSameCalls(cwd, { mode: "offline" });
    const output = await sync(recording.tracker.tracker.dir ?? "", "same", server, cwd);
    assert.not.match(output, /ERROR|WARNING/);
    return comparableRun(server);
  });
  assert.equal(ours, theirs);
});

define("swanlab sync uploads the load and the console as our online run sends them", async () => {
  const record = async (options: object): Promise<Recording> => {
    const recording = await Recording.start(temporaryFolder(), { id: "same", ...options });
    recording.log({ loss: 1 });
    recording.post(...monitoredEvents("swanlab", recording.startedMs));
    await recording.finish();
    return recording;
  };
  const shown = ({ experiment, series }: SwanLabServer) => ({
    // Its upload has several threads.
    logs: experiment.logs.map(({ level, epoch, message }) => `${epoch} ${level} ${message}`).sort(),
    scalars: Object.entries(experiment.scalars)
      .map(([key, points]) => {
        const values = Object.entries(points).map(([step, { data }]) => `${step} ${data}`);
        return `${key}: ${values.sort().join(", ")}`;
      })
      .sort(),
    types: Object.entries(series)
      .map(([key, { type }]) => `${key}: ${type}`)
      .sort(),
  });
  const online = await withServer(async (server) => {
    await record({ apiHost: server.url, resume: "allow" });
    return shown(server);
  });
  const synced = await withServer(async (server) => {
    const { tracker } = await record({ mode: "offline" });
    const output = await sync(tracker.tracker.dir ?? "", "same", server, temporaryFolder());
    assert.not.match(output, /ERROR|WARNING/);
    return shown(server);
  });
  assert.equal([online.logs.length, online.scalars.length], [3, 10]);
  assert.equal(synced, online);
});

define("our online run leaves what its own leaves, by the same requests", async () => {
  const [theirs, theirRequests] = await withServer(async (server) => {
    await official("online", temporaryFolder(), server.url);
    return [comparableRun(server), server.requests] as const;
  });
  const [ours, ourRequests] = await withServer(async (server) => {
    await recordSameCalls(temporaryFolder(), { apiHost: server.url, resume: "allow" });
    return [comparableRun(server), server.requests] as const;
  });
  assert.equal(ours, theirs);
  // Every request of ours is one of theirs, with the same members and headers.
  const shape = ({ method, path, headers, body }: (typeof ourRequests)[number]) => {
    const { authorization, cookie } = headers;
    const place = path.replace(/\d+$/, "N");
    const type = headers["content-type"];
    const version = place.startsWith("/put/") ? undefined : headers["x-swanlab-sdk-version"];
    const members = [...new Set(membersOf(body))].sort();
    return JSON.stringify({ method, place, authorization, cookie, type, version, members });
  };
  const known = new Set(theirRequests.map(shape));
  // By the answer to the last one we know that the service has the values; it asks for nothing new.
  assert.match(ourRequests.at(-1)?.path ?? "", "/api/project/ada/proj/runs/exp-same");
  const own = ourRequests
    .filter(({ method, path }) => !(method === "GET" && path.endsWith("/runs/exp-same")))
    .map(shape)
    .filter((one) => !known.has(one));
  assert.equal(own, []);
});

/** Names of the members of objects, of the first item of lists; what the user named is left out. */
function membersOf(value: unknown, path = ""): string[] {
  if (path === ".config") return [path];
  if (Array.isArray(value)) return value.length > 0 ? membersOf(value[0], `${path}[]`) : [path];
  if (typeof value !== "object" || value === null) return [path];
  return Object.entries(value).flatMap(([key, item]) => membersOf(item, `${path}.${key}`));
}

define("resumes a run of ours at its next step, and we one of its", async () => {
  await withServer(async (server) => {
    const options = { apiHost: server.url, id: "shared", transmitIntervalMs: 0 };
    const recording = await Recording.start(temporaryFolder(), options);
    recording.log({ x: 0 });
    recording.log({ x: 1 });
    await recording.finish();
    const env = { SWANLAB_API_HOST: server.url, SWANLAB_API_KEY: KEY };
    await runPython("resume.py", ["shared"], { cwd: temporaryFolder(), env });
    const next = await Recording.start(temporaryFolder(), { ...options, resume: "must" });
    next.log({ x: 3 });
    next.log({ x: 9 }, 1); // the service has a value there
    await next.finish();
    const points = Object.entries(server.experiment.scalars.x ?? {});
    assert.equal(
      points.map(([step, { data }]) => [step, data]),
      ["0", "1", "2", "3"].map((step) => [step, Number(step)]),
    );
    assert.is(server.experiment.state, "FINISHED");
    assert.match(next.warnings.join("\n"), 'a second value of "x"');
  });
});

define(
  "uploads what a run left that was killed, and every point once when it was completed",
  async () => {
    const record = async (): Promise<{ recording: Recording; cwd: string }> => {
      const cwd = temporaryFolder();
      const recording = await Recording.start(cwd, { mode: "offline", id: "killed" });
      for (let step = 0; step < 100; step++) recording.log({ x: step }, step);
      return { recording, cwd };
    };
    const stepsAt = (server: SwanLabServer) =>
      Object.keys(server.experiment.scalars.x ?? {}).length;
    const { recording, cwd } = await record();
    await recording.tracker.deliver(recording.events.slice(0, 50), AbortSignal.timeout(5000));
    const folder = recording.tracker.tracker.dir ?? "";
    const file = join(folder, "run-killed.swanlab");
    truncateSync(file, statSync(file).size - 5);
    await withServer(async (server) => {
      await sync(folder, "killed", server, cwd);
      assert.equal([stepsAt(server), server.experiment.state], [49, "CRASHED"]);
    });
    await recording.restart();
    await recording.finish();
    await withServer(async (server) => {
      for (let times = 0; times < 2; times++) await sync(folder, "killed", server, cwd);
      assert.equal([stepsAt(server), server.experiment.state], [100, "FINISHED"]);
    });
  },
);

define("every value, name and step comes through swanlab sync", async () => {
  const cwd = temporaryFolder();
  const recording = await Recording.start(cwd, { mode: "offline", id: "odd" });
  const keys = ["µ loss", "a.b", "a//b", "k".repeat(1000), "\ud800", "tab\tbed", "constructor"];
  recording.post({
    type: "config",
    values: {
      "a/b": [1, null, Number.NaN],
      long: "x".repeat(600),
      odd: "\u0007\u007f\u0085\u2028\ufeff\ufffe 😀 \ud800 yes: # '\"",
      small: 1.5e-9,
      large: 1e21,
      minus: -0.25,
      date: new Date(0),
      "no: key": true,
      yes: "no",
    },
  });
  recording.log(Object.fromEntries(keys.map((key, at) => [key, at])), 0);
  recording.log({ text: `x\r\n${"é".repeat(50_000)}`, date: new Date(0) }, 1);
  recording.log({ later: 1 }, 2 ** 31);
  recording.log({ back: 1 }, -1);
  await recording.finish("failure");
  await withServer(async (server) => {
    const output = await sync(recording.tracker.tracker.dir ?? "", "odd", server, cwd);
    assert.not.match(output, /WARNING/);
    const { scalars, config, state, media, logs } = server.experiment;
    const at = Object.entries(scalars).map(([key, points]) => [key, Object.keys(points).join()]);
    assert.equal(Object.fromEntries(at), {
      ...{ "µ loss": "0", "a.b": "0", "a//b": "0", ["k".repeat(512)]: "0", "\ufffd": "0" },
      ...{ tab_bed: "0", constructor: "0", later: String(2 ** 31), back: String(2 ** 31 + 1) },
    });
    const values = Object.entries(config as Record<string, { value: unknown }>);
    assert.equal(Object.fromEntries(values.map(([key, { value }]) => [key, value])), {
      ...{ "a/b": [1, null, "NaN"], long: "x".repeat(600), small: 1.5e-9, large: 1e21 },
      ...{ minus: -0.25, date: "1970-01-01T00:00:00.000Z", "no: key": true, yes: "no" },
      odd: "\u0007\u007f\u0085\u2028\ufeff\ufffe 😀 \ufffd yes: # '\"",
    });
    assert.equal(Object.keys(media).sort(), ["date", "text"]);
    assert.is(state, "CRASHED");
    assert.is(logs.at(-1)?.message, "The training failed.");
  });
});

test.run();
