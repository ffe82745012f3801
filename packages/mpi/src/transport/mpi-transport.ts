import type { Transport } from "@acc/core";
import { messageOf } from "@acc/core/command";
import { AcceleratorError } from "@acc/core/tracker";
import type { Handle } from "../library/abi.ts";
import { endJob } from "../library/end-job.ts";
import { MpiLibrary, type MpiLocation, type MpiRequest } from "../library/mpi-library.ts";
import { processControl } from "../library/process-control.ts";

/** What the thread that carries messages needs to know. */
export type MpiTransportData = {
  readonly location: MpiLocation;
  /** A communicator that only transports use. */
  readonly communicator: Handle;
  readonly host: number;
  readonly names: readonly string[];
};

/** How long `close` waits for the library to let go of messages that were given up. */
const CLOSE_LIMIT_MS = 1000;

/** Messages between hosts by `MPI_Isend`, `MPI_Irecv` and `MPI_Test`, which never block. */
export class MpiTransport implements Transport {
  readonly host: number;
  readonly hosts: number;
  readonly #mpi: MpiLibrary;
  readonly #communicator: Handle;
  readonly #names: readonly string[];
  /** The library writes to the arrays of these, and to their cells: they must stay reachable. */
  readonly #open = new Map<MpiRequest, string>();

  constructor({ location, communicator, host, names }: MpiTransportData) {
    this.host = host;
    this.hosts = names.length;
    this.#mpi = new MpiLibrary(location.path, location.abi);
    this.#communicator = communicator;
    this.#names = names;
  }

  send(view: Uint8Array, to: number, tag: number): MpiRequest {
    return this.#begin(`A message to host ${to} (${this.#names[to]})`, () =>
      this.#mpi.send(view, to, tag, this.#communicator),
    );
  }

  receive(view: Uint8Array, from: number, tag: number): MpiRequest {
    return this.#begin(`A message from host ${from} (${this.#names[from]})`, () =>
      this.#mpi.receive(view, from, tag, this.#communicator),
    );
  }

  test(request: MpiRequest): boolean {
    try {
      if (!this.#mpi.test(request)) return false;
    } catch (error) {
      const what = this.#open.get(request) ?? "A message";
      this.#open.delete(request); // the library has let go of it
      throw lost(what, error);
    }
    this.#open.delete(request);
    return true;
  }

  abort(code: number): void {
    endJob(this.#mpi, processControl(), code);
  }

  close(): void {
    const received = [...this.#open.keys()].filter(({ isReceive }) => isReceive);
    const until = performance.now() + CLOSE_LIMIT_MS;
    try {
      for (const request of received) this.#mpi.cancel(request);
      while (received.some((request) => !this.#mpi.test(request)) && performance.now() < until);
    } catch {
      // The job has failed already; that error is the one to report.
    }
  }

  #begin(what: string, start: () => MpiRequest): MpiRequest {
    try {
      const request = start();
      this.#open.set(request, what);
      return request;
    } catch (error) {
      throw lost(what, error);
    }
  }
}

function lost(what: string, cause: unknown): AcceleratorError {
  return new AcceleratorError("MPI_FAILED", `${what} failed: ${messageOf(cause)}`, { cause });
}
