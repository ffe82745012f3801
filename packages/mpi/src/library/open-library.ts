import { messageOf } from "@acc/core/command";
import { AcceleratorError } from "@acc/core/tracker";
import koffi, { type LibraryHandle } from "koffi";
import type { AbiEvidence, Handle } from "./abi.ts";

const RTLD_NOW = 2;
const RTLD_GLOBAL = process.platform === "darwin" ? 8 : 0x100;

/**
 * Loads an MPI library for as long as the process lives: koffi unloads one when its thread ends, and MPI cannot be loaded twice.
 *
 * @throws {AcceleratorError} `MPI_UNAVAILABLE`.
 */
export function openLibrary(path: string): LibraryHandle {
  // UCX, below many MPI libraries, patches the memory functions of a running process, which cuts pages that V8 uses, and takes
  // over SIGSEGV, which V8 needs for WebAssembly. It reads both when it is loaded.
  process.env.UCX_MEM_EVENTS ??= "n";
  process.env.UCX_HANDLE_ERRORS ??= "none";
  try {
    // Its plug-ins look for the symbols of the library among those of the process.
    koffi.load(null).func("dlopen", "void *", ["str", "int"])(path, RTLD_NOW | RTLD_GLOBAL);
    return koffi.load(path);
  } catch (error) {
    throw unusableLibrary(path, error);
  }
}

/** What the library exports, as far as it tells its interface. */
export function abiEvidence(library: LibraryHandle): AbiEvidence {
  return {
    hasOpenMpiWorld: exported(() => library.symbol("ompi_mpi_comm_world")) !== undefined,
    standardMajor: exported(() => {
      const out = koffi.out(koffi.pointer("int"));
      const major = [0];
      library.func("MPI_Abi_get_version", "int", [out, out])(major, [0]);
      return major[0];
    }),
  };
}

/** The address of a symbol of the library, which is what a handle of Open MPI is. */
export function symbolHandle(library: LibraryHandle, name: string): Handle {
  return library.symbol(name) as bigint;
}

export function unusableLibrary(path: string, cause: unknown): AcceleratorError {
  return new AcceleratorError(
    "MPI_UNAVAILABLE",
    `${path} cannot be used as an MPI library: ${messageOf(cause)}. Set ACC_MPI_LIB to the one that belongs to your mpiexec: ` +
      "libmpi_abi.so.1 or libmpi.so.12 of MPICH, libmpi.so.40 of Open MPI.",
    { cause },
  );
}

function exported<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined; // the library has no such symbol
  }
}
