import { basename } from "node:path";
import { FAULTS, type FaultSubject, surviveFault, surviveKills } from "@acc/test-kit/faults/faults";
import { type AimServer, readRepo } from "@acc/test-kit/servers/aim-server";
import * as assert from "uvu/assert";
import { servedSuite } from "./served-suite.ts";

const SECRET = "secret-that-nobody-may-see";

const { test, peer } = servedSuite("Aim when its server fails");

/** The values of the one run of each name, read by aim.Repo. */
async function readAll(server: AimServer, works: readonly string[]): Promise<number[][]> {
  const runs = await readRepo(server.repo);
  return works.map((work) => {
    const mine = runs.filter(({ name }) => name === basename(work));
    assert.is(mine.length, 1);
    assert.is(mine[0]?.active, false);
    const sequence = mine[0]?.sequences.find(({ name }) => name === "value");
    return (sequence?.points ?? [])
      .toSorted((a, b) => a.step - b.step)
      .map(({ value }) => Number((value as { $float: string }).$float));
  });
}

const subject = (server: AimServer): FaultSubject => ({
  ...{ tracker: "aim", folder: "aim", port: server.port, secrets: [SECRET] },
  readAll: (works) => readAll(server, works),
  options: (port) => ({
    repo: `aim://127.0.0.1:${port}`,
    headers: { authorization: `Bearer ${SECRET}` }, // this server accepts every client
  }),
  pauseMs: 60, // to open a run takes it some time
  killSpanMs: 1500,
  read: async (work) => (await readAll(server, [work]))[0] ?? [],
});

for (const fault of Object.keys(FAULTS)) {
  peer(`a server that ${fault}: every value once`, ({ server }) =>
    surviveFault(fault, subject(server)),
  );
}

peer("a script killed at 20 moments: every value of the journal once", ({ server }) =>
  surviveKills(subject(server)),
);

test.run();
