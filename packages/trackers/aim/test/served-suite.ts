import { AimServer, python, type ReadRun, readRepo } from "@acc/test-kit/servers/aim-server";
import { suite, type Test } from "uvu";
import * as assert from "uvu/assert";

type Served = { server: AimServer };

/** A suite whose tests share a real server; its `peer` tests are skipped where Aim could not be installed. */
export function servedSuite(title: string): {
  readonly test: Test<Served>;
  readonly peer: Test<Served> | Test<Served>["skip"];
} {
  const test = suite<Served>(title);
  test.before(async (context) => {
    if (python) context.server = await AimServer.start();
  });
  test.after(({ server }) => server?.kill());
  return { test, peer: python ? test : test.skip };
}

/** What aim.Repo reads of a run. */
export async function readRun(server: AimServer, hash: string): Promise<ReadRun> {
  const [run] = await readRepo(server.repo, "--hash", hash);
  assert.ok(run);
  return run;
}
