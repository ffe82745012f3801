import { basename } from "node:path";
import { FAULTS, type FaultSubject, surviveFault, surviveKills } from "@acc/test-kit/faults/faults";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Experiment, KEY, SwanLabServer } from "./swanlab-server.ts";

const test = suite("SwanLab when its service fails");
let server: SwanLabServer;

test.before(async () => {
  server = await SwanLabServer.start();
});
test.after(() => server.stop());

/** The values of the one run of the project. */
function read(work: string): number[] {
  const project = basename(work);
  const runs = [...server.experiments.values()].filter((one) => one.project === project);
  assert.is(runs.length, 1);
  const { scalars, state } = runs[0] as Experiment;
  assert.is.not(state, "RUNNING");
  return Object.entries(scalars.value ?? {})
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, { data }]) => Number(data));
}

const subject = (): FaultSubject => ({
  ...{ tracker: "swanlab", folder: "swanlab", port: server.port, secrets: [KEY], read },
  killSpanMs: 1800, // it sends every one and a half seconds
  env: (port) => ({ SWANLAB_API_HOST: `http://127.0.0.1:${port}`, SWANLAB_API_KEY: KEY }),
});

for (const fault of Object.keys(FAULTS)) {
  test(`a service that ${fault}: every value once`, () => surviveFault(fault, subject()));
}

test("a script killed at 20 moments: every value of the journal once", () =>
  surviveKills(subject()));

test.run();
