/** Which binary interface a library has: names and handles are the same in all of them, their values are not. */
export type AbiName = "standard" | "mpich" | "openmpi";

/** A communicator, a data type or an error handler of a library. */
export type Handle = number | bigint;

/** The constants of a binary interface: only those that point-to-point messages need. */
export type Abi = {
  readonly name: AbiName;
  /** The type of a handle, for koffi. */
  readonly handle: "int" | "intptr_t";
  readonly statusIgnore: bigint;
  readonly threadMultiple: number;
  /** Values of the predefined handles, or the names of the symbols that they point to. */
  readonly world: number | string;
  readonly byte: number | string;
  readonly errorsReturn: number | string;
};

/**
 * The binary interfaces that exist: that of the standard (MPI 4.2 and later: MPICH 5, Open MPI 6), that of MPICH, which Intel MPI
 * and MVAPICH share, and that of Open MPI up to version 5. A test compares them with the headers of the libraries.
 */
export const ABIS: { readonly [name in AbiName]: Abi } = {
  standard: {
    name: "standard",
    handle: "intptr_t",
    statusIgnore: 0n,
    threadMultiple: 4096,
    world: 0x101,
    byte: 0x247,
    errorsReturn: 0x143,
  },
  mpich: {
    name: "mpich",
    handle: "int",
    statusIgnore: 1n,
    threadMultiple: 3,
    world: 0x44000000,
    byte: 0x4c00010d,
    errorsReturn: 0x54000001,
  },
  openmpi: {
    name: "openmpi",
    handle: "intptr_t",
    statusIgnore: 0n,
    threadMultiple: 3,
    world: "ompi_mpi_comm_world",
    byte: "ompi_mpi_byte",
    errorsReturn: "ompi_mpi_errors_return",
  },
};

/** What a library exports, as far as it tells its interface. */
export type AbiEvidence = {
  readonly hasOpenMpiWorld: boolean;
  /** The major version of the standard interface that the library says it has; undefined if it cannot say so. */
  readonly standardMajor: number | undefined;
};

/**
 * The interface of a library. That it can tell its version proves nothing: `libmpi.so.12` of MPICH 5 can, and says -1, because its
 * constants are those of MPICH.
 */
export function detectAbi({ hasOpenMpiWorld, standardMajor }: AbiEvidence): Abi {
  if (hasOpenMpiWorld) return ABIS.openmpi;
  return (standardMajor ?? 0) >= 1 ? ABIS.standard : ABIS.mpich;
}
