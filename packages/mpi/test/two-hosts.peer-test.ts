import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { installedMpis } from "./installed-mpis.ts";
import { nodeCommand, runJob } from "./run-job.ts";
import { createTwoHosts, jobOnHosts, obstacleToHosts } from "./two-hosts.ts";

const test = suite("two hosts");
const EXCHANGE = fileURLToPath(new URL("./fixtures/exchange.ts", import.meta.url));
const obstacle = obstacleToHosts();
if (obstacle) test.skip(`skipped: ${obstacle}`, () => {});

for (const mpi of obstacle ? [] : installedMpis) {
  test(`messages of ${mpi.name} go over the wire`, async () => {
    const hosts = createTwoHosts();
    try {
      const before = hosts.sent();
      const command = jobOnHosts(mpi, hosts, nodeCommand(EXCHANGE));
      const { code, output } = await runJob(mpi, 2, [], { command, env: hosts.env });
      assert.is(code, 0, output);
      for (const [host, name] of hosts.names.entries())
        assert.match(output, `round 2, host ${host} of 2 (${name}): 3100050 bytes of 1 others`);
      assert.not.match(output, /Warning/);
      const sent = hosts.sent() - before;
      assert.ok(sent > 2 * 3_100_050, `${sent} bytes went over the wire`);
    } finally {
      hosts.remove();
    }
  });
}

test.run();
