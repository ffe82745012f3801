import { suite } from "@acc/test-kit/suite";
import type * as tf from "@tensorflow/tfjs";
import * as assert from "uvu/assert";
import { Accelerator, DataLoader, launch } from "../../src/index.ts";
import { scratch } from "../checkpoint/scratch-folder.ts";
import { smallTraining } from "../checkpoint/small-training.ts";
import { sharedLaunches } from "../launch/launch-calls.ts";
import type { TraceRow } from "./fixtures/trace-a.ts";
import type { TraceRow as ScaledRow } from "./fixtures/trace-c.ts";

const test = suite("golden traces of Accelerate");

// Recorded from Accelerate 1.15 with three processes on the CPU.
const BATCHES = [
  [
    [0, 1],
    [2, 3],
    [4, 5],
  ],
  [
    [6, 7],
    [8, 9],
    [10, 11],
  ],
  [
    [12, 0],
    [1, 2],
    [3, 4],
  ],
];
const LOCAL = [0.25, 1.25, 2.25];
const GRADIENTS = [LOCAL, [5.5, 5.5, 5.5], [1.8333333, 1.8333333, 1.8333333]];
const GATHERED = [[0, 1, 2, 3, 4, 5], [6, 7, 8, 9, 10, 11], [12]];
const COUNTERS = [1, 2, 0];
const WEIGHTS = [0, -5.5, -7.278333, -7.278333, -12.448333, -14.116667];
const LEARNING_RATES = [1, 0.97, 0.94, 0.94, 0.91, 0.88];

test("trace A: accumulation, padding, schedule and metrics over two epochs", async () => {
  const script = new URL("./fixtures/trace-a.ts", import.meta.url);
  const ranks = await launch<TraceRow[]>(script, { numProcesses: 3 });
  for (const [rank, rows] of ranks.entries()) {
    assert.is(rows.length, 6);
    for (const [index, row] of rows.entries()) {
      const step = index % 3;
      assert.equal(row.batch, BATCHES[step]?.[rank]);
      assert.is(row.end, step === 2);
      assert.is(row.sync, step > 0);
      assert.is(row.counter, COUNTERS[step]);
      close(row.gradient, GRADIENTS[step]?.[rank]);
      close(row.w, WEIGHTS[index]);
      close(row.learningRate, LEARNING_RATES[index]);
      assert.equal(row.gathered, GATHERED[step]);
    }
  }
});

const NAN = Number.NaN;
const OVERFLOW = [1, Number.POSITIVE_INFINITY, 1];
const TWO_NANS = [1, NAN, NAN, 1];
const scaled = sharedLaunches<ScaledRow[]>(new URL("./fixtures/trace-c.ts", import.meta.url), {
  1: [[OVERFLOW], [TWO_NANS]],
  3: [[OVERFLOW], [TWO_NANS]],
});

for (const numProcesses of [1, 3]) {
  const register = numProcesses === 1 ? test : test.slow;
  register(
    `trace C: a scale of 65536 and an overflow on one of ${numProcesses} replica(s)`,
    async () => {
      for (const rows of await scaled(numProcesses, OVERFLOW)) {
        const [first, second, third] = rows as [ScaledRow, ScaledRow, ScaledRow];
        // The schedule, 1 - n / 20, advances by as many raw steps as there are replicas.
        close(first.learningRate, 1 - numProcesses / 20);
        close(first.w, 0);
        assert.equal([first.scheduled, first.isSkipped, first.scale], [numProcesses, false, 65536]);
        assert.equal([second.w, second.learningRate], [first.w, first.learningRate]);
        assert.equal([second.scheduled, second.isSkipped], [numProcesses, true]);
        assert.is(second.scale, 32768);
        close(third.w, -first.learningRate);
        assert.equal([third.scheduled, third.isSkipped], [2 * numProcesses, false]);
        assert.is(third.scale, 32768);
      }
    },
  );

  register(`trace C, good, NaN, NaN, good, on ${numProcesses} replica(s)`, async () => {
    for (const rows of await scaled(numProcesses, TWO_NANS)) {
      const flags = rows.map(({ isSkipped }) => isSkipped);
      assert.equal(flags, [false, true, true, false]);
      const scales = rows.map(({ scale }) => scale);
      assert.equal(scales, [65536, 32768, 16384, 16384]);
    }
  });
}

test("trace D: a window of four goes on where the counter says another run stopped", async () => {
  const flags = async (accelerator: Accelerator, steps: number): Promise<string> => {
    let seen = "";
    for (let i = 0; i < steps; i++) {
      await accelerator.accumulate(() => {
        seen += accelerator.syncGradients ? "T" : "F";
      });
    }
    return seen;
  };
  const first = new Accelerator({ gradientAccumulationSteps: 4 });
  assert.is(await flags(first, 6), "FFFTFF");
  assert.is(first.step, 6);
  const second = new Accelerator({ gradientAccumulationSteps: 4 });
  second.step = first.step;
  assert.is(await flags(second, 3), "FTF");
});

