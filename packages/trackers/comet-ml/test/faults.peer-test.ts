import { basename } from "node:path";
import { FAULTS, type FaultSubject, surviveFault, surviveKills } from "@acc/test-kit/faults/faults";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { CometServer } from "./comet-server.ts";
import { readRequests } from "./read-requests.ts";
import { KEY } from "./recording.ts";

const test = suite("Comet when its service fails");
let server: CometServer;

test.before(async () => {
  server = await CometServer.start();
});
test.after(() => server.stop());

/** The values of the one experiment of the project. */
function read(work: string): number[] {
  const keys = server.requests
    .filter(({ path, json }) => path.endsWith("/add/run") && json.projectName === basename(work))
    .map(({ json }) => json.experimentKey);
  assert.is(new Set(keys).size, 1);
  return readRequests(server.requests, keys[0])
    .metrics.filter(({ name }) => name === "value")
    .sort((a, b) => (a.step ?? 0) - (b.step ?? 0))
    .map(({ value }) => value as number);
}

const subject = (): FaultSubject => ({
  ...{ tracker: "comet_ml", folder: "comet-ml", port: server.port, secrets: [KEY], read },
  options: () => ({ apiKey: KEY }),
  env: (port) => ({
    COMET_API_KEY: KEY,
    COMET_URL_OVERRIDE: `http://127.0.0.1:${port}/clientlib/`,
  }),
});

for (const fault of Object.keys(FAULTS)) {
  test(`a service that ${fault}: every value once`, () => surviveFault(fault, subject()));
}

test("a script killed at 20 moments: every value of the journal once", () =>
  surviveKills(subject()));

test.run();
