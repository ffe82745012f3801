import koffi, { type LibraryHandle } from "koffi";
import type { Handle } from "./abi.ts";

type Out = number[];
/** What every function returns: 0, or the number of an error. */
type Code = number;

type MessageFunction = (
  view: Uint8Array,
  count: number,
  type: Handle,
  peer: number,
  tag: number,
  communicator: Handle,
  request: Buffer,
) => Code;

/** The functions of MPI that we call, by their names without `MPI_`. */
export type MpiFunctions = {
  readonly Init_thread: (argc: null, argv: null, level: number, provided: Out) => Code;
  readonly Comm_rank: (communicator: Handle, rank: Out) => Code;
  readonly Comm_size: (communicator: Handle, size: Out) => Code;
  readonly Comm_dup: (communicator: Handle, copy: Buffer) => Code;
  readonly Comm_set_errhandler: (communicator: Handle, handler: Handle) => Code;
  readonly Isend: MessageFunction;
  readonly Irecv: MessageFunction;
  readonly Test: (request: Buffer, flag: Out, status: bigint) => Code;
  readonly Cancel: (request: Buffer) => Code;
  readonly Error_string: (code: Code, text: Buffer, length: Out) => Code;
  readonly Get_library_version: (text: Buffer, length: Out) => Code;
  readonly Abort: (communicator: Handle, exitCode: number) => Code;
  readonly Finalize: () => Code;
};

/**
 * Never call one with koffi's `async`: its threads have a stack of 128 KiB, which some libraries overrun.
 *
 * @throws if the library lacks one.
 */
export function mpiFunctions(library: LibraryHandle, handle: string): MpiFunctions {
  const out = koffi.out(koffi.pointer("int"));
  const message = ["void *", "int", handle, "int", "int", handle, "void *"];
  const types: { readonly [name in keyof MpiFunctions]: Parameters<LibraryHandle["func"]>[3] } = {
    Init_thread: ["void *", "void *", "int", out],
    Comm_rank: [handle, out],
    Comm_size: [handle, out],
    Comm_dup: [handle, "void *"],
    Comm_set_errhandler: [handle, handle],
    Isend: message,
    Irecv: message,
    Test: ["void *", out, "void *"],
    Cancel: ["void *"],
    Error_string: ["int", "void *", out],
    Get_library_version: ["void *", out],
    Abort: [handle, "int"],
    Finalize: [],
  };
  const functions = Object.entries(types).map(([name, parameters]) => [
    name,
    library.func(`MPI_${name}`, "int", parameters),
  ]);
  return Object.fromEntries(functions) as MpiFunctions;
}
