import { join } from "node:path";
import { surviveKills } from "@acc/test-kit/faults/faults";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readRun, runFolder, scalarsOf } from "./read-run.ts";

const test = suite("SwanLab offline and kill -9");

test("a script killed at 20 moments: a whole file with every value of the journal once", () =>
  surviveKills({
    ...{ tracker: "swanlab", folder: "swanlab", port: 9 },
    options: () => ({ mode: "offline", logDir: "swanlog" }),
    read: (work) => {
      const records = readRun(runFolder(join(work, "swanlog")));
      assert.equal([records[0]?.kind, records.at(-1)?.kind], ["start", "finish"]);
      return scalarsOf(records, "value")
        .sort(([a], [b]) => a - b)
        .map(([, value]) => value);
    },
  }));

test.run();
