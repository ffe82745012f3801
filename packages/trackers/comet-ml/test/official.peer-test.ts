import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { MediaData } from "@acc/core/tracker";
import { monitoredEvents } from "@acc/test-kit/contract/monitored-events";
import { pythonOf } from "@acc/test-kit/peers/python";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { codeFolder, PASSWORD } from "./code-folder.ts";
import { CometServer } from "./comet-server.ts";
import { goldenCalls } from "./golden-calls.ts";
import { readArchive } from "./read-archive.ts";
import { isShared, type RecordedRequest, readRequests, sketch } from "./read-requests.ts";
import { KEY, Recording, RUN_ID } from "./recording.ts";

const test = suite("Comet's own client");
const python = pythonOf("packages/trackers/comet-ml/test/fixtures/requirements.txt");
const peer = python ? test : test.skip; // the installer has reported what could not be installed
const GOLDEN = fileURLToPath(new URL("fixtures/vectors/make-golden.py", import.meta.url));
const LOG_MEDIA = fileURLToPath(new URL("fixtures/log_media.py", import.meta.url));
const LOG_CODE = fileURLToPath(new URL("fixtures/log_code.py", import.meta.url));
const LIMIT_MS = 60_000;

const temporary = () => mkdtempSync(join(tmpdir(), "acc-comet-peer-"));

/** @returns what the program printed. */
function runPeer(program: string, args: readonly string[], server: CometServer): Promise<string> {
  const home = temporary();
  const env = {
    ...{ PATH: process.env.PATH, HOME: home, COMET_API_KEY: KEY, COMET_URL_OVERRIDE: server.url },
    ...{ COMET_LOGGING_FILE_LEVEL: "INFO", LC_ALL: "C" },
  };
  const options = { cwd: home, env, timeout: LIMIT_MS };
  return new Promise((resolve, reject) => {
    execFile(program, args, options, (error, stdout, stderr) => {
      const output = stdout + stderr;
      if (error) reject(new Error(`${error.message}\n${output}`));
      else resolve(output);
    });
  });
}

/** Uploads with the official client, which says with a word on a line, what it did not accept. */
async function upload(archives: string, server: CometServer): Promise<string> {
  const comet = join(dirname(python as string), "comet");
  const paths = readdirSync(archives).map((name) => join(archives, name));
  const output = await runPeer(comet, ["upload", ...paths], server);
  assert.not.match(output, /WARNING|ERROR|Traceback/, output);
  return output;
}

const golden = { name: "golden", tags: ["t1"], workspace: "ws" };

async function archiveOf(log: (recording: Recording) => void, options = {}): Promise<string> {
  const offlineDirectory = temporary();
  const recording = new Recording({ online: false, offlineDirectory, ...golden, ...options });
  log(recording);
  await recording.finish();
  return offlineDirectory;
}

peer("uploads our archive with the result of its own", async () => {
  await CometServer.during(async (server) => {
    await upload(await archiveOf(goldenCalls, { mode: "create" }), server);
    const ours = sketch(server.requests, RUN_ID);
    const asked = (requests: readonly RecordedRequest[]) =>
      [...new Set(requests.filter(isShared).map(shapeOf))].sort();
    const oursAsked = asked(server.requests);
    await CometServer.during(async (other) => {
      const archives = temporary();
      await runPeer(python as string, [GOLDEN, "offline", archives], other);
      await upload(archives, other);
      assert.equal(ours, sketch(other.requests, RUN_ID));
      const officialAsked = asked(other.requests);
      assert.equal(oursAsked, officialAsked);
    });
  });
});

peer("uploads our audio, videos and pages as its own", async () => {
  const filesOf = async (archives: string): Promise<unknown[]> => {
    let files: unknown[] = [];
    await CometServer.during(async (server) => {
      await upload(archives, server);
      const stored = [...readRequests(server.requests, RUN_ID).files.values()];
      files = stored.map(({ endpoint, name, type, step, sha256 }) => {
        return [endpoint, name, type, step, sha256];
      });
    });
    return files.sort();
  };
  const media = (kind: MediaData["kind"], format: string, name: string): MediaData => {
    return { kind, format, data: Buffer.from(name) };
  };
  const ours = await archiveOf(
    (recording) =>
      recording.tracker.logMedia(
        {
          tone: media("audio", "wav", "tone.wav"),
          clip: media("video", "mp4", "clip.mp4"),
          page: media("html", "html", "page.html"),
        },
        { step: 4 },
      ),
    { mode: "create" },
  );
  const theirs = temporary();
  await CometServer.during((server) =>
    runPeer(python as string, [LOG_MEDIA, theirs], server).then(() => {}),
  );
  assert.equal(await filesOf(ours), await filesOf(theirs));
});

