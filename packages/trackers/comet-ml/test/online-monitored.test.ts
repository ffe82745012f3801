import { monitoredEvents } from "@acc/test-kit/contract/monitored-events";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { CometServer } from "./comet-server.ts";
import { KEY, Recording } from "./recording.ts";

const test = suite("Comet online: the machine and the console");

test("samples are metrics of the system, lines are numbered, also in another process", async () => {
  await CometServer.during(async (server) => {
    const recording = new Recording({ apiKey: KEY, urlOverride: server.url });
    recording.post(...monitoredEvents("comet_ml", recording.startedMs));
    await recording.deliverRest(2);
    recording.restart();
    await recording.finish();
    const lines = server.requests
      .filter(({ path }) => path === "/clientlib/rest/v2/write/experiment/output")
      .flatMap(({ json }) => json.outputLines);
    assert.equal(
      lines.map(({ offset, stderr, output }) => [offset, stderr, output]),
      [
        [0, false, "[rank 0] one é\n"],
        [1, true, "[rank 1] two\n"],
        [2, false, "[rank 1] three\n"],
      ],
    );
    const values = server.requests
      .filter(({ path }) => path === "/clientlib/batch/logger/experiment/metric")
      .flatMap(({ json }) => json.values);
    const of = (name: string) =>
      values.filter(({ metricName }) => metricName === name).map(({ metricValue }) => metricValue);
    assert.equal(of("sys.cpu.percent.avg"), [50, 60]);
    assert.equal(of("sys.cpu.percent.02"), [60, 60]);
    assert.equal(of("sys.ram.percent.used"), [75, 75]);
    assert.equal(of("sys.replica.1.cpu.percent"), [30, 30]);
  });
});

test("a service with the documented interface alone gets them too", async () => {
  await CometServer.during(async (server) => {
    server.isRestOnly = true;
    const recording = new Recording({ apiKey: KEY, urlOverride: server.url });
    recording.post(...monitoredEvents("comet_ml", recording.startedMs));
    await recording.finish();
    const lines = server.requests.filter(({ path }) => path.endsWith("/write/experiment/output"));
    assert.equal(
      lines.map(({ json }) => [json.stderr, json.output]),
      [
        [false, "[rank 0] one é\n"],
        [true, "[rank 1] two\n"],
        [false, "[rank 1] three\n"],
      ],
    );
  });
});

test.run();