test("trace D, with a checkpoint in the middle of the window", async () => {
  const run = () => smallTraining({ options: { gradientAccumulationSteps: 4 } });
  const flags = async ({ accelerator, step }: Awaited<ReturnType<typeof run>>, steps: number) => {
    let seen = "";
    for (let i = 0; i < steps; i++) {
      await step();
      seen += accelerator.syncGradients ? "T" : "F";
    }
    return seen;
  };
  const folder = scratch();
  const first = await run();
  assert.is(await flags(first, 6), "FFFTFF");
  await (await first.accelerator.saveState(folder)).written;
  const second = await run();
  await second.accelerator.loadState(folder);
  assert.is(second.accelerator.step, 6);
  assert.is(await flags(second, 3), "FTF");
  assert.is(await flags(first, 3), "FTF");
  assert.equal(second.values(), first.values(), "the gradients of the window were saved too");
});

const FLAGS: [
  string,
  { batches: number; k: number; sync?: boolean; breakAfter?: number; epochs: string[] },
][] = [
  ["5 batches, 2 steps", { batches: 5, k: 2, epochs: ["FTFTT", "FTFTT"] }],
  ["7 batches, 3 steps", { batches: 7, k: 3, epochs: ["FFTFFTT"] }],
  ["3 batches, 10 steps", { batches: 3, k: 10, epochs: ["FFT"] }],
  ["6 batches, 1 step", { batches: 6, k: 1, epochs: ["TTTTTT"] }],
  ["windows across epochs", { batches: 5, k: 2, sync: false, epochs: ["FTFTF", "TFTFT"] }],
  ["a break after 3", { batches: 5, k: 4, breakAfter: 3, epochs: ["FFF", "TFF", "FTF"] }],
];
for (const [name, { batches, k, sync = true, breakAfter = batches, epochs }] of FLAGS) {
  test(`sync flags: ${name}`, async () => {
    const gradientAccumulationPlugin = { numSteps: k, syncWithDataloader: sync };
    const accelerator = new Accelerator({ backend: "cpu", gradientAccumulationPlugin });
    const loader = await accelerator.prepare(
      new DataLoader(Array.from({ length: batches }, Number)),
    );
    for (const expected of epochs) {
      let seen = "";
      for await (const _ of loader) {
        await accelerator.accumulate(() => {
          seen += accelerator.syncGradients ? "T" : "F";
        });
        if (seen.length === breakAfter) break;
      }
      assert.is(seen, expected);
    }
  });
}

test("a second accelerator leaves the settings of the first alone (ST-12, AC-5)", async () => {
  process.env.ACCELERATE_GRADIENT_ACCUMULATION_STEPS = "3";
  try {
    const first = new Accelerator({ backend: "cpu", gradientAccumulationSteps: 2 });
    const second = new Accelerator({ backend: "cpu" });
    assert.equal(
      [first, second].map((one) => one.gradientAccumulationSteps),
      [2, 1],
    );
    let seen = "";
    for (let i = 0; i < 3; i++) {
      await second.accumulate(() => {
        seen += second.syncGradients ? "T" : "F";
      });
      await first.accumulate(() => {
        seen += first.syncGradients ? "T" : "F";
      });
    }
    assert.is(seen, "TFTTTF");
  } finally {
    delete process.env.ACCELERATE_GRADIENT_ACCUMULATION_STEPS;
  }
});

test("an evaluation inside the epoch, complete or broken off, leaves the outer flags alone", async () => {
  const accelerator = new Accelerator({ backend: "cpu", gradientAccumulationSteps: 4 });
  const [train, evaluation] = await accelerator.prepare(
    new DataLoader<tf.Tensor>([1, 2, 3, 4, 5, 6]),
    new DataLoader<tf.Tensor>([1, 2, 3]),
  );
  for (const stopAfter of [2, 3]) {
    let seen = "";
    for await (const _ of train) {
      await accelerator.accumulate(() => {
        seen += accelerator.syncGradients ? "T" : "F";
      });
      let evaluated = 0;
      for await (const _ of evaluation) if (++evaluated === stopAfter) break;
    }
    assert.is(seen, "FFFTFT");
  }
});

function close(actual: number | undefined, expected: number | undefined): void {
  assert.ok(
    Math.abs((actual ?? Number.NaN) - (expected ?? Number.NaN)) < 1e-5,
    `${actual} is not ${expected}`,
  );
}

test.run();
