import { monitoredEvents } from "@acc/test-kit/contract/monitored-events";
import * as assert from "uvu/assert";
import { Recording, START_MS } from "./recording.ts";
import { stubSuite } from "./stub-suite.ts";

const test = stubSuite("MLflow: the load of the machine");

test("is recorded under MLflow's names, with steps of its own, also in another process", async ({
  server,
  uri,
}) => {
  const recording = new Recording();
  recording.log({ type: "metrics", values: { loss: 1 }, context: {} }, 7);
  recording.post(...monitoredEvents("mlflow", START_MS));
  await recording.deliver(await recording.open({ trackingUri: uri }), { to: 2 });
  const tracker = await recording.open({ trackingUri: uri }, { isReplay: true });
  await recording.deliver(tracker);
  await tracker.finish("success");
  const [run] = [...server.runs.values()];
  const of = (name: string) => run?.metrics[name]?.map((point) => point.split(" ", 2).map(Number));
  assert.equal(of("system/cpu_utilization_percentage"), [
    ...[
      [0, 50],
      [1, 60],
    ],
  ]);
  assert.equal(of("system/system_memory_usage_percentage")?.[0], [0, 75]);
  assert.equal(of("system/disk_available_megabytes")?.[0], [0, 85899.3]);
  assert.equal(of("system/replica_1_cpu_percentage")?.[0], [0, 30]);
  assert.equal(of("loss"), [[7, 1]]);
});

test("is recorded only if MLflow's switch is on, or the option", async ({ uri }) => {
  const asks = async (logSystemMetrics?: boolean): Promise<boolean | undefined> => {
    const options = {
      trackingUri: uri,
      ...(logSystemMetrics !== undefined && { logSystemMetrics }),
    };
    return (await new Recording().open(options)).monitored.system;
  };
  assert.equal([await asks(), await asks(true)], [false, true]);
  process.env.MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING = "true";
  assert.equal([await asks(), await asks(false)], [true, false]);
  delete process.env.MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING;
});

test.run();
