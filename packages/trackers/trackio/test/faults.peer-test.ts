import { basename } from "node:path";
import { FAULTS, type FaultSubject, surviveFault, surviveKills } from "@acc/test-kit/faults/faults";
import { pythonOf } from "@acc/test-kit/peers/python";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Dashboard, TOKEN } from "./dashboard.ts";

type Run = { readonly id: string; readonly name: string };
type Row = { readonly step: number; readonly value: number };

const python = pythonOf("packages/trackers/trackio/test/fixtures/requirements.txt");
const test = suite("Trackio when its server fails");
const run = python ? test : test.skip; // the installer has reported what could not be installed
let server: Dashboard;

test.before(async () => {
  if (python) server = await Dashboard.start(python);
});
test.after(() => server?.stop());

/** The values of the one run of the project, by their steps. */
async function read(work: string): Promise<number[]> {
  const project = basename(work);
  const [run, ...others] = await server.call<Run[]>("get_runs_for_project", { project });
  if (!run) return []; // killed before it had a value
  assert.is(others.length, 0);
  const of = { project, run: run.name, run_id: run.id, max_points: 10_000 };
  const rows = await server.call<Row[]>("get_logs", of);
  return rows
    .filter(({ value }) => value !== undefined)
    .sort((a, b) => a.step - b.step)
    .map(({ value }) => value);
}

const subject = (): FaultSubject => ({
  ...{ tracker: "trackio", folder: "trackio", port: server.port, secrets: [TOKEN], read },
  env: (port) => ({
    TRACKIO_SERVER_URL: `http://127.0.0.1:${port}`,
    TRACKIO_WRITE_TOKEN: TOKEN,
  }),
});

for (const fault of Object.keys(FAULTS)) {
  run(`a server that ${fault}: every value once`, () => surviveFault(fault, subject()));
}

run("a script killed at 20 moments: every value of the journal once", () =>
  surviveKills(subject()),
);

test.run();
