import { suite } from "uvu";
import * as assert from "uvu/assert";
import { installedMpis, mpich } from "./installed-mpis.ts";
import { createTwoHosts, jobOnHosts, obstacleToHosts } from "./two-hosts.ts";
import { KINDS, program, reference, WORLD, weightsOf } from "./weights.ts";

const test = suite("the bits of one host, on two hosts");
const obstacle = obstacleToHosts();
if (obstacle) test.skip(`two hosts: skipped, ${obstacle}`, () => {});
for (const mpi of obstacle ? [] : installedMpis)
  for (const kind of KINDS)
    test(`${kind} on two hosts with ${mpi.name}, over the wire`, async () => {
      const expected = await reference(mpi, kind, WORLD);
      const hosts = createTwoHosts();
      try {
        const command = jobOnHosts(mpi, hosts, program(kind));
        const nets = mpi === mpich ? [{}, { MPIR_CVAR_CH4_NETMOD: "ofi" }] : [{}];
        for (const net of nets) {
          const before = hosts.sent();
          const env = { ...hosts.env, ...net };
          assert.is(await weightsOf(mpi, 2, WORLD, { command, env }), expected);
          // Each of twelve steps sends the gradients once: more than 40 kB of the mlp, 3 kB of the cnn.
          const least = 12 * (kind === "mlp" ? 38_000 : 3500);
          assert.ok(hosts.sent() - before > least, `${hosts.sent() - before} bytes`);
        }
      } finally {
        hosts.remove();
      }
    });

test.run();
