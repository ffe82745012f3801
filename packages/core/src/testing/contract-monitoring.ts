import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { pause } from "../pause.ts";
import { type ContractSubject, openRun } from "./contract-subject.ts";
import { scratchFolder } from "./folders.ts";

const LINE = "a line for the trackers";
const KEY = "a-key-that-nobody-may-see";
const SAMPLES = { intervalSeconds: 0.1 };

/** The load and the console of the whole machine: a tracker that has a place for them shows them, and none else is disturbed. */
export async function recordsMonitored(subject: ContractSubject): Promise<void> {
  const folder = scratchFolder();
  process.env.CONTRACT_API_KEY = KEY;
  const monitoring = { ...SAMPLES, system: true, console: true };
  const accelerator = await openRun(subject, folder, [], undefined, { monitoring });
  accelerator.log({ loss: 0 }, { step: 0 });
  process.stdout.write(`${LINE} with ${KEY}\n`);
  process.stderr.write(`${LINE} of errors\n`);
  await pause(350, new AbortController().signal);
  accelerator.log({ loss: 1 }, { step: 1 });
  await accelerator.endTraining();
  delete process.env.CONTRACT_API_KEY;
  if (subject.read) deepStrictEqual(await subject.read(folder, "loss"), [0, 1]);
  if (!subject.readMonitored) return;
  const { load, lines } = await subject.readMonitored(folder);
  ok(load.length > 0, "no sample of the load was recorded");
  if (lines.length === 0) return; // it has no place for them
  const ours = lines.filter((line) => line.includes(LINE));
  strictEqual(ours.length, 2, `the lines were recorded so: ${JSON.stringify(ours)}`);
  ok(ours[0]?.includes(`${LINE} with ***`), `a key is in the console: ${ours[0]}`);
  ok(ours[1]?.includes(`${LINE} of errors`));
}

export async function recordsNothingUnasked(subject: ContractSubject): Promise<void> {
  if (!subject.readMonitored) return;
  const folder = scratchFolder();
  const accelerator = await openRun(subject, folder, [], undefined, { monitoring: false });
  process.stdout.write(`${LINE} that none gets\n`);
  accelerator.log({ loss: 0 }, { step: 0 });
  await accelerator.endTraining();
  deepStrictEqual(await subject.readMonitored(folder), { load: [], lines: [] });
}
