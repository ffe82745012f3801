import { deepStrictEqual } from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { type ContractSubject, openRun } from "./contract-subject.ts";
import { unwritableFolder } from "./folders.ts";
import { onSmallDisk } from "./small-disk.ts";

/** How long `endTraining` waits for a tracker that can write nothing. */
const NO_DELIVERY_MS = 2000;

export async function survivesUnwritableFolder(subject: ContractSubject): Promise<void> {
  await logSome(subject, unwritableFolder());
}

export async function survivesFullDisk(subject: ContractSubject): Promise<void> {
  await onSmallDisk((disk) => logSome(subject, disk.folder));
}

export async function keepsWhatDoesNotFit(subject: ContractSubject): Promise<void> {
  await onSmallDisk(async (disk) => {
    const accelerator = await openRun({ ...subject, deliveryTimeoutMs: 30_000 }, disk.folder);
    const log = (from: number, to: number): void => {
      for (let step = from; step < to; step++) {
        accelerator.log({ loss: step, text: "x".repeat(97) }, { step });
      }
    };
    log(0, 20);
    await accelerator.flush();
    await pause(300);
    disk.fill();
    for (let step = 20; step < 120; step += 10) {
      log(step, step + 10);
      await pause(100); // several attempts, each at another place in the last page
    }
    disk.free();
    log(120, 140);
    await accelerator.endTraining();
    if (!subject.read) return;
    const expected = Array.from({ length: 140 }, (_, step) => step);
    deepStrictEqual(await subject.read(disk.folder, "loss"), expected);
  }, "1m");
}

/** Training continues, whatever happens to the values. */
async function logSome(subject: ContractSubject, folder: string): Promise<void> {
  const accelerator = await openRun({ deliveryTimeoutMs: NO_DELIVERY_MS, ...subject }, folder);
  for (let step = 0; step < 2000; step++) {
    accelerator.log({ loss: step, text: "x".repeat(200) }, { step });
  }
  await accelerator.endTraining();
}
