import { monitoredEvents } from "@acc/test-kit/contract/monitored-events";
import * as assert from "uvu/assert";
import { onlineSuite, runOf, start } from "./online-suite.ts";
import { looseParse } from "./read-run.ts";

const test = onlineSuite("W&B online: the machine and the console");

const LINE = /^(ERROR )?\d{4}-\d\d-\d\dT[\d:.]+ \[rank \d\] /;

test("samples and lines are files of their own, each line once, also in another process", async ({
  stub,
}) => {
  const recording = await start(stub);
  recording.log({ loss: 1 }, 0);
  recording.post(...monitoredEvents("wandb", recording.startedMs));
  await recording.deliverRest(2);
  const { state } = recording;
  recording.post(...monitoredEvents("wandb", recording.startedMs + 60_000));
  await recording.deliverRest();
  // The process died before it could save what it had sent.
  recording.state = state;
  await recording.restart();
  recording.delivered = 5;
  recording.log({ loss: 0.5 }, 1);
  await recording.finish();
  const run = runOf(stub);
  const samples = run.events.map((line) => looseParse(line) as Record<string, number>);
  assert.equal(
    samples.map((sample) => Math.round(sample._runtime as number)),
    [10, 20, 70, 80],
  );
  const [{ _runtime, _timestamp, ...first } = {}] = samples;
  assert.equal(first, {
    ...{ "system.cpu": 60, "system.proc.cpu.percent": 120, "system.proc.cpu.threads": 7 },
    ...{ "system.cpu.0.cpu_percent": 40, "system.cpu.1.cpu_percent": 60 },
    ...{ "system.memory_percent": 75, "system.proc.memory.availableMB": 2048 },
    ...{ "system.proc.memory.rssMB": 512, "system.proc.memory.percent": 6.3 },
    ...{ "system.disk./.usagePercent": 20, "system.disk./.usageGB": 20 },
    ...{ "system.replica.0.cpu_percent": 90, "system.replica.1.cpu_percent": 30, _wandb: true },
  });
  assert.equal(
    run.output.map((line) => [line.startsWith("ERROR"), line.replace(LINE, "")]),
    [
      ...[
        [false, "one é"],
        [true, "two"],
        [false, "three"],
      ],
      ...[
        [false, "one é"],
        [true, "two"],
        [false, "three"],
      ],
    ],
  );
  assert.ok(
    run.output.every((line) => LINE.test(line)),
    run.output.join("\n"),
  );
  assert.equal([run.history.length, run.offsetErrors], [2, []]);
});

test.run();
