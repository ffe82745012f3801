import { join } from "node:path";
import { surviveKills } from "@acc/test-kit/faults/faults";
import { suite } from "uvu";
import { readInbox } from "./read-inbox.ts";

const test = suite("Trackio: a killed run in a folder");

test("a script killed at 20 moments: every value of the journal once", () =>
  surviveKills({
    ...{ tracker: "trackio", folder: "trackio", port: 0 },
    options: () => ({ dir: "trackio" }),
    read: (work) =>
      readInbox(join(work, "trackio"))
        .filter(({ metrics }) => "value" in metrics)
        .sort((a, b) => a.step - b.step)
        .map(({ metrics }) => Number(metrics.value)),
  }));

test.run();
