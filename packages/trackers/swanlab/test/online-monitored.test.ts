import { monitoredEvents } from "@acc/test-kit/contract/monitored-events";
import * as assert from "uvu/assert";
import { onlineSuite, start } from "./online-suite.ts";

const test = onlineSuite("SwanLab online: the machine and the console");

test("samples are series of the system with steps of their own, lines are counted", async ({
  server,
}) => {
  const recording = await start(server, { id: "run1", resume: "allow" });
  recording.log({ loss: 1 });
  recording.post(...monitoredEvents("swanlab", recording.startedMs));
  await recording.deliverRest(2);
  await recording.restart();
  recording.log({ loss: 0.5 });
  recording.post(...monitoredEvents("swanlab", recording.startedMs + 60_000));
  await recording.finish();
  const { scalars, logs } = server.experiment;
  const points = (key: string) =>
    Object.entries(scalars[key] ?? {}).map(([step, { data }]) => [Number(step), data]);
  assert.equal(points("loss"), [
    ...[
      [0, 1],
      [1, 0.5],
    ],
  ]);
  assert.equal(points("__swanlab__.cpu.pct"), [
    ...[
      [0, 50],
      [1, 60],
      [2, 50],
      [3, 60],
    ],
  ]);
  assert.equal(points("__swanlab__.mem.proc")[0], [0, 512]);
  assert.equal(points("__swanlab__.replica.1.cpu.pct")[0], [0, 30]);
  const system = Object.values(server.series).filter(({ type }) => type === "SYSTEM");
  assert.is(system.length, 9);
  assert.equal(
    logs.map(({ level, epoch, message }) => [level, epoch, message]),
    [
      ...[
        ["INFO", 1, "[rank 0] one é"],
        ["ERROR", 2, "[rank 1] two"],
      ],
      ...[
        ["INFO", 3, "[rank 1] three"],
        ["INFO", 4, "[rank 0] one é"],
      ],
      ...[
        ["ERROR", 5, "[rank 1] two"],
        ["INFO", 6, "[rank 1] three"],
      ],
    ],
  );
});

test("a run that is resumed goes on behind its last sample and line", async ({ server }) => {
  for (let time = 0; time < 2; time++) {
    const recording = await start(server, { id: "run1", resume: "allow" });
    recording.log({ loss: time });
    recording.post(...monitoredEvents("swanlab", recording.startedMs + time * 60_000));
    await recording.finish();
  }
  const { scalars, logs } = server.experiment;
  assert.equal(Object.keys(scalars["__swanlab__.cpu.pct"] ?? {}), ["0", "1", "2", "3"]);
  assert.equal(Object.keys(scalars.loss ?? {}), ["0", "1"]);
  assert.equal(
    logs.map(({ epoch }) => epoch),
    [1, 2, 3, 4, 5, 6],
  );
});

test.run();
