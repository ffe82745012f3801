import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type InstalledMpi, installedMpis, mpich, openMpi } from "./installed-mpis.ts";
import { nodeCommand, runJob } from "./run-job.ts";

const test = suite("messages between processes");
const EXCHANGE = fileURLToPath(new URL("./fixtures/exchange.ts", import.meta.url));
if (installedMpis.length === 0) test.skip("no MPI is installed", () => {});

async function requireExchange(mpi: InstalledMpi, count: number, env: NodeJS.ProcessEnv) {
  const { code, output } = await runJob(mpi, count, nodeCommand(EXCHANGE), { env });
  assert.is(code, 0, output);
  for (const round of [1, 2])
    for (let host = 0; host < count; host++)
      assert.match(
        output,
        new RegExp(
          `round ${round}, host ${host} of ${count} .*: 3100050 bytes of ${count - 1} others`,
        ),
      );
  assert.match(output, new RegExp(`Warning: ${count} processes of the launcher run on`));
}

for (const mpi of installedMpis) {
  for (const [library, abi] of Object.entries(mpi.libraries)) {
    const named = { ACC_MPI_LIB: join(mpi.folder, "lib", library) };
    test(`two over ${library} of ${mpi.name}, interface ${abi}`, () =>
      requireExchange(mpi, 2, named));
  }
  test(`three over the library beside the launcher of ${mpi.name}`, () =>
    requireExchange(mpi, 3, {}));
}

if (mpich)
  test("two over libfabric instead of UCX", () =>
    requireExchange(mpich as InstalledMpi, 2, { MPIR_CVAR_CH4_NETMOD: "ofi" }));

if (mpich && openMpi) {
  const libraries = { mpich: "libmpi_abi.so.1", openmpi: "libmpi.so.40" };
  for (const [mpi, other] of [
    [mpich, openMpi],
    [openMpi, mpich],
  ] as const) {
    test(`the library of ${other.name} under the launcher of ${mpi.name} is refused`, async () => {
      const file = libraries[other.name as keyof typeof libraries];
      const env = { ACC_MPI_LIB: join(other.folder, "lib", file) };
      const { code, output } = await runJob(mpi, 2, nodeCommand(EXCHANGE), { env });
      assert.is.not(code, 0, output);
      assert.not.match(output, "bytes of");
      // MPICH itself refuses the launcher of Open MPI; the other way round nothing but our comparison does.
      if (mpi === mpich)
        assert.match(output, "it sees a job of 1 processes, where the launcher has started 2");
    });
  }
}

test.run();
