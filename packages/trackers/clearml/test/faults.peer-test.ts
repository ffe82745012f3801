import { basename } from "node:path";
import { FAULTS, type FaultSubject, surviveFault, surviveKills } from "@acc/test-kit/faults/faults";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ClearMLServer } from "./clearml-server.ts";

const SECRET = "secret-that-nobody-may-see";

const test = suite("ClearML when its service fails");
let server: ClearMLServer;

test.before(async () => {
  server = await ClearMLServer.start();
});
test.after(() => server.close());

/** The values of the one task of the project. */
function read(work: string): number[] {
  const project = server.projects.find(({ name }) => name === basename(work));
  const tasks = [...server.tasks.values()].filter((task) => task.project === project?.id);
  assert.is(tasks.length, 1);
  return server
    .stored("training_stats_scalar")
    .filter(({ task }) => task === tasks[0]?.id)
    .sort((a, b) => a.iter - b.iter)
    .map(({ value }) => value ?? Number.NaN);
}

const subject = (): FaultSubject => ({
  ...{ tracker: "clearml", folder: "clearml", port: Number(new URL(server.url).port) },
  ...{ secrets: [SECRET], read },
  env: (port) => ({
    ...{ CLEARML_API_HOST: `http://127.0.0.1:${port}`, CLEARML_OFFLINE_MODE: "0" },
    ...{ CLEARML_FILES_HOST: server.url, CLEARML_WEB_HOST: server.url },
    ...{ CLEARML_API_ACCESS_KEY: "key", CLEARML_API_SECRET_KEY: SECRET },
  }),
});

for (const fault of Object.keys(FAULTS)) {
  test(`a service that ${fault}: every value once`, () => surviveFault(fault, subject()));
}

test("a script killed at 20 moments: every value of the journal once", () =>
  surviveKills(subject()));

test.run();
