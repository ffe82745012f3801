import { Accelerator } from "../accelerator/accelerator.ts";
import type { AcceleratorOptions } from "../accelerator/accelerator-options.ts";
import type { MediaKind } from "../tracker-contract/media-data.ts";
import type { FailingTracker } from "./failing-tracker.ts";

/** The tracker to test, set up to record without an account. */
export type ContractSubject = {
  /** The name that it registers. */
  readonly name: string;
  /** URL of the module that registers it when imported. */
  readonly moduleUrl: string;
  /** Its `initOptions`, for a run whose `projectDir` is `folder`. */
  readonly options?: (folder: string) => object;
  /**
   * Reads back with its own reader what a finished run in `folder` recorded of the metric `key`: values in the order
   * of their steps. Without it the suite sees only that nothing fails.
   */
  readonly read?: (folder: string, key: string) => number[] | Promise<number[]>;
  /**
   * Reads back what a finished run in `folder` recorded by itself: the names of the machine's load, and the lines of the console.
   * Without it the tracker has no place for either.
   */
  readonly readMonitored?: (folder: string) => ReadMonitored | Promise<ReadMonitored>;
  /**
   * Reads back the bytes of all audio, videos and pages that a finished run in `folder` recorded. Without it the tracker has no
   * place for any, or the suite sees only that nothing fails.
   */
  readonly readMedia?: (folder: string) => readonly Uint8Array[];
  /** The kinds of media that it records. Default all. */
  readonly mediaKinds?: readonly MediaKind[];
  /** How long `endTraining` may wait for its service, in milliseconds. Default 10 000. */
  readonly deliveryTimeoutMs?: number;
  /** For how long the tracker is fed 10 000 logs a second, in milliseconds. Default 10 000. */
  readonly loadMs?: number;
};

export type ReadMonitored = {
  readonly load: readonly string[];
  readonly lines: readonly string[];
};

export const PROJECT = "contract";

type InitOptions = NonNullable<Parameters<Accelerator["initTrackers"]>[1]>;

/** Starts a run of the tracker. */
export async function openRun(
  subject: ContractSubject,
  folder: string,
  others: readonly FailingTracker[] = [],
  config: Record<string, unknown> = { lr: 0.1 },
  more: AcceleratorOptions & Pick<InitOptions, "monitoring"> = {},
): Promise<Accelerator> {
  await import(subject.moduleUrl);
  const logWith = [subject.name, ...others];
  const { monitoring, ...options } = more;
  const accelerator = new Accelerator({ ...options, logWith, projectDir: folder });
  await accelerator.initTrackers(PROJECT, {
    config: config as Record<string, number>,
    initOptions: { [subject.name]: subject.options?.(folder) ?? {} },
    ...(monitoring !== undefined && { monitoring }),
    deliveryTimeoutMs: subject.deliveryTimeoutMs ?? 10_000,
  });
  return accelerator;
}
