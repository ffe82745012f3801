import { monitoredEvents } from "@acc/test-kit/contract/monitored-events";
import * as assert from "uvu/assert";
import { newRun, onlineSuite } from "./online-suite.ts";

const test = onlineSuite("ClearML online: the machine and the console");

test("samples are at the last iteration or second, lines are lines of the console, also in another process", async ({
  server,
}) => {
  const run = newRun(server);
  run.post(...monitoredEvents("clearml", run.startedMs));
  await run.deliver(await run.open(), { to: 3 });
  run.post({ type: "metrics", values: { loss: 1 }, context: { step: 40 } });
  run.post(...monitoredEvents("clearml", run.startedMs + 60_000));
  const tracker = await run.open(true);
  await run.deliver(tracker);
  await tracker.finish("success");
  const machine = server
    .stored("training_stats_scalar")
    .filter(({ metric }) => metric === ":monitor:machine");
  const points = (variant: string) =>
    machine.filter((event) => event.variant === variant).map(({ iter, value }) => [iter, value]);
  assert.equal(points("cpu_usage"), [
    ...[
      [10, 50],
      [20, 60],
      [40, 60],
    ],
  ]);
  assert.equal(points("memory_used_gb")[0], [10, 0.5]);
  assert.equal(points("memory_free_gb")[0], [10, 2]);
  assert.equal(points("disk_free_percent")[0], [10, 80]);
  assert.equal(points("replica_1_cpu_usage")[0], [10, 30]);
  assert.equal(
    server.stored("log").map(({ level, msg }) => [level, msg]),
    [
      ...[
        ["info", "[rank 0] one é"],
        ["error", "[rank 1] two"],
        ["info", "[rank 1] three"],
      ],
      ...[
        ["info", "[rank 0] one é"],
        ["error", "[rank 1] two"],
        ["info", "[rank 1] three"],
      ],
    ],
  );
  assert.equal(run.warnings, []);
});

test.run();
