import type { Transport } from "@acc/core";
import { MpiTransport, type MpiTransportData } from "./mpi-transport.ts";

/** What `TransportSource.module` of a run over MPI exports: called in the thread that carries its messages. */
export function openTransport(data: unknown): Transport {
  return new MpiTransport(data as MpiTransportData);
}
