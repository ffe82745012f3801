import { deepStrictEqual } from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Accelerator, type AcceleratorError, type FigureSource, figure } from "../../src/index.ts";
import { RecordingTracker } from "./recording-tracker.ts";

const test = suite("figures");

async function open(): Promise<{ accelerator: Accelerator; tracker: RecordingTracker }> {
  const tracker = new RecordingTracker();
  const accelerator = new Accelerator({ logWith: tracker });
  await accelerator.initTrackers("project");
  return { accelerator, tracker };
}

/** What the call throws, as its code and message. */
function faultOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    return `${(error as AcceleratorError).code} ${(error as Error).message}`;
  }
  return "no error";
}

test("reach a tracker as plain data of their type, with typed arrays, tensors and NaN", async () => {
  const { accelerator, tracker } = await open();
  const y = Float32Array.of(1, Number.NaN);
  const z = tf.tensor2d([[1, 2]]);
  const plotly = { data: [{ type: "scatter", y, name: undefined }], layout: { title: "Loss" } };
  accelerator.logFigure({ plotly, heat: { data: [{ type: "heatmap", z }] } }, { step: 1 });
  y[0] = 99;
  z.dispose();
  const spec = { mark: "bar", data: { values: [{ a: 1 }] }, encoding: { x: { field: "a" } } };
  accelerator.log({ loss: 1, eval: { bars: figure(spec) } }, { step: 2 });
  await accelerator.endTraining();
  const read = Float32Array.of(1, Number.NaN);
  const data = [{ type: "scatter", y: read, name: undefined }];
  deepStrictEqual(tracker.calls.slice(1, -1), [
    [
      "figure",
      {
        plotly: { type: "plotly", spec: { data, layout: { title: "Loss" } } },
        heat: { type: "plotly", spec: { data: [{ type: "heatmap", z: [[1, 2]] }] } },
      },
    ],
    ["log", { loss: 1 }, 2],
    ["figure", { "eval/bars": { type: "vega-lite", spec } }],
  ]);
});

test("are taken from objects that make their specification", async () => {
  const { accelerator, tracker } = await open();
  class Chart {
    readonly hidden = { hidden: () => {} };
    toSpec(): object {
      return { mark: "point", data: { values: [] } };
    }
  }
  const written = { toJSON: () => '{"layer":[{"mark":"line"}]}' };
  accelerator.logFigure({ chart: new Chart(), written: written as FigureSource });
  await accelerator.endTraining();
  assert.equal(tracker.calls[1], [
    "figure",
    {
      chart: { type: "vega-lite", spec: { mark: "point", data: { values: [] } } },
      written: { type: "vega-lite", spec: { layer: [{ mark: "line" }] } },
    },
  ]);
});

test("that are none are refused before anything is logged, with what is wrong and where", async () => {
  const { accelerator, tracker } = await open();
  const circle: { [key: string]: unknown } = { data: [{ y: [1] }] };
  circle.layout = { circle };
  const remote = { data: { url: "https://example.com/data.csv" } };
  const thrower = {
    toSpec: () => {
      throw new Error("not today");
    },
  };
  const disposed = tf.scalar(1);
  disposed.dispose();
  const cases: [source: unknown, expected: RegExp][] = [
    [{}, /"f" cannot be logged: it is an Object that is no figure/],
    [undefined, /it is undefined that is no figure/],
    ["data", /it is data that is no figure/],
    [[{ y: [1] }], /it is an Array that is no figure/],
    [{ plotly: { data: [{ y: [1] }] } }, /no figure/],
    [{ data: [] }, /its data is empty/],
    [{ data: [{ y: [1] }, 7] }, /its data\/1 is no trace/],
    [{ data: [{ y: [1] }], layout: "wide" }, /its layout is no object/],
    [{ data: [{ y: [1] }], frames: {} }, /its frames are no list/],
    [{ data: [{ y: { dtype: "complex64", bdata: "" } }] }, /data\/0\/y has a dtype.*"complex64"/],
    [{ data: [{ y: { dtype: "f4", bdata: 7 } }] }, /data\/0\/y\/bdata is no text/],
    [{ data: [{ y: [1], hover: () => 1 }] }, /"data\/0\/hover" cannot be in one: a function/],
    [circle, /"layout\/circle\/layout" cannot be in one: it contains itself/],
    [{ data: [Promise.resolve()] }, /"data\/0" cannot be in one/],
    [{ mark: "bar", ...remote }, /its data is at an address.*data: \{ values/],
    [{ layer: [{ mark: "bar", ...remote }] }, /its layer\/0\/data is at an address/],
    [{ mark: "bar", transform: [{ lookup: "a", from: remote }] }, /transform\/0\/from\/data is at/],
    [{ marks: [], data: [] }, /a specification of Vega; one of Vega-Lite/],
    [{ $schema: "https://vega.github.io/schema/vega/v6.json" }, /a specification of Vega;/],
    [thrower, /it cannot be read: not today/],
    [{ data: [{ y: disposed }] }, /TENSOR_DISPOSED.*data\/0\/y/],
  ];
  for (const [source, expected] of cases) {
    const fault = faultOf(() => accelerator.logFigure({ f: source as FigureSource }));
    assert.match(fault, /^(VALUE_INVALID|TENSOR_DISPOSED) /, String(expected));
    assert.match(fault, expected);
  }
  const asInPython = () => accelerator.logFigure("f" as never, { step: 1 });
  assert.match(
    faultOf(asInPython),
    /VALUE_INVALID logFigure needs an object of values by name.*got f\./,
  );
  assert.match(
    faultOf(() => accelerator.logFigure({ a: { mark: "bar" } }, { step: 0.5 })),
    /OPTION_INVALID logFigure: step/,
  );
  await accelerator.endTraining();
  assert.equal(tracker.calls, [["start"], ["finish", "success"]]);
});

test("may have data that only looks like an address", async () => {
  const { accelerator, tracker } = await open();
  const values = [{ url: "https://example.com", data: { url: "https://example.com" } }];
  accelerator.logFigure({ links: { mark: "text", data: { values } } });
  await accelerator.endTraining();
  assert.is(tracker.calls.length, 3);
});

test.run();
