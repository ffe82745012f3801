import * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  Accelerator,
  type AcceleratorOptions,
  ConstantScheduler,
  CosineScheduler,
  DataLoader,
  LambdaScheduler,
  type LearningRateScheduler,
  LinearScheduler,
  OneCycleScheduler,
  PlateauScheduler,
  StepScheduler,
} from "../../src/index.ts";
import { AcceleratedScheduler } from "../../src/schedule/accelerated-scheduler.ts";

const test = suite("schedulers");

/** The learning rate now and after each of `steps` steps. */
function rates(scheduler: LearningRateScheduler, steps: number): number[] {
  const seen = [scheduler.getLastLearningRate()];
  for (let i = 0; i < steps; i++) {
    scheduler.step();
    seen.push(scheduler.getLastLearningRate());
  }
  return seen;
}

function close(actual: number[], expected: number[]): void {
  assert.is(actual.length, expected.length);
  for (const [i, value] of actual.entries()) {
    assert.ok(Math.abs(value - (expected[i] as number)) < 1e-6, `${actual} is not ${expected}`);
  }
}

test("follow their curves", () => {
  const sgd = () => tf.train.sgd(1);
  close(rates(new ConstantScheduler(sgd()), 2), [1, 1, 1]);
  close(rates(new ConstantScheduler(sgd(), { warmupSteps: 4 }), 5), [0, 0.25, 0.5, 0.75, 1, 1]);
  close(
    rates(new LinearScheduler(sgd(), { warmupSteps: 2, totalSteps: 6 }), 7),
    [0, 0.5, 1, 0.75, 0.5, 0.25, 0, 0],
  );
  close(
    rates(new CosineScheduler(sgd(), { totalSteps: 4 }), 5),
    [1, 0.853553, 0.5, 0.146447, 0, 0],
  );
  close(rates(new CosineScheduler(sgd(), { totalSteps: 2, minFactor: 0.2 }), 2), [1, 0.6, 0.2]);
  close(
    rates(new StepScheduler(sgd(), { stepSize: 2, gamma: 0.5 }), 5),
    [1, 1, 0.5, 0.5, 0.25, 0.25],
  );
  close(rates(new LambdaScheduler(sgd(), (step) => 1 / (1 + step)), 2), [1, 0.5, 1 / 3]);
});

test("one cycle gives the numbers of PyTorch", () => {
  // torch.optim.lr_scheduler.OneCycleLR(max_lr=1, total_steps=10), by its formula: two phases, cosine.
  const scheduler = new OneCycleScheduler(tf.train.sgd(0.1), {
    maxLearningRate: 1,
    totalSteps: 10,
  });
  const seen = rates(scheduler, 9);
  close([seen[0] as number, seen[1] as number, seen[2] as number], [0.04, 0.52, 1]);
  close([seen[9] as number], [4e-6]);
  const falling = [3, 4, 5, 6, 7, 8].map(
    (step) => 4e-6 + ((1 - 4e-6) / 2) * (1 + Math.cos((Math.PI * (step - 2)) / 7)),
  );
  close(seen.slice(3, 9), falling);
});

test("a plateau lowers the rate after patience, waits, and keeps to its floor", () => {
  const scheduler = new PlateauScheduler(tf.train.sgd(1), {
    patience: 1,
    factor: 0.1,
    cooldown: 1,
    minLearningRate: 0.005,
  });
  const seen = [5, 4, 4, 4, 4, 4, 4, 4, 4, 4].map((metric) => {
    scheduler.step(metric);
    return scheduler.getLastLearningRate();
  });
  close(seen, [1, 1, 1, 0.1, 0.1, 0.1, 0.01, 0.01, 0.01, 0.005]);
  assert.throws(() => scheduler.step(), /metric/);
  const rising = new PlateauScheduler(tf.train.sgd(1), { mode: "max", patience: 0 });
  for (const metric of [1, 2, 1.5]) rising.step(metric);
  close([rising.getLastLearningRate()], [0.1]);
});

