import { suite } from "uvu";
import { FAULTS, surviveFault, surviveKill } from "../../../../tools/peers/faults/faults.mjs";
import { CometServer } from "./comet-server.ts";
import { readRequests } from "./read-requests.ts";
import { KEY } from "./recording.ts";

const test = suite("Comet survives faults of the service");

/** What the experiments of one run came to; each check has a server of its own. */
async function withSubject(
  check: (subject: Parameters<typeof surviveFault>[1]) => Promise<void>,
): Promise<void> {
  await CometServer.during((server) =>
    check({
      tracker: "comet_ml",
      folder: "comet-ml",
      port: server.port,
      env: (port) => ({
        COMET_API_KEY: KEY,
        COMET_URL_OVERRIDE: `http://127.0.0.1:${port}/clientlib/`,
      }),
      read: () => {
        const opened = server.requests.find(({ path }) => path.endsWith("/add/run"));
        return readRequests(server.requests, opened?.json.experimentKey)
          .metrics.filter(({ name }) => name === "value")
          .sort((a, b) => (a.step ?? 0) - (b.step ?? 0))
          .map(({ value }) => value as number);
      },
    }),
  );
}

for (const fault of Object.keys(FAULTS)) {
  test(`a service that ${fault}`, () => withSubject((subject) => surviveFault(fault, subject)));
}
for (const afterMs of [0, 40, 130, 220, 300]) {
  test(`kill -9 after ${afterMs} ms`, () =>
    withSubject((subject) => surviveKill(afterMs, subject)));
}

test.run();
