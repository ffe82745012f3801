import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hasPrograms } from "@acc/test-kit/run-command";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ABIS, type Abi } from "../../src/library/abi.ts";
import { type InstalledMpi, mpich, openMpi } from "../installed-mpis.ts";

const test = suite("constants against the headers of the libraries");
const folder = mkdtempSync(join(tmpdir(), "acc-mpi-headers-"));
test.after(() => rmSync(folder, { recursive: true }));

/** What a C compiler makes of the constants. */
function constantsOf(mpi: InstalledMpi, header: string): Record<string, number> {
  const source = join(folder, "constants.c");
  const program = join(folder, "constants");
  const names = ["COMM_WORLD", "BYTE", "ERRORS_RETURN", "STATUS_IGNORE", "THREAD_MULTIPLE"];
  writeFileSync(
    source,
    `#include "${header}"\n#include <stdio.h>\nint main(void) {\n${names
      .map((name) => `printf("${name} %lld\\n", (long long)MPI_${name});`)
      .join(
        "\n",
      )}\nprintf("HANDLE %zu\\n", sizeof(MPI_Comm)); printf("REQUEST %zu\\n", sizeof(MPI_Request)); }\n`,
  );
  const library = ["-L", join(mpi.folder, "lib"), `-Wl,-rpath,${join(mpi.folder, "lib")}`];
  const link = mpi === openMpi ? ["-l:libmpi.so.40"] : []; // its constants are addresses in the library
  const flags = [
    "-w",
    "-I",
    join(mpi.folder, "include"),
    source,
    "-o",
    program,
    ...library,
    ...link,
  ];
  const built = spawnSync("cc", flags, { encoding: "utf8" });
  assert.is(built.status, 0, built.stderr);
  const { stdout } = spawnSync(program, { encoding: "utf8" });
  return Object.fromEntries(
    stdout
      .trim()
      .split("\n")
      .map((line) => line.split(" "))
      .map(([name, value]) => [name, Number(value)]),
  );
}

function requireSame(abi: Abi, mpi: InstalledMpi, header: string): void {
  const found = constantsOf(mpi, header);
  assert.is(found.STATUS_IGNORE, Number(abi.statusIgnore));
  assert.is(found.THREAD_MULTIPLE, abi.threadMultiple);
  assert.is(found.HANDLE, abi.handle === "int" ? 4 : 8);
  assert.ok((found.REQUEST ?? 9) <= 8, "a request does not fit in its cell");
  if (typeof abi.world === "string") return; // addresses: which ones, the tests of messages show
  assert.equal(
    [found.COMM_WORLD, found.BYTE, found.ERRORS_RETURN],
    [abi.world, abi.byte, abi.errorsReturn],
  );
}

const hasCompiler = hasPrograms("cc");
const withMpich = mpich && hasCompiler ? test : test.skip;
const withOpenMpi = openMpi && hasCompiler ? test : test.skip;

withMpich("the standard interface", () =>
  requireSame(ABIS.standard, mpich as InstalledMpi, "mpi_abi.h"),
);
withMpich("that of MPICH", () => requireSame(ABIS.mpich, mpich as InstalledMpi, "mpi.h"));
withOpenMpi("that of Open MPI", () => requireSame(ABIS.openmpi, openMpi as InstalledMpi, "mpi.h"));

test.run();