peer(
  "uploads our code and the state of git as its own, but for the password of the remote",
  async () => {
    const folder = codeFolder();
    const sent = async (archives: string): Promise<object> => {
      let found = {};
      await CometServer.during(async (server) => {
        await upload(archives, server);
        const git = server.requests.find(({ path }) => path.endsWith("/git/metadata"))?.json;
        const code = server.requests.find(({ query }) => query.type === "source_code");
        const { assetId, ...query } = code?.query ?? {};
        found = { git, query, path: code?.path, parts: code?.parts?.map(({ text }) => text) };
      });
      return found;
    };
    const offlineDirectory = temporary();
    const options = { online: false, offlineDirectory, mode: "create", ...golden } as const;
    const recording = new Recording(options, RUN_ID, join(folder, "train.py"));
    await recording.started;
    recording.tracker.tracker.logCode(join(folder, "train.py"));
    await recording.finish();
    const ours = await sent(offlineDirectory);
    const theirs = temporary();
    await CometServer.during(async (server) => {
      await runPeer(python as string, [LOG_CODE, theirs, folder], server);
    });
    const official = JSON.stringify(await sent(theirs));
    assert.ok(official.includes(`somebody:${PASSWORD}@`), "the official client sends it");
    assert.equal(ours, JSON.parse(official.replace(`somebody:${PASSWORD}@`, "")));
  },
);

peer("uploads a figure as an image panel", async () => {
  await CometServer.during(async (server) => {
    const spec = { data: [{ type: "scatter", y: [1, 3, 2] }] };
    const values = { "eval/curve": { type: "plotly", spec } as const };
    await upload(
      await archiveOf((recording) =>
        recording.post({ type: "figures", values, context: { step: 4, wallTimeMs: 5000 } }),
      ),
      server,
    );
    const [figure, ...others] = server.requests.filter(({ parts }) => parts !== undefined);
    assert.equal(others, []);
    assert.match(figure?.path ?? "", /\/visualizations\/upload$/);
    const { figName, step, extension } = figure?.query ?? {};
    assert.equal([figName, step, extension], ["eval/curve", "4", "svg"]);
    assert.match(figure?.parts?.find(({ name }) => name === "file")?.text ?? "", /^<svg /);
  });
});

/** A request without its values. */
function shapeOf({ method, path, query, json }: RecordedRequest): string {
  const names = Object.keys(json ?? {}).sort();
  return JSON.stringify([method, path, Object.keys(query).sort(), names]);
}

peer("sends live what we send live", async () => {
  await CometServer.during(async (server) => {
    const recording = new Recording({ apiKey: KEY, urlOverride: server.url, ...golden });
    goldenCalls(recording);
    await recording.finish();
    await CometServer.during(async (other) => {
      await runPeer(python as string, [GOLDEN, "online"], other);
      assert.equal(sketch(server.requests, RUN_ID), sketch(other.requests, RUN_ID));
      const official = new Set(other.requests.map(shapeOf));
      for (const request of server.requests.filter(isShared)) {
        assert.ok(official.has(shapeOf(request)), shapeOf(request));
        const same = other.requests.find((one) => shapeOf(one) === shapeOf(request));
        for (const name of ["authorization", "content-encoding"]) {
          assert.is(request.headers[name], same?.headers[name], request.path);
        }
        assert.equal(valuesOf(request), valuesOf(same as RecordedRequest), request.path);
      }
    });
  });
});

/** What a batch says of each of its values. */
function valuesOf({ json }: RecordedRequest): string[] {
  const [first] = json?.values ?? [];
  return Object.keys(first ?? {}).sort();
}

