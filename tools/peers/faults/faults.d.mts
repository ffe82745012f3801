export type FaultSubject = {
  /** Name of the tracker, and the folder of its package. */
  readonly tracker: string;
  readonly folder: string;
  /** Port of the server on loopback. */
  readonly port: number;
  /** What leads the tracker to a port. */
  readonly env?: (port: number) => Record<string, string>;
  readonly options?: (port: number) => object;
  /**
   * The numbers that the service holds under "value", in the order of their steps, of the run made in `work` alone: the
   * last part of that path is the name of its project.
   */
  readonly read: (work: string) => number[] | Promise<number[]>;
  /** The same for many runs, where a reader takes long to start. */
  readonly readAll?: (works: readonly string[]) => Promise<number[][]>;
  /** Keys and passwords that the tracker is given: no output and no file of the run may hold them. */
  readonly secrets?: readonly string[];
  /** Between two numbers while the service has a fault; by default 20. */
  readonly pauseMs?: number;
  /** How long the script waits for the service at its end; by default 3000. */
  readonly deliveryTimeoutMs?: number;
  /** How long after its first number a script is killed at most; by default 600, about what it lasts. */
  readonly killSpanMs?: number;
};
export const FAULTS: Readonly<Record<string, object>>;
export function surviveFault(fault: string, subject: FaultSubject): Promise<void>;
export function surviveKills(subject: FaultSubject): Promise<void>;
