import { suite } from "uvu";
import * as assert from "uvu/assert";
import { accLaunch, TRAIN, weightsIn } from "./acc-launch.ts";
import { type InstalledMpi, installedMpis, mpich } from "./installed-mpis.ts";
import { type JobOptions, runJob } from "./run-job.ts";
import { createTwoHosts, jobOnHosts, obstacleToHosts } from "./two-hosts.ts";

const test = suite("the bits of one host");
const WORLD = 4;
const KINDS = ["mlp", "cnn"];
const program = (kind: string, replicas = WORLD): string[] =>
  accLaunch("--num-processes", String(replicas), "--timeout-ms", "30000", TRAIN, kind);
if (installedMpis.length === 0) test.skip("no MPI is installed", () => {});

const known = new Map<string, string>();

/** The weights of a run on one host. */
async function reference(mpi: InstalledMpi, kind: string, replicas: number): Promise<string> {
  const key = `${kind} ${replicas}`;
  const command = program(kind, replicas);
  if (!known.has(key)) known.set(key, await weightsOf(mpi, 1, replicas, { command }));
  return known.get(key) ?? "";
}

async function weightsOf(
  mpi: InstalledMpi,
  processes: number,
  replicas: number,
  options: JobOptions & { readonly kind?: string },
): Promise<string> {
  const { code, output } = await runJob(
    mpi,
    processes,
    program(options.kind ?? "", replicas),
    options,
  );
  assert.is(code, 0, output);
  const { ranks, weights } = weightsIn(output);
  assert.is(ranks, replicas, output);
  assert.is(weights.length, 1, output);
  return weights[0] ?? "";
}

for (const mpi of installedMpis)
  for (const kind of KINDS)
    test(`${kind} on ${mpi.name}: 2 x 2 and 4 x 1 are 1 x 4`, async () => {
      const expected = await reference(mpi, kind, WORLD);
      for (const processes of [2, 4])
        assert.is(
          await weightsOf(mpi, processes, WORLD, { kind }),
          expected,
          `${processes} processes`,
        );
    });

for (const mpi of installedMpis)
  test(`hosts with unequal numbers on ${mpi.name}: 2 + 1 is 1 x 3`, async () => {
    const expected = await reference(mpi, "mlp", 3);
    assert.is(await weightsOf(mpi, 2, 3, { kind: "mlp" }), expected);
  });

test("other weights give other digests", async () => {
  const [mpi] = installedMpis;
  if (!mpi) return;
  assert.is.not(await reference(mpi, "mlp", 3), await reference(mpi, "mlp", WORLD));
  assert.is.not(await reference(mpi, "mlp", WORLD), await reference(mpi, "cnn", WORLD));
});

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