peer("uploads the load and the console of our archive", async () => {
  await CometServer.during(async (server) => {
    const archive = await archiveOf((recording) =>
      recording.post(...monitoredEvents("comet_ml", recording.startedMs)),
    );
    await upload(archive, server);
    const lines = server.requests
      .filter(({ path }) => path.endsWith("/write/experiment/output"))
      .flatMap(({ json }) => json.outputLines);
    // The upload sends streams one after the other, in an order of its own.
    assert.equal(lines.map(({ stderr, output }) => `${stderr} ${output}`).sort(), [
      ...["false [rank 0] one é\n", "false [rank 1] three\n", "true [rank 1] two\n"],
    ]);
    const values = server.requests
      .filter(({ path }) => path === "/clientlib/batch/logger/experiment/metric")
      .flatMap(({ json }) => json.values);
    const cpu = values.filter(({ metricName }) => metricName === "sys.cpu.percent.avg");
    assert.equal(cpu.map(({ metricValue }) => metricValue).sort(), [50, 60]);
  });
});

peer("takes every kind of value without a complaint", async () => {
  await CometServer.during(async (server) => {
    const archives = await archiveOf((recording) => {
      recording.post({
        type: "config",
        values: {
          deep: { list: [[1], { a: null }], when: new Date(0), none: null },
          odd: Number.NaN,
          text: `${"ü€😀".repeat(600)}\u2028`,
        },
      });
      recording.post({
        type: "metrics",
        context: {
          step: -1.5,
          wallTimeMs: 1_700_000_000_000,
          options: { epoch: 2, context: "train" },
        },
        values: {
          "ключ/😀 \ud800": 1,
          ["k".repeat(1000)]: Number.NaN,
          huge: 2n ** 70n,
          yes: false,
          list: [1, null, { a: 1 }],
          essay: "ü".repeat(2000),
          date: new Date(Number.NaN),
          "../x": { "": { "/": 2 } },
        },
      });
      recording.post({
        type: "tables",
        values: {
          'a"b,c': {
            columns: ["a", "b\n"],
            rows: [
              [1, 'x,"y"'],
              [null, { z: 1 }],
            ],
          },
        },
        context: { wallTimeMs: 1_700_000_000_000 },
      });
      const path = join(temporary(), "weights.bin");
      writeFileSync(path, Buffer.alloc(300_000, 7));
      const artifact = { name: "weights.bin", path, type: "model" };
      recording.post({ type: "artifact", artifact, context: { wallTimeMs: 1_700_000_000_000 } });
    });
    await upload(archives, server);
    const { metrics, parameters, others, files } = readRequests(server.requests, RUN_ID);
    assert.is(metrics.length, 5);
    assert.ok(
      metrics.every(
        ({ step, epoch, context }) => step === -1.5 && epoch === 2 && context === "train",
      ),
    );
    assert.equal(parameters["deep|list (manual)"], ['[[1],{"a":null}]', null]);
    assert.is(others.list, '[1,null,{"a":1}]');
    const weights = [...files.values()].find(({ name }) => name === "weights.bin");
    assert.is(weights?.bytes, 300_000);
  });
});

peer("an archive goes on with the experiment that ran online before", async () => {
  await CometServer.during(async (server) => {
    const experimentKey = "K".repeat(40);
    const log = (step: number) => (recording: Recording) =>
      recording.post({ type: "metrics", values: { m: step }, context: { step, wallTimeMs: 5000 } });
    const online = new Recording({
      apiKey: KEY,
      urlOverride: server.url,
      experimentKey,
      ...golden,
    });
    log(0)(online);
    await online.finish();
    for (const [step, mode] of [
      [1, "get_or_create"],
      [2, "get"],
    ] as const) {
      const archives = await archiveOf(log(step), { experimentKey, mode });
      assert.match(readArchive(archives).name, /^K{40}-\w{6}\.zip$/);
      await upload(archives, server);
    }
    assert.equal(
      readRequests(server.requests, experimentKey).metrics.map(({ value }) => value),
      [0, 1, 2],
    );
  });
});

peer("its imaging library reads our images", async () => {
  const archives = await archiveOf(goldenCalls);
  const { files, messages } = readArchive(archives);
  const message = messages.find(({ payload }) => payload.upload_type === "visualization");
  const path = join(temporary(), "image.png");
  writeFileSync(path, files[message?.payload.file_path] as Uint8Array);
  const script =
    "import sys\nfrom PIL import Image\ni = Image.open(sys.argv[1])\nprint(i.size, i.mode, set(i.getdata()))";
  await CometServer.during(async (server) => {
    const output = await runPeer(python as string, ["-c", script, path], server);
    assert.match(output, /\(4, 3\) RGB \{\(255, 0, 0\)\}/);
  });
});

test.run();
