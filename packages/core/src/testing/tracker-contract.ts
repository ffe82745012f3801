/**
 * What any tracker must hold, free of any test runner:
 *
 * ```ts
 * for (const { name, run } of trackerContract({ name: "mine", moduleUrl })) test(name, run);
 * ```
 *
 * @module
 */
import { deepStrictEqual, ok, rejects, strictEqual, throws } from "node:assert/strict";
import { readdirSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { Accelerator } from "../accelerator.ts";
import { launch } from "../host/launch.ts";
import { FailingTracker } from "./failing-tracker.ts";
import { fullDisk, scratchFolder, unwritableFolder } from "./folders.ts";
import { logSteadily } from "./log-steadily.ts";
import { HARD_KEYS, VALUES } from "./values.ts";

/** The tracker to examine, set up to record without anybody's account. */
export type ContractSubject = {
  /** Name that it registers. */
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
  /** How long `endTraining` may wait for its service, in milliseconds. Default 10 000. */
  readonly deliveryTimeoutMs?: number;
  /** For how long the tracker is fed 10 000 logs a second, in milliseconds. Default 10 000. */
  readonly loadMs?: number;
};

/** One thing that a tracker must hold. `run` rejects if it does not. */
export type ContractCase = { readonly name: string; readonly run: () => Promise<void> };

const STEPS = 50;
const PROJECT = "contract";

export function trackerContract(subject: ContractSubject): ContractCase[] {
  const cases: Record<string, (subject: ContractSubject) => Promise<void>> = {
    "records every value in order": recordsInOrder,
    "is not disturbed by a tracker that fails, nor by being alone": isIsolated,
    "is blank on the other ranks": isBlankElsewhere,
    "takes every kind of value and of configuration": takesEveryValue,
    "takes any key, and writes nowhere else": takesAnyKey,
    "ends once, and says so when logged to afterwards": endsOnce,
    "does not stop training where it cannot write": survivesUnwritableFolder,
    "does not stop training on a full disk": survivesFullDisk,
    "takes 10 000 logs a second in bounded memory": staysBounded,
  };
  return Object.entries(cases).map(([name, run]) => ({
    name: `${subject.name}: ${name}`,
    run: () => run(subject),
  }));
}

async function recordsInOrder(subject: ContractSubject): Promise<void> {
  const folder = scratchFolder();
  const accelerator = await open(subject, folder);
  const expected = Array.from({ length: STEPS }, (_, step) => step / 4); // exact as float32
  for (const [step, value] of expected.entries()) accelerator.log({ loss: value }, { step });
  await accelerator.endTraining();
  if (subject.read) deepStrictEqual(await subject.read(folder, "loss"), expected);
}

async function isIsolated(subject: ContractSubject): Promise<void> {
  const folder = scratchFolder();
  const failing = new FailingTracker();
  const accelerator = await open(subject, folder, [failing]);
  for (let step = 0; step < 3; step++) accelerator.log({ loss: step }, { step });
  await accelerator.endTraining();
  strictEqual(failing.calls, 3);
  if (subject.read) deepStrictEqual(await subject.read(folder, "loss"), [0, 1, 2]);
}

async function isBlankElsewhere(subject: ContractSubject): Promise<void> {
  const folder = scratchFolder();
  const { name, moduleUrl, options, deliveryTimeoutMs } = subject;
  const script = new URL(import.meta.url.replace(/[^/]+(\.[jt]s)$/, "use-tracker-on-every-rank$1"));
  const args = [{ name, moduleUrl, folder, options: options?.(folder), deliveryTimeoutMs }];
  const results = await launch<string>(script, { numProcesses: 2, args });
  deepStrictEqual(results, ["recorded", "blank"]);
  if (subject.read) deepStrictEqual(await subject.read(folder, "rank"), [0]);
}

async function takesEveryValue(subject: ContractSubject): Promise<void> {
  const folder = scratchFolder();
  const accelerator = await open(subject, folder, [], VALUES);
  let step = 0;
  for (const [key, value] of Object.entries(VALUES)) {
    accelerator.log({ [key]: value, loss: step }, { step: step++ });
  }
  accelerator.log({ loss: step }); // without a step
  accelerator.log({ loss: step + 1 }, { step: 0 }); // a step back
  accelerator.log({ loss: step + 2 }, { step: 0 }); // the same again
  accelerator.log({});
  accelerator.logImages({ image: { data: new Float32Array(12), shape: [2, 2, 3] } }, { step });
  accelerator.logTable({ table: [{ a: 1, b: "x" }] }, { step });
  accelerator.logArtifact(fileURLToPath(import.meta.url), { name: "artifact" });
  await accelerator.endTraining();
  if (!subject.read) return;
  const read = await subject.read(folder, "loss");
  for (let value = 0; value < step; value++) {
    ok(read.includes(value), `the value of step ${value} is missing: ${read}`);
  }
}

async function takesAnyKey(subject: ContractSubject): Promise<void> {
  const folder = scratchFolder();
  const before = readdirSync(dirname(folder)).length;
  const accelerator = await open(subject, folder);
  let step = 0;
  for (const key of HARD_KEYS) accelerator.log({ [key]: 1, loss: step }, { step: step++ });
  await accelerator.endTraining();
  strictEqual(readdirSync(dirname(folder)).length, before, "it wrote beside the folder of the run");
  if (subject.read) {
    const expected = HARD_KEYS.map((_, index) => index);
    deepStrictEqual(await subject.read(folder, "loss"), expected);
  }
}

async function endsOnce(subject: ContractSubject): Promise<void> {
  const accelerator = await open(subject, scratchFolder());
  accelerator.log({ loss: 1 });
  await accelerator.endTraining();
  await accelerator.endTraining();
  throws(() => accelerator.log({ loss: 2 }), { code: "TRACKERS_CLOSED" });
  await rejects(accelerator.initTrackers(PROJECT), { code: "STATE_INVALID" });
}

async function survivesUnwritableFolder(subject: ContractSubject): Promise<void> {
  await logSome(subject, unwritableFolder());
}

async function survivesFullDisk(subject: ContractSubject): Promise<void> {
  const disk = fullDisk();
  if (disk === undefined) {
    console.log("Skipped: this user cannot mount a small disk.");
    return;
  }
  try {
    await logSome(subject, disk.folder);
  } finally {
    disk.unmount();
  }
}

async function staysBounded(subject: ContractSubject): Promise<void> {
  const folder = scratchFolder();
  const accelerator = await open(subject, folder);
  const { count, grownBytes } = await logSteadily(accelerator, subject.loadMs ?? 10_000);
  ok(grownBytes < 400 * 2 ** 20, `memory grew by ${grownBytes} bytes over ${count} logs`);
  await accelerator.endTraining();
}

/** Training goes on, whatever becomes of the values. */
async function logSome(subject: ContractSubject, folder: string): Promise<void> {
  const accelerator = await open(subject, folder);
  for (let step = 0; step < 2000; step++) {
    accelerator.log({ loss: step, text: "x".repeat(200) }, { step });
  }
  await accelerator.endTraining();
}

async function open(
  subject: ContractSubject,
  folder: string,
  others: readonly FailingTracker[] = [],
  config: Record<string, unknown> = { lr: 0.1 },
): Promise<Accelerator> {
  await import(subject.moduleUrl);
  const logWith = [subject.name, ...others];
  const accelerator = new Accelerator({ logWith, projectDir: folder });
  await accelerator.initTrackers(PROJECT, {
    config: config as Record<string, number>,
    initOptions: { [subject.name]: subject.options?.(folder) ?? {} },
    deliveryTimeoutMs: subject.deliveryTimeoutMs ?? 10_000,
  });
  return accelerator;
}
