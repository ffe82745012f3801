import {
  differencesOf,
  type Outcome,
  requireParity,
  scenariosOf,
} from "@acc/test-kit/parity/parity";
import { suite } from "uvu";
import * as assert from "uvu/assert";

const test = suite("the comparison with Accelerate's records");
const TRACKER = "dvclive";
/** What was recorded for the scenario, with changes. */
const outcome = (metrics: object, errors = {}): { [scenario: string]: Outcome } => ({
  "no-config": {
    errors,
    recorded: {
      dvc_yaml: "metrics:\n- dvclive/metrics.json\nplots:\n- dvclive/plots/metrics:\n    x: step\n",
      metrics_json: { step: 0, ...metrics },
      params_yaml: null,
      tsv: {
        "loss.tsv": [
          ["step", "loss"],
          ["0", "0.5"],
        ],
      },
    },
  },
});

test("finds the same values equal, whatever the order of their keys", () => {
  requireParity(TRACKER, outcome({ loss: 0.5 }), []);
  assert.is(scenariosOf(TRACKER).length, 19);
});

test("tells each difference by its place, and takes calls that threw into account", () => {
  assert.equal(differencesOf(TRACKER, outcome({ loss: 2, other: 1 }, { "log 0": "E: no" })), [
    { scenario: "no-config", path: ["metrics_json", "loss"], reference: 0.5, ours: 2 },
    { scenario: "no-config", path: ["metrics_json", "other"], reference: undefined, ours: 1 },
    { scenario: "no-config", path: ["errors", "log 0"], reference: undefined, ours: "thrown" },
  ]);
});

test("fails on a difference that is not listed, on another value, and on a listed one that no longer exists", () => {
  const entry = { scenario: "*", path: ["metrics_json", "loss"], reason: "for the test" };
  requireParity(TRACKER, outcome({ loss: 2 }), [entry]);
  requireParity(TRACKER, outcome({ loss: 2 }), [{ ...entry, ours: 2 }]);
  requireParity(TRACKER, outcome({ loss: 2 }), [{ ...entry, path: ["metrics_json"] }]);
  assert.throws(() => requireParity(TRACKER, outcome({ loss: 2 }), []), /not listed: no-config/);
  assert.throws(() => requireParity(TRACKER, outcome({ loss: 2 }), [{ ...entry, ours: 3 }]));
  assert.throws(() => requireParity(TRACKER, outcome({ loss: 0.5 }), [entry]), /no longer so/);
  assert.throws(() =>
    requireParity(TRACKER, outcome({ loss: 2 }), [{ ...entry, scenario: "basic" }]),
  );
});

test.run();
