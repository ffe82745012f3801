import type { ImageData } from "@acc/core";
import type { CometExperiment } from "../src/native/experiment.ts";
import type { Recording } from "./recording.ts";

/** A red image of 4 by 3. */
export const RED: ImageData = {
  data: Uint8Array.from({ length: 36 }, (_, i) => (i % 3 === 0 ? 255 : 0)),
  shape: [3, 4, 3],
};

/** The calls of the vectors' `make-golden.py`. */
export function goldenCalls(recording: Recording): void {
  const experiment: CometExperiment = recording.tracker.tracker;
  experiment.logParameters({
    ...{ lr: 0.1, flag: true, none: null, nan: Number.NaN, list: [1, "a", null, 2.5] },
    ...{ empty_list: [], empty_dict: {}, net: { depth: 2, act: { name: "relu" } } },
    ...{ long: "x".repeat(6000), text: 'ü\n"q"' },
  });
  for (const step of [1, 2, 3]) experiment.logMetric("loss", 1 / step, { step });
  experiment.logMetric("loss", 0.5, { step: 2, epoch: 1 });
  experiment.logMetric("sticky", 7);
  experiment.logMetrics(
    {
      ...{ nan: Number.NaN, inf: Number.POSITIVE_INFINITY, ninf: Number.NEGATIVE_INFINITY },
      ...{ int: 3, bool: true },
    },
    { step: 4 },
  );
  experiment.logMetric("loss", 0.25, { step: 4, context: "validate" });
  experiment.logOther("note", "text");
  experiment.logOther("number", 1.5);
  experiment.logOther("flag", true);
  experiment.logOther("none", null);
  experiment.logText("hello", { step: 4, metadata: { m: 1 } });
  experiment.logImage(RED, { name: "sub/img.png", step: 4 });
  experiment.logTable("t.csv", {
    ...{
      columns: ["n", "s"],
      rows: [
        [1, "a"],
        [2, "b"],
      ],
    },
  });
  experiment.logAssetData({ a: 1 }, { name: "data.json", step: 4 });
  experiment.setName("renamed");
}