test("go on from their saved state", () => {
  for (const make of [
    () => new CosineScheduler(tf.train.sgd(1), { totalSteps: 10 }),
    () => new PlateauScheduler(tf.train.sgd(1), { patience: 1 }),
  ]) {
    const whole = make();
    const first = make();
    for (const metric of [3, 3]) {
      whole.step(metric);
      first.step(metric);
    }
    const second = make();
    second.loadStateDict(JSON.parse(JSON.stringify(first.stateDict())));
    for (const metric of [3, 3, 3]) {
      whole.step(metric);
      second.step(metric);
      assert.is(second.getLastLearningRate(), whole.getLastLearningRate());
    }
    assert.is(second.lastStep, 5);
  }
});

test("refuse what makes no sense", () => {
  const sgd = tf.train.sgd(1);
  assert.throws(() => new LambdaScheduler({} as never, () => 1), /tf.train/);
  assert.throws(() => new LinearScheduler(sgd, { totalSteps: 0 }), /totalSteps/);
  assert.throws(() => new LinearScheduler(sgd, { totalSteps: 5, warmupSteps: 5 }), /totalSteps/);
  assert.throws(() => new StepScheduler(sgd, { stepSize: 0 }), /stepSize/);
  assert.throws(() => new CosineScheduler(sgd, { totalSteps: 5, minFactor: 2 }), /minFactor/);
  assert.throws(() => new PlateauScheduler(sgd, { factor: 1 }), /factor/);
  assert.throws(() => new Accelerator({ schedulerUnit: "weeks" as never }), /schedulerUnit/);
});

/** Accelerate's rules, for any number of replicas: learning rate 1 - n/20, `syncs` says which calls count. */
function prepared(
  unit: "processes" | "optimizerSteps" | "calls",
  processSteps: number,
  syncs: boolean[],
): number[] {
  const clock = { syncGradients: true, samplesSeen: 0, stepWasSkipped: false };
  const lambda = new LambdaScheduler(tf.train.sgd(1), (step) => 1 - step / 20);
  const scheduler = new AcceleratedScheduler(lambda, clock, { unit, processSteps });
  return syncs.map((sync) => {
    clock.syncGradients = sync;
    scheduler.step();
    return scheduler.getLastLearningRate();
  });
}

test("prepared, step as Accelerate's do", () => {
  const always = [true, true, true];
  close(prepared("processes", 3, always), [0.85, 0.7, 0.55]);
  close(prepared("processes", 1, always), [0.95, 0.9, 0.85]); // one replica, or split batches
  close(prepared("calls", 3, always), [0.95, 0.9, 0.85]);
  const everySecond = [false, true, false, true, false, true];
  close(prepared("processes", 3, everySecond), [1, 0.85, 0.85, 0.7, 0.7, 0.55]);
  close(
    prepared("processes", 3, [false, false, true, false, false, true]),
    [1, 1, 0.85, 0.85, 0.85, 0.7],
  );
  close(prepared("optimizerSteps", 3, everySecond), [1, 0.95, 0.95, 0.9, 0.9, 0.85]);
  close(prepared("calls", 3, everySecond), [0.95, 0.9, 0.85, 0.8, 0.75, 0.7]);
});

test("a schedule with an end is not moved past it", () => {
  const clock = { syncGradients: true, samplesSeen: 0, stepWasSkipped: false };
  const cycle = new OneCycleScheduler(tf.train.sgd(1), { maxLearningRate: 1, totalSteps: 8 });
  const scheduler = new AcceleratedScheduler(cycle, clock, { unit: "processes", processSteps: 3 });
  const seen = Array.from({ length: 5 }, () => {
    scheduler.step();
    return cycle.lastStep;
  });
  assert.equal(seen, [3, 6, 8, 8, 8]);
  assert.throws(() => cycle.step(), /totalSteps/);
});

test("count samples, if asked to", async () => {
  const options: AcceleratorOptions = { schedulerUnit: "samples", gradientAccumulationSteps: 2 };
  const accelerator = new Accelerator(options);
  const sgd = tf.train.sgd(1);
  const [scheduler, loader] = await accelerator.prepare(
    new LambdaScheduler(sgd, (step) => step),
    new DataLoader([1, 2, 3, 4, 5, 6, 7], { batchSize: 2 }),
  );
  const seen: number[] = [];
  for await (const _ of loader) {
    await accelerator.accumulate(() => scheduler.step());
    seen.push(scheduler.getLastLearningRate());
  }
  assert.equal(seen, [0, 4, 4, 7]);
});

test.run();
