export type FaultSubject = {
  /** Name of the tracker, and the folder of its package. */
  readonly tracker: string;
  readonly folder: string;
  /** Port of the server on loopback. */
  readonly port: number;
  /** What leads the tracker to a port. */
  readonly env?: (port: number) => Record<string, string>;
  readonly options?: (port: number) => object;
  /** The numbers that the service holds under "value", in the order of their steps, of the run made in `work` alone. */
  readonly read: (work: string) => number[] | Promise<number[]>;
};
export const FAULTS: Readonly<Record<string, object>>;
export function surviveFault(fault: string, subject: FaultSubject): Promise<void>;
export function surviveKill(afterMs: number, subject: FaultSubject): Promise<void>;
