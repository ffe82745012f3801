/**
 * The requirements for any tracker, independent of the test runner:
 *
 * ```ts
 * for (const { name, run } of trackerContract({ name: "mine", moduleUrl })) test(name, run);
 * ```
 *
 * @module
 */
import { deepStrictEqual, ok, rejects, strictEqual, throws } from "node:assert/strict";
import { launch } from "../launch/launch.ts";
import {
  keepsWhatDoesNotFit,
  survivesFullDisk,
  survivesUnwritableFolder,
} from "./contract-disks.ts";
import { recordsMedia } from "./contract-media.ts";
import { recordsMonitored, recordsNothingUnasked } from "./contract-monitoring.ts";
import { goesOnFromCheckpoint } from "./contract-resume.ts";
import { type ContractSubject, openRun, PROJECT } from "./contract-subject.ts";
import { takesAnyKey, takesAwkwardValues, takesEveryValue } from "./contract-values.ts";
import { FailingTracker } from "./failing-tracker.ts";
import { scratchFolder } from "./folders.ts";
import { logSteadily } from "./log-steadily.ts";

/** One requirement. `run` rejects if the tracker does not meet it. */
export type ContractCase = {
  readonly name: string;
  readonly run: () => Promise<void>;
  /**
   * Whether a suite may run it less often: it takes seconds (several runs, a launch, disks that take nothing, load), or is hardly
   * up to the tracker.
   */
  readonly isSlow: boolean;
};

const STEPS = 50;
type Requirement = (subject: ContractSubject) => Promise<void>;

/** All requirements; none may be left out for good. */
export function trackerContract(subject: ContractSubject): ContractCase[] {
  const quick: Record<string, Requirement> = {
    "records every value in order": recordsInOrder,
    "takes every kind of value and of configuration": takesEveryValue,
    "keeps or leaves out each value of a call by itself": takesAwkwardValues,
    "takes any key, and writes nowhere else": takesAnyKey,
    "records audio, videos and pages, if it has a place": recordsMedia,
    "records the load of the machine and the console, if it has a place": recordsMonitored,
    "records neither if the user says no": recordsNothingUnasked,
    "names a native call that it lacks": namesMissingCall,
  };
  const slow: Record<string, Requirement> = {
    "is not disturbed by a tracker that fails, nor by being alone": isIsolated,
    "ends once, and says so when logged to afterwards": endsOnce,
    "goes on from a checkpoint, each value once": goesOnFromCheckpoint,
    "is blank on the other ranks": isBlankElsewhere,
    "does not stop training where it cannot write": survivesUnwritableFolder,
    "does not stop training on a full disk": survivesFullDisk,
    "keeps what a full disk refuses until there is space": keepsWhatDoesNotFit,
    "takes 10 000 logs a second in bounded memory": staysBounded,
  };
  const casesOf = (requirements: Record<string, Requirement>, isSlow: boolean): ContractCase[] =>
    Object.entries(requirements).map(([name, run]) => ({
      name: `${subject.name}: ${name}`,
      run: () => run(subject),
      isSlow,
    }));
  return [...casesOf(quick, false), ...casesOf(slow, true)];
}

async function recordsInOrder(subject: ContractSubject): Promise<void> {
  const folder = scratchFolder();
  const accelerator = await openRun(subject, folder);
  const expected = Array.from({ length: STEPS }, (_, step) => step / 4); // exact as float32
  for (const [step, value] of expected.entries()) accelerator.log({ loss: value }, { step });
  await accelerator.endTraining();
  if (subject.read) deepStrictEqual(await subject.read(folder, "loss"), expected);
}

async function isIsolated(subject: ContractSubject): Promise<void> {
  const folder = scratchFolder();
  const failing = new FailingTracker();
  const accelerator = await openRun(subject, folder, [failing]);
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

async function namesMissingCall(subject: ContractSubject): Promise<void> {
  const accelerator = await openRun(subject, scratchFolder());
  const native = accelerator.getTracker(subject.name, { unwrap: true });
  const expected = {
    code: "VALUE_INVALID",
    message: new RegExp(`"${subject.name}".*"noSuchCall"`),
  };
  throws(() => native.noSuchCall(1), expected);
  throws(() => native.noSuchCall, expected);
  await accelerator.endTraining();
}

async function endsOnce(subject: ContractSubject): Promise<void> {
  const accelerator = await openRun(subject, scratchFolder());
  accelerator.log({ loss: 1 });
  await accelerator.endTraining();
  await accelerator.endTraining();
  throws(() => accelerator.log({ loss: 2 }), { code: "TRACKERS_CLOSED" });
  await rejects(accelerator.initTrackers(PROJECT), { code: "STATE_INVALID" });
}

async function staysBounded(subject: ContractSubject): Promise<void> {
  const folder = scratchFolder();
  const accelerator = await openRun(subject, folder);
  const { count, grownBytes } = await logSteadily(accelerator, subject.loadMs ?? 10_000);
  ok(grownBytes < 400 * 2 ** 20, `memory grew by ${grownBytes} bytes over ${count} logs`);
  await accelerator.endTraining();
}
