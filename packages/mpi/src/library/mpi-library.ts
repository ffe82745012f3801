import { AcceleratorError } from "@acc/core/tracker";
import { ABIS, type Abi, type AbiName, detectAbi, type Handle } from "./abi.ts";
import { type MpiFunctions, mpiFunctions } from "./functions.ts";
import { abiEvidence, openLibrary, symbolHandle, unusableLibrary } from "./open-library.ts";

/** A message on its way. Its array must stay where it is until the message has gone or come. */
export type MpiRequest = {
  readonly cell: Buffer;
  readonly view: Uint8Array;
  readonly isReceive: boolean;
  isDone: boolean;
};

/** What another thread of this process needs to call the same library. */
export type MpiLocation = { readonly path: string; readonly abi: AbiName };

/** MPI counts the bytes of a message in an int. */
const MAX_BYTES = 2 ** 31 - 1;
const MAX_TEXT = 8192;
const HANDLE_BYTES = 8;

/**
 * The functions of an MPI library that messages between two processes need. None of them waits for another process, except
 * `initialize`, `duplicate` and `finalize`.
 *
 * @throws {AcceleratorError} from every method: `MPI_FAILED` with what the library says.
 */
export class MpiLibrary {
  readonly location: MpiLocation;
  readonly world: Handle;
  readonly #abi: Abi;
  readonly #byte: Handle;
  readonly #errorsReturn: Handle;
  readonly #functions: MpiFunctions;

  /**
   * @param known the interface, where another thread has found it out.
   * @throws {AcceleratorError} `MPI_UNAVAILABLE` if the file is no MPI library.
   */
  constructor(path: string, known?: AbiName) {
    const library = openLibrary(path);
    this.#abi = known ? ABIS[known] : detectAbi(abiEvidence(library));
    this.location = { path, abi: this.#abi.name };
    const handle = (constant: number | string): Handle =>
      typeof constant === "string" ? symbolHandle(library, constant) : constant;
    try {
      this.world = handle(this.#abi.world);
      this.#byte = handle(this.#abi.byte);
      this.#errorsReturn = handle(this.#abi.errorsReturn);
      this.#functions = mpiFunctions(library, this.#abi.handle);
    } catch (error) {
      throw unusableLibrary(path, error);
    }
  }

  /** Name and version of the library. It may be called before `initialize`. */
  version(): string {
    const text = Buffer.alloc(MAX_TEXT);
    const length = [0];
    this.#check("Get_library_version", this.#functions.Get_library_version(text, length));
    const [first = ""] = text.toString("latin1", 0, length[0]).split(/[\n,\0]/);
    return first.replace(/\s+/g, " ").trim();
  }

  /**
   * Joins the job: once per process, on its main thread. From then on the library returns errors, where it can.
   *
   * @returns whether every thread may call the library.
   */
  initialize(): boolean {
    const { threadMultiple } = this.#abi;
    const provided = [0];
    this.#check("Init_thread", this.#functions.Init_thread(null, null, threadMultiple, provided));
    this.#returnErrors(this.world);
    return (provided[0] ?? 0) >= threadMultiple;
  }

  rank(): number {
    const rank = [0];
    this.#check("Comm_rank", this.#functions.Comm_rank(this.world, rank));
    return rank[0] ?? 0;
  }

  size(): number {
    const size = [0];
    this.#check("Comm_size", this.#functions.Comm_size(this.world, size));
    return size[0] ?? 0;
  }

  /** A communicator of all processes whose messages meet no others. Every process calls it, in the same order. */
  duplicate(): Handle {
    const cell = Buffer.alloc(HANDLE_BYTES);
    this.#check("Comm_dup", this.#functions.Comm_dup(this.world, cell));
    const copy = this.#abi.handle === "int" ? cell.readInt32LE() : cell.readBigInt64LE();
    this.#returnErrors(copy);
    return copy;
  }

  send(view: Uint8Array, to: number, tag: number, communicator: Handle): MpiRequest {
    return this.#start("Isend", view, to, tag, communicator);
  }

  receive(view: Uint8Array, from: number, tag: number, communicator: Handle): MpiRequest {
    return this.#start("Irecv", view, from, tag, communicator);
  }

  /** Whether the message has gone or come, so that its array may be used again. */
  test(request: MpiRequest): boolean {
    if (request.isDone) return true;
    const flag = [0];
    this.#check("Test", this.#functions.Test(request.cell, flag, this.#abi.statusIgnore));
    request.isDone = flag[0] !== 0;
    return request.isDone;
  }

  /** Gives up a message that was to be received; `test` then says when the library has let go of its array. */
  cancel(request: MpiRequest): void {
    if (!request.isDone) this.#check("Cancel", this.#functions.Cancel(request.cell));
  }

  finalize(): void {
    this.#check("Finalize", this.#functions.Finalize());
  }

  /** Ends every process of the job, this one too. */
  abort(exitCode: number): void {
    this.#functions.Abort(this.world, exitCode);
  }

  #returnErrors(communicator: Handle): void {
    const code = this.#functions.Comm_set_errhandler(communicator, this.#errorsReturn);
    this.#check("Comm_set_errhandler", code);
  }

  #start(
    name: "Isend" | "Irecv",
    view: Uint8Array,
    peer: number,
    tag: number,
    communicator: Handle,
  ): MpiRequest {
    if (view.byteLength > MAX_BYTES) {
      throw new AcceleratorError(
        "MPI_FAILED",
        `MPI_${name}: a message has at most ${MAX_BYTES} bytes, this one has ${view.byteLength}.`,
      );
    }
    const cell = Buffer.alloc(HANDLE_BYTES);
    const call = this.#functions[name];
    this.#check(name, call(view, view.byteLength, this.#byte, peer, tag, communicator, cell));
    return { cell, view, isReceive: name === "Irecv", isDone: false };
  }

  #check(name: keyof MpiFunctions, code: number): void {
    if (code === 0) return;
    const text = Buffer.alloc(MAX_TEXT);
    const length = [0];
    this.#functions.Error_string(code, text, length);
    const reason = oneLine(text, length) || `error ${code}`;
    throw new AcceleratorError("MPI_FAILED", `MPI_${name} failed: ${reason}.`);
  }
}

function oneLine(text: Buffer, [length]: readonly number[]): string {
  const [first = ""] = text.toString("latin1", 0, length).split("\0");
  return first.replace(/\s+/g, " ").trim();
}
