import { chromiumPath, pageDom } from "@acc/test-kit/peers/chromium";
import { pythonOf } from "@acc/test-kit/peers/python";
import { startMlflowServer } from "@acc/test-kit/servers/mlflow-server";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Recording } from "./recording.ts";

const test = suite("MLflow's page");
const python = pythonOf("packages/trackers/mlflow/test/fixtures/requirements.txt");
const run = python && chromiumPath() ? test : test.skip;

/** How long a page may take to show what it must; the server works in a process of its own, beside other tests. */
const LIMIT_MS = 50_000;

/** The page once it shows all of this; what it loads later takes more of its time. */
async function pageWith(url: string, ...expected: (string | RegExp)[]): Promise<string> {
  let missing = expected;
  const limit = Date.now() + LIMIT_MS;
  for (let virtualTimeMs = 30_000; Date.now() < limit; virtualTimeMs *= 2) {
    const dom = await pageDom(url, { virtualTimeMs });
    missing = expected.filter((text) =>
      typeof text === "string" ? !dom.includes(text) : !text.test(dom),
    );
    if (missing.length === 0) return dom;
  }
  assert.unreachable(`${url} does not show ${missing.join(", ")}`);
  return "";
}

run("shows the run, its parameters, curves, images and tables", async () => {
  const server = await startMlflowServer(python as string);
  try {
    const recording = new Recording();
    const tracker = await recording.open({ trackingUri: server.uri, runName: "seen-run" });
    recording.post({ type: "config", values: { learning_rate: 0.0625 } });
    for (let step = 0; step < 5; step++) {
      recording.log({ type: "metrics", values: { falling_loss: 1 / (step + 1) }, context: {} });
    }
    const image = {
      data: Float32Array.from({ length: 1024 }, (_, index) => (index % 32) / 32),
      shape: [32, 32],
    };
    for (const step of [0, 1, 2]) {
      recording.log({ type: "images", values: { "train/sample": image }, context: {} }, step);
    }
    const table = { columns: ["id", "wrongness"], rows: [[1, 0.734375]] };
    recording.log({ type: "tables", values: { errors: table }, context: {} }, 2);
    await recording.deliver(tracker);
    await tracker.finish("success");
    const { runId, experimentId } = tracker.tracker;
    const experiment = `${server.uri}/#/experiments/${experimentId}`;
    const page = `${experiment}/runs/${runId}`;

    await pageWith(`${experiment}/runs`, "seen-run");
    await pageWith(page, "seen-run", "learning_rate", "0.0625", "falling_loss", "Finished");
    const thumbnail = /<img[^>]*src="([^"]*compressed\.png[^"]*)"/;
    const dom = await pageWith(`${page}/model-metrics`, "falling_loss", "train/sample", thumbnail);
    const [, source = ""] = thumbnail.exec(dom) ?? [];
    const shown = await fetch(new URL(source.replaceAll("&amp;", "&"), server.uri), {
      signal: AbortSignal.timeout(20_000),
    });
    assert.is(shown.status, 200, source);
    assert.is(Buffer.from(await shown.arrayBuffer()).toString("latin1", 1, 4), "PNG");
    await pageWith(`${page}/artifacts/tables/errors.json`, "wrongness", "0.734375");
  } finally {
    await server.remove();
  }
});

test.run();
