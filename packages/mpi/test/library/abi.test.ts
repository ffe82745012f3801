import { suite } from "uvu";
import * as assert from "uvu/assert";
import { detectAbi } from "../../src/library/abi.ts";
import { MpiLibrary } from "../../src/library/mpi-library.ts";

const test = suite("the binary interface of a library");

test("is found by what the library exports and says", () => {
  const name = (hasOpenMpiWorld: boolean, standardMajor?: number): string =>
    detectAbi({ hasOpenMpiWorld, standardMajor }).name;
  assert.is(name(true), "openmpi");
  assert.is(name(true, 1), "openmpi");
  assert.is(name(false, 1), "standard");
  assert.is(name(false, 2), "standard");
  assert.is(name(false), "mpich");
  assert.is(name(false, -1), "mpich"); // libmpi.so.12 of MPICH 5
});

test("a file that is no MPI library is refused, with what to do", () => {
  for (const path of [
    "libm.so.6",
    "/nonexistent/libmpi.so.12",
    import.meta.filename ?? "/dev/null",
  ])
    assert.throws(
      () => new MpiLibrary(path),
      (error: { code?: string; message: string }) =>
        error.code === "MPI_UNAVAILABLE" &&
        error.message.includes(path) &&
        error.message.includes("ACC_MPI_LIB"),
      path,
    );
});

test.run();
